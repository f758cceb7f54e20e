"""The records: crawls, verifications and marks are kept within bounds, and read without rights to write."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from attrs import evolve

from crawler.records import MARKS, CrawlRecord, Mark, Verified, opened_records, read_records, store
from pipelines.errors import StoreUnavailable

AT = dt.datetime(2024, 3, 5, 1, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def crawl(number: int, site: str = "news") -> CrawlRecord:
    began = AT + number * MINUTE
    return CrawlRecord(site=site, started=began, ended=began + MINUTE, outcome="done", counts={"fetched": number})


def test_crawls_are_listed_the_latest_first(tmp_path: Path) -> None:
    path = tmp_path / "new" / "records.sqlite"
    with opened_records(path) as records:
        records.add_crawls([crawl(1), crawl(2, "paper"), crawl(3)])
    with read_records(path) as records:
        assert records.crawls() == [crawl(3), crawl(2, "paper"), crawl(1)]
        assert records.crawls("news", limit=1, offset=1) == [crawl(1)]
        assert (records.count_crawls(), records.count_crawls("paper")) == (3, 1)


def test_a_crawl_that_is_recorded_again_keeps_its_counts(tmp_path: Path) -> None:
    with opened_records(tmp_path / "records.sqlite") as records:
        records.add_crawls([crawl(1)])
        records.add_crawls([evolve(crawl(1), counts={}, outcome="killed")])
        assert records.crawls() == [crawl(1)]
        records.add_crawls([evolve(crawl(1), counts={"fetched": 5})])
        assert records.crawls()[0].counts == {"fetched": 5}


def test_the_oldest_records_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_CRAWLS_OF_SITE", 3)
    monkeypatch.setattr(store, "MAX_VERIFICATIONS", 2)
    with opened_records(tmp_path / "records.sqlite") as records:
        for number in range(5):
            records.add_crawls([crawl(number), crawl(number, "paper")])
            records.add_verification(Verified(at=AT + number * MINUTE, kind="sample", seconds=1, findings=number))
        assert [each.counts["fetched"] for each in records.crawls("news")] == [4, 3, 2]
        assert records.count_crawls() == 6
        assert [each.findings for each in records.verifications()] == [4, 3]


def test_a_verification_keeps_its_first_findings(tmp_path: Path) -> None:
    findings = [{"file": f"warc/{number}", "what": "缺失"} for number in range(50)]
    made = Verified(at=AT, kind="deep", seconds=1.5, findings=50, counts={"files": 2}, first=findings)
    with opened_records(tmp_path / "records.sqlite") as records:
        records.add_verification(made)
        assert records.verifications() == [evolve(made, first=tuple(findings[: store.MAX_FIRST]))]


def test_the_last_verification_of_each_kind_is_found(tmp_path: Path) -> None:
    with opened_records(tmp_path / "records.sqlite") as records:
        for number, kind in enumerate(("sample", "deep", "sample", "seal", "sample")):
            records.add_verification(Verified(at=AT + number * MINUTE, kind=kind, seconds=1, findings=number))
        assert [(each.kind, each.findings) for each in records.last_verifications()] == [
            ("deep", 1),
            ("sample", 4),
            ("seal", 3),
        ]


def test_the_last_mark_of_a_capture_counts(tmp_path: Path) -> None:
    with opened_records(tmp_path / "records.sqlite") as records:
        for kind in MARKS:
            records.mark(Mark(capture="a", kind=kind, note="标题缺字", at=AT))
        records.mark(Mark(capture="b", kind="looked-at", note="", at=AT + MINUTE))
        assert list(records.marks()) == ["b", "a"]
        assert records.mark_of("a") == Mark(capture="a", kind=MARKS[-1], note="标题缺字", at=AT)
        records.unmark("a")
        assert records.mark_of("a") is None


def test_records_that_are_not_there_are_empty(tmp_path: Path) -> None:
    with read_records(tmp_path / "records.sqlite") as records:
        assert (records.crawls(), records.verifications(), records.marks()) == ([], [], {})
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_text("no database" * 100)
    for opened in (opened_records, read_records):
        with pytest.raises(StoreUnavailable, match=r"records\.sqlite"), opened(path) as records:
            records.crawls()
