"""Crawls into a bucket whose server dies, is full, busy, slow or loses responses: no page is lost or duplicated."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from attrs import evolve

from pipelines.archive.manifest import MANIFEST_FOLDER, manifest_key
from tests.fangzhi import start, warcio_check, warcs
from tests.journeys.test_kill import entry_ids, unfinished
from tests.journeys.test_s3 import downloaded, spool
from tests.pipelines.storage.faults import Faults, faulty
from tests.pipelines.storage.server import S3Server, s3_server
from tests.town import SITES, Gate, Town
from tests.wait import wait_until


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[S3Server]:
    """A server that a test can kill."""
    (tmp_path / "s3").mkdir()
    with s3_server(tmp_path / "s3") as server:
        yield server


@pytest.fixture
def far(new_town: Town, aws: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """A small city with its archive in a bucket, in small files."""
    aws.setenv("FANGZHI_CATALOGUE", f"sqlite:///{tmp_path}/catalogue.sqlite")
    aws.setenv("FANGZHI_ROLL_SIZE", "80000")
    return evolve(new_town, archive=f"s3://b{uuid.uuid4().hex[:12]}/news")


class Crawl:
    """A crawl that a test controls: the city gives only as many responses as the test allows."""

    def __init__(self, town: Town, folder: Path) -> None:
        self._town, self._city = town, town.server.city
        self._catalogue, self._log = folder / "catalogue.sqlite", folder / "log.txt"
        self._gate = Gate(self._city, 0)
        town.server.city = self._gate
        with self._log.open("w") as log:
            self.process = start("crawl", *SITES, *town.options, "--json", stderr=log)

    def go(self, answers: int) -> None:
        """Allow a number of further responses."""
        before, self._gate = self._gate, Gate(self._city, answers)
        self._town.server.city = self._gate
        before.open()

    def has_entries(self, pages: int) -> None:
        """Wait until at least `pages` pages are acknowledged."""
        wait_until(lambda: len(entry_ids(self._catalogue)) >= pages or self.process.poll() is not None)
        assert self.process.poll() is None, self.log()

    def finish(self, refused: bool = False) -> None:
        """Allow all responses. The crawl must succeed, or, if `refused`, may leave files to the next start."""
        self.go(10**6)
        out = self.process.communicate(timeout=120)[0]
        self._town.server.city = self._city
        if refused and self.process.returncode == 1:
            assert "the next start puts them into the archive" in self.log()
            assert "Traceback" not in self.log()
        else:
            assert self.process.returncode == 0, self.log()
            assert '"fetched":' in out

    def log(self) -> str:
        return self._log.read_text()

    def end(self) -> None:
        """Kill the crawl if it has not ended, and let the city respond as usual."""
        with self.process:
            self.process.kill()
        self.go(10**6)
        self._town.server.city = self._city


Begin = Callable[[str], Crawl]


@pytest.fixture
def crawl(far: Town, aws: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Begin]:
    """Start a crawl into a new bucket of a server; further crawls use the same bucket."""
    begun: list[Crawl] = []

    def begin(endpoint: str) -> Crawl:
        aws.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        if not begun:
            boto3.client("s3").create_bucket(Bucket=str(far.archive).split("/")[2])
        begun.append(Crawl(far, tmp_path))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def proxy(endpoint: str, faults: Faults) -> Iterator[str]:
    """The S3 server behind a proxy with `faults`."""
    with faulty(endpoint, faults) as address:
        yield address


@pytest.fixture
def narrow(aws: pytest.MonkeyPatch) -> None:
    """A spool with room for two files."""
    aws.setenv("FANGZHI_SPOOL_LIMIT", "160000")


def paused(running: Crawl) -> None:
    """Wait until a crawl logs that it pauses."""
    wait_until(lambda: "the crawl pauses: the spool" in running.log() or running.process.poll() is not None)
    assert running.process.poll() is None, running.log()


def whole(town: Town, tmp_path: Path) -> None:
    """Check that every page is archived once, in valid files, and nothing else."""
    assert not spool()
    entries = town.entries()
    fetched = [(entry["url"], entry["final_url"]) for entry in entries]
    assert len(fetched) == len(set(fetched))
    assert {url for url, _ in fetched} == {truth.url for truth in town.truths()}
    objects = downloaded(town, tmp_path / "objects")
    assert {entry["location"]["file"] for entry in entries} == {
        path.relative_to(objects).as_posix() for path in warcs(objects)
    }
    assert warcio_check(objects).returncode == 0
    keys = {path.relative_to(objects).as_posix() for path in objects.rglob("*") if path.is_file()}
    manifests = sorted(key for key in keys if key.startswith(MANIFEST_FOLDER))
    assert manifests == sorted(manifest_key(key) for key in keys.difference(manifests))
    checked = subprocess.run(["sha256sum", "--strict", "-c", *manifests], cwd=objects, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
    (report,) = town.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0)


def test_a_server_that_is_killed_and_restarted_loses_nothing(
    far: Town, mortal: S3Server, crawl: Begin, tmp_path: Path
) -> None:
    running = crawl(mortal.endpoint)
    running.go(60)
    running.has_entries(30)
    mortal.kill()
    before = len(entry_ids(tmp_path / "catalogue.sqlite"))
    running.go(40)
    running.has_entries(before + 30)
    mortal.start()
    running.finish()
    whole(far, tmp_path)


@pytest.mark.soak
def test_a_crawl_starts_while_the_server_is_down_and_sends_waiting_files_once_it_is_back(
    far: Town, mortal: S3Server, crawl: Begin, tmp_path: Path
) -> None:
    first = crawl(mortal.endpoint)
    first.go(40)
    first.has_entries(20)
    first.end()
    files = {f"{Path(entry['location']['file']).name}.open" for entry in far.entries()}
    waiting = files & {path.name for path in spool()}
    mortal.kill()
    second = crawl(mortal.endpoint)
    before = len(entry_ids(tmp_path / "catalogue.sqlite"))
    second.go(40)
    second.has_entries(before + 10)
    assert "archived files wait in the spool" in second.log()
    assert waiting <= {path.name for path in spool()}
    mortal.start()
    second.finish()
    far.crawl()  # processes a revisit that could not be processed without the server
    assert not spool()
    assert {entry["url"] for entry in far.entries()} == {truth.url for truth in far.truths()}
    far.run("verify", "--deep", "--json")


@pytest.mark.soak
@pytest.mark.usefixtures("narrow")
def test_a_full_store_pauses_the_crawl_until_there_is_room(
    far: Town, faults: Faults, proxy: str, crawl: Begin, tmp_path: Path
) -> None:
    wanted, running = len(far.truths()), crawl(proxy)
    faults.full = True
    running.go(10**6)
    paused(running)
    wait_until(lambda: "InsufficientStorage" in running.log())
    assert len(entry_ids(tmp_path / "catalogue.sqlite")) < wanted
    assert sum(path.stat().st_size for path in spool()) < 260_000
    faults.full = False
    running.finish()
    assert "the crawl goes on" in running.log()
    whole(far, tmp_path)


@pytest.mark.soak
@pytest.mark.usefixtures("narrow")
def test_a_paused_crawl_can_be_stopped_and_the_next_one_completes_it(
    far: Town, faults: Faults, proxy: str, crawl: Begin, tmp_path: Path
) -> None:
    running = crawl(proxy)
    faults.full = True
    running.go(10**6)
    paused(running)
    running.process.terminate()
    out = running.process.communicate(timeout=120)[0]
    assert running.process.returncode == 1, out
    assert "Traceback" not in running.log()
    acknowledged = entry_ids(tmp_path / "catalogue.sqlite")
    faults.full = False
    running.end()
    far.crawl()
    entries = far.entries()
    assert acknowledged <= {entry["id"] for entry in entries}
    assert {entry["url"] for entry in entries} == {truth.url for truth in far.truths()}
    assert not spool()


@pytest.mark.soak
def test_a_busy_slow_server_that_loses_responses_is_tolerated(
    far: Town, faults: Faults, proxy: str, crawl: Begin, tmp_path: Path
) -> None:
    running = crawl(proxy)
    faults.busy, faults.lost, faults.delay_s = 0.25, 0.15, 0.05
    running.finish(refused=True)
    faults.busy = faults.lost = faults.delay_s = 0.0
    far.run("replay", "--dry-run", "--json")
    assert faults.made["busy"] > 3
    assert faults.made["lost"] > 3
    whole(far, tmp_path)


def test_a_file_without_new_captures_is_closed_in_time(new_town: Town, tmp_path: Path, aws: pytest.MonkeyPatch) -> None:
    aws.setenv("FANGZHI_ROLL_SECONDS", "1")
    aws.setenv("FANGZHI_CATALOGUE", f"sqlite:///{tmp_path}/catalogue.sqlite")
    running = Crawl(new_town, tmp_path)
    try:
        running.go(10)
        wait_until(lambda: warcs(new_town.archive) and not unfinished(new_town))
        assert running.process.poll() is None
        running.finish()
    finally:
        running.end()
