"""Near copies down the line: who is near to whom depends on the captures alone, in whatever order they come."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sqlite3
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from opencc import OpenCC

from crawler.demo.prose import compose
from crawler.replay.run import replay
from pipelines.catalogue import fingerprint_index
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.queries import Filter
from pipelines.dedupe.verdict import fingerprint
from pipelines.line.batch import Batch
from pipelines.line.order import NullArchive, Stores, archive_page, index_batch, process, read_page
from pipelines.line.workers import ExtractionPool
from pipelines.model import Capture, Entry
from pipelines.storage.options import Options
from tests.pipelines.dedupe.reprints import dateline
from tests.pipelines.dedupe.templates import texts
from tests.pipelines.made import capture
from tests.pipelines.pages import job

TELLS = [compose(f"copies/{number}", "news", dt.date(2024, 3, 5)).text for number in range(12)]
LONG, SHORT = max(TELLS, key=len), min(TELLS, key=len)
ADDED = "华东物流网编辑部认为，上述安排对沿江各地的仓储和运输企业同样值得关注，本网将继续跟踪报道有关情况。"


def made(number: int, text: str, url: str | None = None) -> Capture:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    body = f"<html><head><title>本市要闻</title></head><body><div class='content'>{paragraphs}</div></body></html>"
    return capture(number, body.encode(), url)


PAGES = (
    made(0, SHORT),
    made(1, f"{SHORT}\n{ADDED}"),
    made(2, dateline(SHORT, random.Random(1))),
    made(3, f"{LONG}\n{SHORT}"),
    made(4, LONG, url="http://news.example/a/t20240305_0.html"),
    made(5, OpenCC("s2t").convert(SHORT)),
    *(made(6 + number, text) for number, text in enumerate(texts("warning", 2))),
)
"""A report, two reprints, a page that quotes it, another text at its address, a mirror's copy, two of one form."""

RIGHT = {
    0: ("new", None, None),
    1: ("near-copy", 0, "equal"),
    2: ("near-copy", 0, "equal"),
    3: ("near-copy", 0, "contains"),
    4: ("new-version", 0, None),
    5: ("same-text", 0, None),
    6: ("new", None, None),
    7: ("new", None, None),
}


def verdicts(entries: Iterable[Entry]) -> dict[int, tuple[str, int | None, str | None]]:
    """Return the verdicts by the number of the page, with the number of the page that they are about."""
    at = {entry.id: (entry.fetched_at - PAGES[0].fetched_at).seconds for entry in entries}
    told = {entry.id: entry.verdict for entry in entries}
    return {at[of]: (each.kind, at[each.of] if each.of else None, each.relation) for of, each in sorted(told.items())}


def test_a_reprint_is_told_with_what_it_is_near_to() -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        entries = [process(job(each), stores) for each in PAGES]
        assert verdicts(entries) == RIGHT
        assert list(catalogue.entries())[::-1] == entries
        assert 0.6 <= entries[1].verdict.similarity < 1


def test_verdicts_do_not_depend_on_the_order_of_arrival() -> None:
    jobs = [job(each) for each in PAGES]
    read = {each.capture.final_url + str(each.capture.fetched_at): read_page(each) for each in jobs}
    chance = random.Random(4)
    orders = [*itertools.permutations(range(4)), *(tuple(chance.sample(range(8), 8)) for _ in range(24))]
    for order in orders:
        with closing(Catalogue("sqlite://")) as catalogue:
            stores = Stores(archive=NullArchive(), catalogue=catalogue)
            for number in order:
                process(jobs[number], stores, lambda each: read[each.capture.final_url + str(each.capture.fetched_at)])
            found = verdicts(list(catalogue.entries()))
        assert found == {number: RIGHT[number] for number in sorted(order)}, order


def test_what_crowds_an_anchor_is_judged_alike_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint_index, "MAX_CAPTURES_PER_FINGERPRINT", 2)
    monkeypatch.setattr(fingerprint_index, "MAX_CANDIDATES", 1)
    jobs = [
        job(made(number, text)) for number, text in enumerate([*texts("warning", 6), f"{texts('warning', 6)[4]}\n网"])
    ]
    found = set()
    for seed in range(12):
        with closing(Catalogue("sqlite://")) as catalogue:
            for each in random.Random(seed).sample(jobs, len(jobs)):
                process(each, Stores(archive=NullArchive(), catalogue=catalogue))
            found.add(tuple(sorted(verdicts(list(catalogue.entries())).items())))
    assert len(found) == 1


def test_pages_that_wait_for_the_disk_together_know_of_each_other() -> None:
    pages = PAGES[:4]
    with closing(Catalogue("sqlite://")) as catalogue:
        batch = Batch(Stores(archive=NullArchive(), catalogue=catalogue), Options(sync_pages=99), lambda _: None)
        answers = [Future[Entry]() for _ in pages]
        for each, answer in zip(pages, answers, strict=True):
            batch.add(job(each), read_page(job(each)), answer)
        assert not any(answer.done() for answer in answers), "a text that is near to another waits with it"
        batch.index()
        assert verdicts([answer.result() for answer in answers]) == {number: RIGHT[number] for number in range(4)}


def test_two_processes_that_archive_at_once_classify_by_what_both_have_indexed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/catalogue.sqlite"
    with closing(Catalogue(url)) as one, closing(Catalogue(url)) as other:
        both = [Stores(archive=NullArchive(), catalogue=catalogue) for catalogue in (one, other)]
        for pages in ((0, 5), (1, 4), (2, 3)):
            archived = []
            for number, stores in zip(pages, both, strict=True):
                outcome = read_page(job(PAGES[number]))
                digests = fingerprint(PAGES[number], outcome)
                archived.append(archive_page(job(PAGES[number]), outcome, digests, stores))
            for entry, stores in zip(archived, both, strict=True):
                index_batch([entry], stores)
        assert verdicts(list(one.entries())) == {number: RIGHT[number] for number in range(6)}


def test_a_replay_gives_the_same_verdicts() -> None:
    with closing(Catalogue("sqlite://")) as catalogue, closing(ExtractionPool(2)) as readers:
        entries = [change.after for change in replay(map(job, PAGES), catalogue, readers)]
        assert verdicts(entries) == RIGHT
        again = list(replay(map(job, PAGES), catalogue, readers))
        assert {change.kind for change in again} == {"unchanged"}


def test_clusters_do_not_chain() -> None:
    sentences = [line for tell in TELLS for line in tell.split("\n") if len(line) > 30][:30]
    steps = [sentences[start : start + 20] for start in (0, 4, 8, 10)]
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        entries = [process(job(made(number, "\n".join(step))), stores) for number, step in enumerate(steps)]
    told = verdicts(entries)
    assert told[1][:2] == ("near-copy", 0)
    assert told[2][:2] == ("near-copy", 1), "it is not near the first, only the second is"
    assert told[3][1] != 0


def test_a_text_that_is_read_otherwise_later_is_found_under_what_it_says_then() -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        first = process(job(PAGES[0]), stores)
        copy = process(job(PAGES[1]), stores)
        assert copy.verdict.of == first.id
        process(job(PAGES[0]), stores, lambda _: read_page(job(made(0, LONG))))
        assert catalogue.get(copy.id).verdict.kind == "new", "what it was near to is no more"


def test_copies_are_left_out_and_what_holds_more_is_not() -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        for each in PAGES:
            process(job(each), stores)
        kept = verdicts(list(catalogue.entries(Filter())))
        left = [entry.id for entry in catalogue.entries(Filter(copies=False))]
        of = {entry.id: number for entry, number in zip(list(catalogue.entries())[::-1], range(8), strict=True)}
        assert len(kept) == len(PAGES)
        assert sorted(of[each] for each in left) == [0, 3, 4, 6, 7]


def test_a_catalogue_of_an_earlier_version_is_opened(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        first = process(job(PAGES[0]), Stores(archive=NullArchive(), catalogue=catalogue))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE anchors")
        db.execute("DROP INDEX entries_copies")
        for column in ("relation", "copy_of"):
            db.execute(f"ALTER TABLE entries DROP COLUMN {column}")
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        assert "fangzhi rebuild" in caplog.text
        assert catalogue.get(first.id) == first
        entry = process(job(PAGES[1]), Stores(archive=NullArchive(), catalogue=catalogue))
        assert entry.verdict.kind == "new", "what it held is not known by its passages"
        assert list(catalogue.entries(Filter(copies=False))) == [entry, first]
