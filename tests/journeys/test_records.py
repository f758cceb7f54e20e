"""Each crawl leaves a record with the counts of its report: also one that was interrupted, failed or killed."""

from __future__ import annotations

import signal
from pathlib import Path

from crawler.records import RECORDS_FILE, CrawlRecord, read_records
from tests.crawler.wire import Wire
from tests.fangzhi import fangzhi, start
from tests.journeys.small import ARTICLES, PATHS, answer, asked, crawl, listing, site_options
from tests.wait import wait_until


def recorded(folder: Path) -> list[CrawlRecord]:
    """Return the crawls of an archive, the first one first."""
    with read_records(folder / "archive" / RECORDS_FILE) as records:
        return records.crawls()[::-1]


def test_the_record_of_a_crawl_is_its_report(wire: Wire, tmp_path: Path) -> None:
    wire.answers |= {path: answer(text) for path, text in ARTICLES.items()} | {"/list/": listing(PATHS)}
    report = crawl(wire, tmp_path, "delay = 0")
    (record,) = recorded(tmp_path)
    assert (record.site, record.outcome) == ("fu", "done")
    assert record.counts == {name: report[name] for name in record.counts}
    assert record.counts["articles"] == len(PATHS)
    assert record.ended is not None
    assert record.ended > record.started
    crawl(wire, tmp_path, "delay = 0")
    assert [each.outcome for each in recorded(tmp_path)] == ["done", "done"]


def test_interrupted_killed_and_failed_crawls_are_recorded(wire: Wire, tmp_path: Path) -> None:
    wire.answers |= {path: answer(text) for path, text in ARTICLES.items()} | {"/list/": listing(PATHS)}
    for stop in (signal.SIGINT, signal.SIGKILL):
        running = start("crawl", "fu", "--full", *site_options(wire, tmp_path, "delay = 1"))
        before = len(asked(wire))
        wait_until(lambda before=before: len(asked(wire)) >= before + 2)
        running.send_signal(stop)
        running.communicate(60)
    assert [each.outcome for each in recorded(tmp_path)] == ["interrupted"]
    wire.answers = {path: answer("", "500 Internal Server Error") for path in wire.answers}
    fangzhi("crawl", "fu", *site_options(wire, tmp_path, "delay = 0"))
    outcomes = [each.outcome for each in recorded(tmp_path)]
    assert outcomes[:2] == ["interrupted", "killed"]
    assert recorded(tmp_path)[1].counts == {}
    assert len(outcomes) == 3
