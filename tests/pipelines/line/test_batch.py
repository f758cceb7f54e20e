"""Pages that share one fsync: none is acknowledged before it, and a power cut loses none that was acknowledged."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.replay.run import body_finder, jobs, recover, replay
from crawler.sites.folders import load
from pipelines.archive import Archive
from pipelines.catalogue import engine
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import StoreUnavailable
from pipelines.line.batch import Batch
from pipelines.line.order import read_page
from pipelines.line.protocols import Stores
from pipelines.line.stores import open_stores
from pipelines.model import Entry, Job
from pipelines.storage.options import Options
from tests.pipelines.made import capture
from tests.pipelines.pages import SENTENCE, job, page
from tests.power import Power
from tests.wait import wait_until

Opened = tuple[Archive, Catalogue]


def unexpected(why: StoreUnavailable) -> None:
    raise why


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with open_stores(str(tmp_path / "a"), f"sqlite:///{tmp_path}/a/catalogue.sqlite", {}) as stores:
        yield stores


def batch_of(opened: Opened, options: Options | None = None, **changes: object) -> Batch:
    stores = Stores(archive=opened[0], catalogue=opened[1])
    return Batch(stores, options or Options(**changes), unexpected)


def added(batch: Batch, made: Job) -> Future[Entry]:
    answer: Future[Entry] = Future()
    batch.add(made, read_page(made), answer)
    return answer


def pages(count: int, kinds: int = 99, sites: int = 1) -> list[Job]:
    """Return pages with `kinds` different bodies in turn, spread over `sites` sites."""
    texts = [SENTENCE.replace("三月", f"{number + 1}月") for number in range(kinds)]
    made = [evolve(capture(n), body=page(text=texts[n % kinds]).body) for n in range(count)]
    return [evolve(job(each), site=f"site{number % sites}") for number, each in enumerate(made)]


def test_pages_are_acknowledged_together_once_they_are_synced(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    sync = opened[0].sync
    monkeypatch.setattr(opened[0], "sync", lambda: (synced.append(1), sync())[1])
    batch = batch_of(opened, sync_pages=3)
    answers = [added(batch, each) for each in pages(5)]
    assert [answer.done() for answer in answers] == [True, True, True, False, False]
    assert len(list(opened[1].entries())) == 3
    batch.index()
    assert [answer.result() for answer in answers] == list(opened[1].entries())[::-1]
    assert len(synced) == 2


def test_a_page_waits_no_longer_than_the_configured_age(opened: Opened) -> None:
    batch = batch_of(opened, sync_pages=99, sync_age=Options().sync_age * 0)
    assert all(added(batch, each).done() for each in pages(3))


def test_a_copy_in_the_same_batch_is_recognised_after_its_original_is_durable(opened: Opened) -> None:
    batch = batch_of(opened, sync_pages=99)
    first, other, copy = pages(3, kinds=2, sites=3)
    answers = [added(batch, each) for each in (first, other, copy)]
    assert [answer.done() for answer in answers] == [True, True, False]
    batch.index()
    verdict = answers[2].result().verdict
    assert (verdict.kind, verdict.of) == ("same-bytes", answers[0].result().id)


def test_pages_that_cannot_be_synced_are_not_acknowledged(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise StoreUnavailable("the disk is gone")

    batch = batch_of(opened, sync_pages=2)
    monkeypatch.setattr(opened[0], "sync", refuse)
    one, other = pages(2)
    answer = added(batch, one)
    with pytest.raises(StoreUnavailable):
        added(batch, other)
    with pytest.raises(StoreUnavailable):
        answer.result(timeout=0)
    assert list(opened[1].entries()) == []


def test_a_batch_that_cannot_be_indexed_is_rolled_back_completely(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, catalogued = opened[1].put, list[Entry]()

    def full(entry: Entry) -> object:
        if catalogued:
            raise StoreUnavailable("the disk is full")
        catalogued.append(entry)
        return put(entry)

    batch = batch_of(opened, sync_pages=2)
    monkeypatch.setattr(opened[1], "put", full)
    one, other = pages(2)
    answer = added(batch, one)
    with pytest.raises(StoreUnavailable):
        added(batch, other)
    assert isinstance(answer.exception(timeout=0), StoreUnavailable)
    assert list(opened[1].entries()) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    cut_power(tmp_path, Power(monkeypatch), random.Random(seed))


def cut_power(folder: Path, power: Power, chance: random.Random) -> list[int]:
    """Cut the power at random moments; return how many pages were acknowledged at each."""
    before, cuts = folder / "a", list[int]()
    options = Options(
        sync_pages=chance.choice([2, 5, 20]), roll_size=chance.choice([3_000, 10**9]), roll_age=dt.timedelta.max
    )
    with open_stores(str(before), f"sqlite:///{before}/catalogue.sqlite", {}, options) as opened:
        batch = batch_of(opened, options)
        answers: list[Future[Entry]] = []
        for each in pages(24, kinds=7, sites=3):
            answers.append(added(batch, each))
            if chance.random() < 0.2:
                wait_until(
                    lambda: opened[0]._publisher.size == 0
                )  # files that are being moved would not be copied in one state
                after = folder / f"cut{len(cuts)}"
                power.cut(before, after)
                acknowledged = [answer.result() for answer in answers if answer.done()]
                check(after, acknowledged)
                cuts.append(len(acknowledged))
        batch.index()
    return cuts


def check(folder: Path, acknowledged: list[Entry]) -> None:
    """Start again after a power cut: acknowledged pages are unchanged, and all captures are complete."""
    with open_stores(str(folder), f"sqlite:///{folder}/catalogue.sqlite", {}) as (archive, catalogue):
        assert [catalogue.get(entry.id) for entry in acknowledged] == acknowledged
        list(recover(archive, catalogue, load()))
        find = body_finder(archive, catalogue)
        wanted = {made.capture.final_url: made.capture.body for made in pages(24, kinds=7, sites=3)}
        entries = list(catalogue.entries())
        assert entries[::-1][: len(acknowledged)] == acknowledged
        for entry in entries:
            assert entry.location
            assert archive.get(entry.location, find).body == wanted[entry.final_url]
        archived = [made for key in archive.files() for _, made in archive.read(key, find)]
        assert len(archived) == len(entries)
        changes = list(replay(jobs(((({}, made)) for made in archived), load()), Catalogue("sqlite://")))
        assert {change.after.id for change in changes} == {entry.id for entry in entries}


class Waits:
    """Counts the waits of a batch, and ends one or all of them."""

    def __init__(self, end: Callable[[], object]) -> None:
        self.reasons: list[StoreUnavailable] = []
        self._end = end

    def __call__(self, why: StoreUnavailable) -> None:
        self.reasons.append(why)
        self._end()


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Opened, sqlite3.Connection]]:
    """Stores whose catalogue another process can lock, and that process's connection."""
    monkeypatch.setattr(engine, "BUSY_S", 0.1)
    file = tmp_path / "a" / "catalogue.sqlite"
    with (
        open_stores(str(tmp_path / "a"), f"sqlite:///{file}", {}) as stores,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        yield stores, other


def test_a_batch_waits_while_another_process_keeps_the_catalogue_locked(
    locked: tuple[Opened, sqlite3.Connection],
) -> None:
    opened, other = locked
    waits = Waits(lambda: other.execute("ROLLBACK"))
    batch = Batch(Stores(archive=opened[0], catalogue=opened[1]), Options(), waits)
    answers = [added(batch, each) for each in pages(3)]
    other.execute("BEGIN IMMEDIATE")
    batch.index()
    assert ["locked" in str(each) for each in waits.reasons] == [True]
    assert [answer.result() for answer in answers] == list(opened[1].entries())[::-1]


def test_a_batch_that_failed_archives_and_publishes_nothing_more(locked: tuple[Opened, sqlite3.Connection]) -> None:
    """Otherwise a file could be published whose captures are not all in the catalogue: no start would find these."""
    opened, other = locked
    batch = batch_of(opened, roll_size=1)
    answer = added(batch, pages(2)[0])
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        batch.index()
    assert isinstance(answer.exception(), StoreUnavailable)
    other.execute("ROLLBACK")
    with pytest.raises(StoreUnavailable, match="locked"):
        added(batch, pages(2)[1])
    with pytest.raises(StoreUnavailable, match="locked"):
        batch.index()
    assert list(opened[0].files()) == []
    assert list(opened[1].entries()) == []
