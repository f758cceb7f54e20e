"""A replay in a Dask cluster gives the entries of a replay without one, also when its workers are killed."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from attrs import evolve

from crawler.replay.cluster import Cluster, ClusterReader, open_cluster
from crawler.replay.indexing import ReplayResult
from crawler.replay.partition import cut, make_setup, partition_of
from crawler.replay.run import DateRange, body_finder, jobs, replay
from crawler.sites.registry import Registry
from pipelines.archive import Archive, MultiReader, Source, source_at, sources_in
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import ConfigError, StoreAway, StoreError
from pipelines.model import Capture, Digests, Entry, Requisite
from pipelines.storage import open_storage
from pipelines.storage.options import Options
from tests.cluster import dask_scheduler, wait_for_workers, workers_of
from tests.pipelines.archive.foreign import record, record_id, revisit
from tests.pipelines.archive.made import reference
from tests.pipelines.made import sha256
from tests.pipelines.pages import page
from tests.pipelines.storage.server import free_ports
from tests.wait import wait_until

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra fangzhi[dask] is not installed")

PAGES = 40
PART_BYTES = 6_000
"""A partition of some ten pages."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive with two files: pages, revisits of pages in the same file and in the other one, a style sheet."""
    made = Archive(open_storage(str(tmp_path_factory.mktemp("archive"))))
    for site in ("an", "bo"):
        for number in range(PAGES):
            text = f"{site}第{number}条消息，全市{number * 7}个县区的工作都已经完成，居民{number + 3}人参加。"
            put(made, dated(page(number, text=text, url=f"http://{site}.example/{number}.html"), number), site)
        first = dated(page(0, text=TEXT_OF_FIRST, url="http://an.example/0.html"), 0)
        for number in (100, 101):
            again = evolve(dated(first, number + (site == "bo")), url=f"http://{site}.example/again{number}")
            put(made, evolve(again, final_url=again.url), site, first)
        sheet = evolve(dated(first, 200), url=f"http://{site}.example/a.css", final_url=f"http://{site}.example/a.css")
        put(made, evolve(sheet, body=b"p {}", requisite_of=first.url), site)
    made.close()
    return made


TEXT_OF_FIRST = "an第0条消息，全市0个县区的工作都已经完成，居民3人参加。"


def dated(capture: Capture, minute: int) -> Capture:
    return evolve(capture, fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute))


def put(archive: Archive, capture: Capture, site: str, original: Capture | None = None) -> None:
    digests = Digests(payload=sha256(capture.body))
    archive.put(capture, digests, site, reference(original) if original else None)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    """Files of another program: one with damage, one gzip member with all records, and a revisit of a later file."""
    folder = tmp_path_factory.mktemp("foreign")
    pages = [gzip.compress(record("response", url=f"http://c.example/{number}")) for number in range(PAGES)]
    later = gzip.compress(revisit("2021-01-01T00:00:00Z", Refers_To=record_id("response", "http://c.example/3")))
    (folder / "a.warc.gz").write_bytes(later + pages[0])
    (folder / "b.warc.gz").write_bytes(b"".join(pages[:20]) + b"\0" * 500 + b"".join(pages[20:]))
    (folder / "c.warc.gz").write_bytes(gzip.compress(b"".join(map(gzip.decompress, pages[:5]))))
    return [source_at(str(folder / name)) for name in ("a.warc.gz", "b.warc.gz", "c.warc.gz", "none.warc.gz")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with open_cluster("local", 2) as opened:
        yield opened


def read(
    files: list[Source], archive: Archive, catalogue: Catalogue, cluster: Cluster | None
) -> tuple[Iterator[ReplayResult], MultiReader, list[StoreError]]:
    errors: list[StoreError] = []
    find = body_finder(archive, catalogue)
    reader = MultiReader(files, find, errors.append)
    if cluster is None:
        return replay(jobs(reader.captures(), Registry()), catalogue), reader, errors
    folder = str(archive.storage.spool)
    setup = evolve(make_setup(folder, Options(), DateRange(), Registry()), partition_bytes=PART_BYTES)
    here = ClusterReader(
        cluster=cluster, setup=setup, reader=reader, registry=Registry(), find=find, on_error=errors.append
    )

    def stored() -> Iterator[object]:
        yield from here.first_pass(files)
        yield from jobs(reader.second_pass(), Registry())

    return replay(stored(), catalogue), reader, errors


Found = tuple[list[Entry | Requisite], dict[str, int], list[str]]


def found(files: list[Source], archive: Archive, cluster: Cluster | None) -> Found:
    with closing(Catalogue("sqlite://")) as catalogue:
        results, reader, errors = read(files, archive, catalogue, cluster)
        for _result in results:
            pass
        return list(catalogue.indexed()), dict(reader.skipped), sorted(map(str, errors))


def test_the_entries_are_those_of_a_replay_without_a_cluster(archive: Archive, cluster: Cluster) -> None:
    files = sources_in(archive, "warc/")
    without = found(files, archive, None)
    before = cluster.partitions
    assert len(without[0]) == 2 * (PAGES + 3)
    assert found(files, archive, cluster) == without
    assert cluster.partitions - before > 4, "each file is read in parts"
    assert cluster.lost_workers == cluster.unread == []


def test_damage_and_missing_files_are_reported_in_the_same_words(
    archive: Archive, foreign: list[Source], cluster: Cluster
) -> None:
    without = found(foreign, archive, None)
    assert [len(without[0]), len(without[2])] == [PAGES + 1, 2]
    assert found(foreign, archive, cluster) == without


def test_the_parts_of_a_file_are_the_file(archive: Archive) -> None:
    setup = evolve(make_setup(str(archive.storage.spool), Options(), DateRange(), Registry()), partition_bytes=2_000)
    for source in sources_in(archive, "warc/"):
        parts = cut(partition_of(source), setup)
        assert len(parts) > 5
        places = [part.part for part in parts if part.part]
        assert places[0][0] == 0
        assert [sum(place) for place in places] == [*(start for start, _ in places[1:]), source.size()]
        assert all(len(part.infos) == 1 for part in parts[1:]), "each part knows the warcinfo before it"
        last = places[-1][0]
        assert [part.part for part in cut(partition_of(source, last), setup)] == [places[-1]], "the others are done"


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results come while the workers extract, not after all pages of these small files."""
    monkeypatch.setattr("crawler.replay.indexing.BATCH_PAGES", 10)


@pytest.mark.usefixtures("small_batches")
def test_a_killed_worker_loses_nothing_and_is_named(archive: Archive) -> None:
    files = sources_in(archive, "warc/")
    without = found(files, archive, None)
    with open_cluster("local", 2) as opened, closing(Catalogue("sqlite://")) as catalogue:
        results, reader, errors = read(files, archive, catalogue, opened)
        next(results)
        (address, pid), *_ = opened.client.run(os.getpid).items()
        os.kill(pid, signal.SIGKILL)
        for _result in results:
            pass
        assert (list(catalogue.indexed()), dict(reader.skipped), errors) == (without[0], without[1], [])
        wait_until(lambda: opened.lost_workers)
        assert opened.lost_workers == [address]


def test_a_worker_that_leaves_before_anybody_asked_for_workers_is_named(tmp_path: Path) -> None:
    with dask_scheduler(tmp_path, 1) as scheduler, open_cluster(scheduler.address, 0) as opened:
        assert opened.threads() == 1
        present = workers_of(scheduler)
        scheduler.add_worker()
        wait_for_workers(scheduler, 2)
        (joined,) = workers_of(scheduler) - present
        scheduler.workers[-1].kill()
        wait_for_workers(scheduler, 1)
        wait_until(lambda: opened.lost_workers)
        assert opened.lost_workers == [joined]
        assert opened.threads() == 1


@pytest.mark.soak
@pytest.mark.usefixtures("small_batches")
def test_a_partition_that_ends_its_workers_is_extracted_here(archive: Archive) -> None:
    import dask

    files = sources_in(archive, "warc/")
    without = found(files, archive, None)
    no_retries = dask.config.set({"distributed.scheduler.allowed-failures": 0})
    with no_retries, open_cluster("local", 1) as opened, closing(Catalogue("sqlite://")) as catalogue:
        results, _reader, _errors = read(files, archive, catalogue, opened)
        next(results)
        for pid in opened.client.run(os.getpid).values():
            os.kill(pid, signal.SIGKILL)
        for _result in results:
            pass
        assert list(catalogue.indexed()) == without[0]
    assert opened.unread
    assert all(str(name).startswith("warc/") for name in opened.unread)


def test_without_a_scheduler_or_with_an_invalid_address_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.replay.cluster.WORKERS_TIMEOUT_S", 1)
    (port,) = free_ports(1)
    with (
        pytest.raises(StoreAway, match=f"tcp://127.0.0.1:{port} does not answer"),
        open_cluster(f"tcp://127.0.0.1:{port}", 1),
    ):
        pass
    with pytest.raises(ConfigError, match="nonsense"), open_cluster("nonsense://a", 1):
        pass
