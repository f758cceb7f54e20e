"""Near copies in the line: verdicts depend on the captures alone, not on their order of arrival."""

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
from pipelines.catalogue.filters import Filter
from pipelines.dedupe.verdict import fingerprint
from pipelines.line.batch import Batch
from pipelines.line.order import archive_page, index_batch, process, read_page
from pipelines.line.protocols import NullArchive, Stores
from pipelines.line.workers import ExtractionPool
from pipelines.model import Capture, Entry
from pipelines.storage.options import Options
from tests.pipelines.catalogue.earlier import version_1
from tests.pipelines.dedupe.reprints import dateline
from tests.pipelines.dedupe.templates import texts
from tests.pipelines.made import capture
from tests.pipelines.pages import job

REPORTS = [compose(f"copies/{number}", "news", dt.date(2024, 3, 5)).text for number in range(12)]
LONG, SHORT = max(REPORTS, key=len), min(REPORTS, key=len)
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
"""A report, two reprints, a page that quotes it, another text at its URL, a mirror's copy, two of one template."""

EXPECTED = {
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
    """Return the verdicts by number of the page; ids are replaced by numbers of pages, too."""
    numbers = {entry.id: (entry.fetched_at - PAGES[0].fetched_at).seconds for entry in entries}
    found = {entry.id: entry.verdict for entry in entries}
    return {
        numbers[key]: (verdict.kind, numbers[verdict.of] if verdict.of else None, verdict.relation)
        for key, verdict in sorted(found.items())
    }


def test_a_reprint_is_a_near_copy_of_its_original() -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        entries = [process(job(each), stores) for each in PAGES]
        assert verdicts(entries) == EXPECTED
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
        assert found == {number: EXPECTED[number] for number in sorted(order)}, order


def test_a_batch_gives_the_same_verdicts_in_any_order_and_returns_them() -> None:
    jobs = [job(each) for each in PAGES]
    outcomes = [read_page(each) for each in jobs]
    chance = random.Random(5)
    for order in (chance.sample(range(8), 8) for _ in range(24)):
        with closing(Catalogue("sqlite://")) as catalogue:
            stores = Stores(archive=NullArchive(), catalogue=catalogue)
            pages = [(jobs[at], outcomes[at], fingerprint(PAGES[at], outcomes[at])) for at in order]
            archived = [archive_page(*page, stores) for page in pages]
            for batch in (archived[:3], archived[3:]):
                indexed = index_batch(batch, stores)
                assert indexed == [catalogue.get(entry.id) for entry in batch]
            assert verdicts(list(catalogue.entries())) == EXPECTED, order


def test_verdicts_do_not_depend_on_the_order_where_many_share_a_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_pages_of_one_batch_are_compared_with_each_other() -> None:
    pages = PAGES[:4]
    with closing(Catalogue("sqlite://")) as catalogue:
        batch = Batch(Stores(archive=NullArchive(), catalogue=catalogue), Options(sync_pages=99), lambda _: None)
        answers = [Future[Entry]() for _ in pages]
        for each, answer in zip(pages, answers, strict=True):
            batch.add(job(each), read_page(job(each)), answer)
        assert not any(answer.done() for answer in answers), "a near copy waits in the same batch"
        batch.index()
        assert verdicts([answer.result() for answer in answers]) == {number: EXPECTED[number] for number in range(4)}


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
        assert verdicts(list(one.entries())) == {number: EXPECTED[number] for number in range(6)}


def test_a_replay_gives_the_same_verdicts() -> None:
    with closing(Catalogue("sqlite://")) as catalogue, closing(ExtractionPool(2)) as readers:
        entries = [change.after for change in replay(map(job, PAGES), catalogue, readers)]
        assert verdicts(entries) == EXPECTED
        again = list(replay(map(job, PAGES), catalogue, readers))
        assert {change.kind for change in again} == {"unchanged"}


def test_clusters_do_not_chain() -> None:
    sentences = [line for report in REPORTS for line in report.split("\n") if len(line) > 30][:30]
    steps = [sentences[start : start + 20] for start in (0, 4, 8, 10)]
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        entries = [process(job(made(number, "\n".join(step))), stores) for number, step in enumerate(steps)]
    found = verdicts(entries)
    assert found[1][:2] == ("near-copy", 0)
    assert found[2][:2] == ("near-copy", 1), "it is near to the second text, not to the first"
    assert found[3][1] != 0


def test_copies_are_classified_again_when_their_original_is_parsed_differently() -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        first = process(job(PAGES[0]), stores)
        copy = process(job(PAGES[1]), stores)
        assert copy.verdict.of == first.id
        process(job(PAGES[0]), stores, lambda _: read_page(job(made(0, LONG))))
        assert catalogue.get(copy.id).verdict.kind == "new", "the text that it was near to is gone"


def test_the_filter_excludes_copies_but_not_texts_that_contain_more() -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        for each in PAGES:
            process(job(each), stores)
        every = verdicts(list(catalogue.entries(Filter())))
        originals = [entry.id for entry in catalogue.entries(Filter(copies=False))]
        numbers = {entry.id: number for entry, number in zip(list(catalogue.entries())[::-1], range(8), strict=True)}
        assert len(every) == len(PAGES)
        assert sorted(numbers[each] for each in originals) == [0, 3, 4, 6, 7]


def test_a_catalogue_of_an_earlier_version_is_opened(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        first = process(job(PAGES[0]), Stores(archive=NullArchive(), catalogue=catalogue))
    version_1(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE anchors")
        db.execute("DROP INDEX entries_copies")
        for column in ("relation", "copy_of"):
            db.execute(f"ALTER TABLE entries DROP COLUMN {column}")
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        assert "fangzhi rebuild" in caplog.text
        assert catalogue.get(first.id) == first
        entry = process(job(PAGES[1]), Stores(archive=NullArchive(), catalogue=catalogue))
        assert entry.verdict.kind == "new", "its old texts have no fingerprints"
        assert list(catalogue.entries(Filter(copies=False))) == [entry, first]
