"""Metrics have stable names, and Prometheus reads them."""

from __future__ import annotations

import datetime as dt
import math
import shutil
import subprocess

import pytest

from crawler.frontier.latencies import HistogramBucket
from crawler.monitoring import Frequency, Health, SiteStatus, Stats
from crawler.monitoring.metrics import CrawlTimes, Metric, Snapshot, exposition, metrics, verifications
from crawler.records import Verified

AT = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

PROMTOOL = shutil.which("promtool")


def row(outcome: str, captures: int, verdict: str = "new", reason: str | None = None) -> dict[str, object]:
    key = {"site": "huawu", "outcome": outcome, "reason": reason, "verdict": verdict, "relation": None}
    return key | {"captures": captures, "newest_us": 0}


def snapshot() -> Snapshot:
    health = Health(
        site="huawu",
        stats=Stats(),
        frequency=Frequency(articles=3, newest_on=dt.date(2026, 3, 4), usual_gap=2),
        status=SiteStatus(state="dead", why="its section showed no article"),
        today=AT.date(),
    )
    return Snapshot(
        version="0.1.0",
        at=AT,
        readable={"archive": True, "catalogue": False},
        captures=[row("article", 3), row("article", 2, "same-text"), row("rejected", 4, reason="challenge")],
        health=[health],
        queues={"huawu": {"known": 9, "waiting": 1}},
        crawls=[CrawlTimes(site="huawu", due=AT + HOUR, started=AT - HOUR, failures=2, running=True)],
        latencies=[
            HistogramBucket(step="fetch", bound=0.1, number=3, seconds=0.2),
            HistogramBucket(step="fetch", bound=0.5, number=2, seconds=0.8),
            HistogramBucket(step="fetch", bound=math.inf, number=1, seconds=70.0),
            HistogramBucket(step="upload", bound=10.0, number=2, seconds=12.0),
        ],
        files=4,
        bytes=5_000,
        spool={"warc/a.warc.gz": 7, "warc/b.warc.gz": 8},
        spool_since=AT - HOUR,
        spool_limit=10_000_000_000,
        ledger_entries=12,
        ledger_at=AT,
    )


def samples(text: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_a_snapshot_has_these_metrics() -> None:
    found = samples(exposition(metrics(snapshot())))
    assert (
        found.items()
        >= {
            'fangzhi_captures_total{site="huawu",outcome="new"}': 3,
            'fangzhi_captures_total{site="huawu",outcome="duplicate"}': 2,
            'fangzhi_captures_total{site="huawu",outcome="challenge"}': 4,
            'fangzhi_site_state{site="huawu",state="dead"}': 1,
            'fangzhi_site_state{site="huawu",state="alive"}': 0,
            'fangzhi_site_newest_article_timestamp_seconds{site="huawu"}': dt.datetime(
                2026, 3, 3, 16, tzinfo=dt.UTC
            ).timestamp(),
            'fangzhi_site_usual_gap_seconds{site="huawu"}': 2 * 86_400,
            'fangzhi_site_crawl_due_timestamp_seconds{site="huawu"}': (AT + HOUR).timestamp(),
            'fangzhi_site_crawl_failures{site="huawu"}': 2,
            'fangzhi_queue_pages{site="huawu",state="waiting"}': 1,
            'fangzhi_readable{part="catalogue"}': 0,
            'fangzhi_fetch_duration_seconds_bucket{le="0.1"}': 3,
            'fangzhi_fetch_duration_seconds_bucket{le="0.25"}': 3,
            'fangzhi_fetch_duration_seconds_bucket{le="60"}': 5,
            'fangzhi_fetch_duration_seconds_bucket{le="+Inf"}': 6,
            "fangzhi_fetch_duration_seconds_sum": 71,
            "fangzhi_fetch_duration_seconds_count": 6,
            'fangzhi_upload_duration_seconds_bucket{le="2.5"}': 0,
            'fangzhi_upload_duration_seconds_bucket{le="10"}': 2,
            "fangzhi_upload_duration_seconds_sum": 12,
            "fangzhi_leases": 1,
            "fangzhi_spool_bytes": 15,
            "fangzhi_spool_limit_bytes": 10_000_000_000,
            "fangzhi_spool_oldest_timestamp_seconds": (AT - HOUR).timestamp(),
            "fangzhi_ledger_entries": 12,
            "fangzhi_upload_timestamp_seconds": AT.timestamp(),
        }.items()
    )
    assert not any(name.startswith("fangzhi_seal") for name in found), "there is no seal"


def test_an_unknown_value_has_no_sample_and_an_empty_archive_has_no_sites() -> None:
    found = samples(exposition(metrics(Snapshot(version="0.1.0", at=AT))))
    assert "fangzhi_archive_bytes" not in found
    assert not [name for name in found if "site=" in name]
    assert found["fangzhi_spool_bytes"] == 0


def test_labels_are_escaped() -> None:
    metric = Metric(name="a", meaning="b", samples=[({"site": 'x"\\\ny'}, 1)])
    assert 'a{site="x\\"\\\\\\ny"} 1' in exposition([metric])


@pytest.mark.skipif(not PROMTOOL, reason="promtool (Debian package prometheus) is not installed")
def test_prometheus_reads_them_and_finds_nothing_to_improve() -> None:
    text = exposition([*metrics(snapshot()), *verifications([Verified(at=AT, kind="deep", findings=2, seconds=3.5)])])
    command = [str(PROMTOOL), "check", "metrics"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
