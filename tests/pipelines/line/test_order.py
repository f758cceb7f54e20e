"""The line over real stores: what it does with each kind of page, and what state a failure leaves."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import StoreUnavailable
from pipelines.line.batch import Batch
from pipelines.line.order import process, read_page
from pipelines.line.protocols import NullArchive, Stores
from pipelines.line.stores import open_stores
from pipelines.model import Capture, Entry, Job, Outcome, Rejection
from pipelines.parse.extract import article
from pipelines.storage.options import Options
from tests.pipelines.made import START, capture
from tests.pipelines.pages import SENTENCE, Traced, harmful, job, page

Opened = tuple[Archive, Catalogue]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with open_stores(str(tmp_path / "archive"), f"sqlite:///{tmp_path}/archive/catalogue.sqlite", {}) as stores:
        yield stores


@pytest.fixture
def stores(opened: Opened) -> Stores:
    archive, catalogue = opened
    return Stores(archive=archive, catalogue=catalogue)


def body_of(opened: Opened, entry: Entry) -> bytes:
    archive, catalogue = opened

    def find(digest: str, *_: object) -> Capture:
        location = catalogue.payload_location(digest)
        assert location
        return archive.get(location)

    assert entry.location
    return archive.get(entry.location, find).body


def test_a_page_is_parsed_archived_and_indexed(opened: Opened, stores: Stores) -> None:
    made = page()
    entry = process(job(made), stores)
    assert entry.outcome == "article"
    assert entry.articles[0].title == "我市部署老旧小区改造"
    assert (entry.verdict.kind, entry.recipe, entry.site) == ("new", "generic/1", "news")
    assert body_of(opened, entry) == made.body
    assert opened[1].get(entry.id) == entry


def recording(opened: Opened) -> tuple[Stores, list[str]]:
    """Return stores that record which of their methods the line calls, and the record."""
    archive, catalogue = opened
    calls: list[str] = []

    def recorded(name: str, method: Callable) -> Callable:
        return lambda *args, **named: (calls.append(name), method(*args, **named))[1]

    class RecordingArchive:
        put, sync = staticmethod(recorded("archive", archive.put)), staticmethod(recorded("sync", archive.sync))
        full, roll = staticmethod(archive.full), staticmethod(archive.roll)

    class RecordingCatalogue:
        prior, put = staticmethod(recorded("ask", catalogue.prior)), staticmethod(recorded("index", catalogue.put))
        transaction = staticmethod(recorded("transaction", catalogue.transaction))
        expect = staticmethod(recorded("expect", catalogue.expect))
        first_own_capture = staticmethod(recorded("find", catalogue.first_own_capture))
        near_candidates = staticmethod(recorded("compare", catalogue.near_candidates))
        later_captures = staticmethod(catalogue.later_captures)

    return Stores(archive=RecordingArchive(), catalogue=RecordingCatalogue()), calls


def test_the_order_is_parse_find_archive_sync_ask_compare_index(opened: Opened) -> None:
    """A lookup after archiving would find the page itself; indexing before archiving can lose the bytes."""
    stores, calls = recording(opened)
    process(job(page()), stores, read=lambda page: (calls.append("parse"), read_page(page))[1])
    assert calls == ["parse", "find", "archive", "sync", "transaction", "expect", "ask", "compare", "index"]


def test_crawl_fetch_and_replay_take_a_page_through_one_order(opened: Opened) -> None:
    """A single page, as in a replay, and a page in a batch, as in a crawl, cause the same calls of the stores."""
    stores, alone = recording(opened)
    process(job(page(0)), stores)
    stores, batched = recording(opened)
    batch = Batch(stores, Options(), lambda why: None)
    other = job(page(1, text=SENTENCE.replace("三月", "四月")))
    batch.add(other, read_page(other), Future())
    batch.index()
    assert batched == alone


def test_a_parser_error_loses_the_article_but_not_the_bytes(
    opened: Opened, stores: Stores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise IndexError("off by one")

    monkeypatch.setattr(article, "extract", broken)
    made = page()
    with caplog.at_level(logging.ERROR):
        entry = process(job(made), stores)
    assert (entry.outcome, entry.reason) == ("rejected", "parser-error")
    assert body_of(opened, entry) == made.body
    assert "IndexError: off by one" in caplog.text
    assert made.final_url in caplog.text


def test_a_page_that_extraction_rejects_is_archived_with_its_reason(opened: Opened, stores: Stores) -> None:
    made = evolve(page(), status=404)
    entry = process(job(made), stores)
    assert (entry.outcome, entry.reason, entry.articles) == ("rejected", "http-error", ())
    assert body_of(opened, entry) == made.body


def test_the_same_bytes_become_a_revisit(opened: Opened, stores: Stores, tmp_path: Path) -> None:
    first, second = process(job(page(0)), stores), process(job(page(1)), stores)
    assert (second.verdict.kind, second.verdict.of) == ("same-bytes", first.id)
    assert first.location
    assert second.location
    assert second.location.length < first.location.length
    assert body_of(opened, second) == page().body
    assert second.articles == first.articles


def test_the_same_text_in_other_bytes_is_recognised_and_archived_in_full(opened: Opened, stores: Stores) -> None:
    made = page(0)
    first = process(job(made), stores)
    other = evolve(page(1), body=made.body.replace(b"</body>", b"<!-- 2 --></body>"))
    entry = process(job(other), stores)
    assert (entry.verdict.kind, entry.verdict.of) == ("same-text", first.id)
    assert body_of(opened, entry) == other.body


def test_another_text_of_the_same_url_is_a_new_version(stores: Stores) -> None:
    first = process(job(page(0, url="http://news.example/a.html")), stores)
    entry = process(
        job(page(1, text="记者从会上获悉，改造工作已经全部完成。", url="http://news.example/a.html")), stores
    )
    assert (entry.verdict.kind, entry.verdict.of) == ("new-version", first.id)


def test_an_empty_body_is_never_a_copy(stores: Stores) -> None:
    for number in range(2):
        entry = process(job(capture(number, b"")), stores)
        assert entry.verdict.kind == "new"
        assert entry.location


def test_a_capture_that_is_stored_is_not_stored_again(opened: Opened, stores: Stores, tmp_path: Path) -> None:
    first = process(job(page()), stores)
    before = [(path, path.stat().st_size) for path in sorted(tmp_path.rglob("*.warc.gz*"))]
    again = process(job(evolve(page(), stored=first.location)), stores)
    assert again == first
    assert [(path, path.stat().st_size) for path in sorted(tmp_path.rglob("*.warc.gz*"))] == before
    assert len(list(opened[1].entries())) == 1


def test_a_page_that_cannot_be_archived_is_not_indexed(opened: Opened) -> None:
    class Full(NullArchive):
        def put(self, *_: object) -> None:
            raise StoreUnavailable("the disk is full")

    with pytest.raises(StoreUnavailable):
        process(job(page()), Stores(archive=Full(), catalogue=opened[1]))
    assert list(opened[1].entries()) == []


def test_the_null_archive_stores_nothing_and_pages_are_parsed(opened: Opened) -> None:
    entry = process(job(page()), Stores(archive=NullArchive(), catalogue=opened[1]))
    assert entry.location is None
    assert entry.articles


def test_a_page_parsed_elsewhere_is_not_parsed_again(stores: Stores) -> None:
    def elsewhere(_: Job) -> Outcome:
        return Rejection(reason="parser-error", detail="its worker died")

    assert process(job(page()), stores, read=elsewhere).reason == "parser-error"


def test_read_page_never_raises(stores: Stores) -> None:
    failing: Capture = harmful(Traced, page())
    outcome = read_page(job(failing))
    assert isinstance(outcome, Rejection)
    assert outcome.detail.startswith("Traceback")


def test_verdicts_depend_on_the_captures_and_not_on_their_order_of_arrival() -> None:
    """Captures arrive late after redirects, from a second process, and from an imported archive."""
    same, other = page(), page(text=SENTENCE.replace("三月四日", "三月五日"))
    moved = evolve(same, final_url="http://news.example/copy.html")
    captures = [
        evolve(made, fetched_at=START + dt.timedelta(seconds=second))
        for second, made in enumerate((same, moved, other, same, evolve(moved, body=moved.body + b"<!-- 2 -->")))
    ]

    outcomes = [read_page(job(each)) for each in captures]

    def verdicts(order: tuple[int, ...]) -> dict[str, tuple[str, str | None]]:
        catalogue = Catalogue("sqlite://")
        for number in order:
            stores = Stores(archive=NullArchive(), catalogue=catalogue)
            process(job(captures[number]), stores, read=lambda _, number=number: outcomes[number])
        return {entry.id: (entry.verdict.kind, entry.verdict.of) for entry in catalogue.entries()}

    right = verdicts((0, 1, 2, 3, 4))
    assert sorted(kind for kind, _ in right.values()) == ["new", "new-version", "same-bytes", "same-bytes", "same-text"]
    for order in itertools.permutations(range(5)):
        assert verdicts(order) == right, order


def test_a_304_answer_refers_to_the_last_body_of_its_url(opened: Opened, stores: Stores) -> None:
    elsewhere = process(job(page(1, url="http://news.example/first")), stores)
    same = process(job(page(2, url="http://news.example/second")), stores)
    assert same.verdict.of == elsewhere.id
    gone = evolve(capture(3, b"gone", url="http://news.example/second"), status=404, reason="Not Found")
    process(job(gone), stores)
    unmodified = evolve(capture(4, b"", url="http://news.example/second"), status=304, reason="Not Modified")
    entry = process(job(unmodified), stores)
    other = process(job(evolve(unmodified, final_url="http://news.example/unknown")), stores)
    assert (entry.status, entry.outcome, entry.verdict.kind) == (304, "rejected", "new")
    headers = {each.id: warc_header(opened[0], each) for each in (entry, other)}
    assert b"WARC-Type: revisit" in headers[entry.id]
    assert b"revisit/server-not-modified" in headers[entry.id]
    assert b"WARC-Refers-To-Target-URI: http://news.example/first\r\n" in headers[entry.id]
    assert f"WARC-Payload-Digest: {elsewhere.digests.payload}".encode() in headers[entry.id]
    assert b"WARC-Type: response" in headers[other.id], "there is no capture that it could confirm"


def warc_header(archive: Archive, entry: Entry) -> bytes:
    archive.close()
    assert entry.location
    place = entry.location
    return gzip.decompress(archive.storage.read(place.file, place.offset, place.length)).partition(b"\r\n\r\n")[0]
