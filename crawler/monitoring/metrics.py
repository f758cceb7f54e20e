"""Metrics in the text format of Prometheus (version 0.0.4), from what the catalogue, frontier, spool and ledger hold.

Names and labels are an interface: alert rules and dashboards of operators use them. Times are Unix times in seconds, as
Prometheus recommends: the age of a thing is `time() - fangzhi_…_timestamp_seconds`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from attrs import Factory, frozen

from crawler.frontier.latencies import BOUNDS, HistogramBucket, TimedStep
from crawler.monitoring.health import Health
from crawler.monitoring.outcomes import outcome_of
from crawler.monitoring.status import HealthState
from crawler.records import Verified
from pipelines.model import Verdict
from pipelines.times import CHINA

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

STATES: tuple[HealthState, ...] = get_args(HealthState)
QUEUE_STATES = ("known", "waiting", "due", "failing", "gone")

_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@frozen(kw_only=True)
class Metric:
    """A metric: its name, its meaning, and a value for each set of labels."""

    name: str
    meaning: str
    samples: Iterable[tuple[Mapping[str, str], float | None]]
    kind: Literal["gauge", "counter"] = "gauge"

    def series(self) -> Iterator[tuple[str, Mapping[str, str], float | None]]:
        """Yield the name, the labels and the value of each line."""
        for labels, value in self.samples:
            yield self.name, labels, value


@frozen(kw_only=True)
class Histogram:
    """A histogram: durations by buckets, each with the number of those longer than the bound before, and their sum."""

    name: str
    meaning: str
    bounds: Sequence[float]
    buckets: Mapping[float, HistogramBucket]
    kind: Literal["histogram"] = "histogram"

    def series(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        """Yield the lines: the buckets include those below them, as Prometheus wants it."""
        number = 0
        for bound in (*self.bounds, math.inf):
            number += self.buckets[bound].number if bound in self.buckets else 0
            yield f"{self.name}_bucket", {"le": f"{bound:g}".replace("inf", "+Inf")}, number
        yield f"{self.name}_sum", {}, sum(each.seconds for each in self.buckets.values())
        yield f"{self.name}_count", {}, number


@frozen(kw_only=True)
class CrawlTimes:
    """The last crawl of a site, and when the next one is due."""

    site: str
    due: dt.datetime
    started: dt.datetime | None = None
    ended: dt.datetime | None = None
    failures: int = 0
    running: bool = False


@frozen(kw_only=True)
class Snapshot:
    """What an archive and its machine know at a time.

    `readable` says of each part whether it could be read; the fields of one that could not are empty. `captures` are
    the catalogue's counts by outcome, `queues` the frontier's numbers of pages by site, `latencies` its durations.
    `spool` has the size of each open WARC file, `spool_since` when the oldest was last written to; `spool_limit` is
    None where the spool is the archive itself.
    """

    version: str
    at: dt.datetime
    readable: Mapping[str, bool] = Factory(dict)
    captures: Sequence[Mapping[str, Any]] = ()
    health: Sequence[Health] = ()
    queues: Mapping[str, Mapping[str, int]] = Factory(dict)
    crawls: Sequence[CrawlTimes] = ()
    latencies: Sequence[HistogramBucket] = ()
    files: int | None = None
    bytes: int | None = None
    spool: Mapping[str, int] = Factory(dict)
    spool_since: dt.datetime | None = None
    spool_limit: int | None = None
    ledger_entries: int | None = None
    ledger_at: dt.datetime | None = None
    sealed_at: dt.datetime | None = None


def exposition(metrics: Iterable[Metric | Histogram]) -> str:
    """Return metrics as Prometheus reads them; a sample without a value is left out.

    >>> print(exposition([Metric(name="a_total", meaning="What.", samples=[({"site": 'x"'}, 2.0)], kind="counter")]))
    # HELP a_total What.
    # TYPE a_total counter
    a_total{site="x\\""} 2
    <BLANKLINE>
    """
    lines: list[str] = []
    for metric in metrics:
        series = [each for each in metric.series() if each[2] is not None]
        if series:
            lines += [f"# HELP {metric.name} {metric.meaning}", f"# TYPE {metric.name} {metric.kind}"]
            lines += [f"{name}{_labels(labels)} {value:.17g}" for name, labels, value in series]
    return "".join(f"{line}\n" for line in lines)


def metrics(now: Snapshot) -> Iterator[Metric | Histogram]:
    """Yield the metrics of a snapshot."""
    yield _single("fangzhi_build_info", "Version of fangzhi; always 1.", 1, {"version": now.version})
    yield _single("fangzhi_snapshot_timestamp_seconds", "When these metrics were read.", _seconds(now.at))
    yield Metric(
        name="fangzhi_readable",
        meaning="1 if a part could be read: archive, catalogue, frontier, spool. Else its metrics are missing.",
        samples=[({"part": part}, float(value)) for part, value in sorted(now.readable.items())],
    )
    yield Metric(
        name="fangzhi_captures_total",
        meaning="Captures in the catalogue by site and outcome.",
        samples=_captures(now.captures),
        kind="counter",
    )
    yield from _site_metrics(now.health)
    yield Metric(
        name="fangzhi_queue_pages",
        meaning="Pages in the frontier: known, waiting in the queue, due within a day, failing, gone.",
        samples=[
            ({"site": site, "state": state}, counts.get(state, 0))
            for site, counts in sorted(now.queues.items())
            for state in QUEUE_STATES
        ],
    )
    yield from _crawl_metrics(now.crawls)
    yield from _latency_metrics(now.latencies)
    yield from _archive_metrics(now)


def verifications(last: Sequence[Verified]) -> Iterator[Metric]:
    """Yield the metrics of the last verification of each kind."""
    values: dict[tuple[str, str], Callable[[Verified], float]] = {
        ("fangzhi_verify_timestamp_seconds", "End of the last verification."): lambda each: each.at.timestamp(),
        ("fangzhi_verify_findings", "Findings of the last verification."): lambda each: each.findings,
        ("fangzhi_verify_duration_seconds", "Duration of the last verification."): lambda each: each.seconds,
    }
    for (name, meaning), value in values.items():
        yield Metric(name=name, meaning=meaning, samples=[({"kind": each.kind}, value(each)) for each in last])


def _captures(rows: Iterable[Mapping[str, Any]]) -> list[tuple[Mapping[str, str], float]]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        verdict = Verdict(kind=row["verdict"], relation=row["relation"])
        counts[row["site"] or "", outcome_of(row["outcome"], row["reason"], verdict)] += row["captures"]
    return [({"site": site, "outcome": outcome}, count) for (site, outcome), count in sorted(counts.items())]


def _site_metrics(sites: Sequence[Health]) -> Iterator[Metric]:
    named = [(each.site, each) for each in sites if each.site]
    yield Metric(
        name="fangzhi_site_state",
        meaning="State of a site: 1 for the state that it has, 0 for the others.",
        samples=[
            ({"site": site, "state": state}, float(each.status.state == state))
            for site, each in named
            for state in STATES
        ],
    )
    yield Metric(
        name="fangzhi_site_newest_article_timestamp_seconds",
        meaning="Day of the newest article of a site, from midnight in China.",
        samples=[({"site": site}, _midnight(each.frequency.newest_on)) for site, each in named],
    )
    yield Metric(
        name="fangzhi_site_usual_gap_seconds",
        meaning="Usual maximum time between two articles of a site.",
        samples=[({"site": site}, _days(each.frequency.usual_gap)) for site, each in named],
    )
    yield Metric(
        name="fangzhi_site_challenge_ratio",
        meaning="Share of challenges among the newest captures of a site.",
        samples=[({"site": site}, each.stats.share(each.stats.challenges)) for site, each in named],
    )


def _crawl_metrics(crawls: Sequence[CrawlTimes]) -> Iterator[Metric]:
    columns: tuple[tuple[str, str, Callable[[CrawlTimes], float | None]], ...] = (
        ("fangzhi_site_crawl_start_timestamp_seconds", "Start of the last crawl.", lambda each: _seconds(each.started)),
        ("fangzhi_site_crawl_end_timestamp_seconds", "End of the last crawl.", lambda each: _seconds(each.ended)),
        ("fangzhi_site_crawl_due_timestamp_seconds", "When the next crawl is due.", lambda each: _seconds(each.due)),
        ("fangzhi_site_crawl_failures", "Crawls that failed in a row.", lambda each: float(each.failures)),
        ("fangzhi_site_crawl_running", "1 while a process crawls the site.", lambda each: float(each.running)),
    )
    for name, meaning, value in columns:
        yield Metric(name=name, meaning=meaning, samples=[({"site": each.site}, value(each)) for each in crawls])
    yield _single("fangzhi_leases", "Sites that are being crawled now.", sum(each.running for each in crawls))


def _latency_metrics(found: Sequence[HistogramBucket]) -> Iterator[Histogram]:
    meanings: dict[TimedStep, str] = {
        "fetch": "Time from a request to the head of its response.",
        "line": "Time from the response to its entry in the catalogue.",
        "upload": "Time in which a WARC file is put into the archive.",
    }
    for step, meaning in meanings.items():
        if buckets := {each.bound: each for each in found if each.step == step}:
            name = f"fangzhi_{step}_duration_seconds"
            yield Histogram(name=name, meaning=meaning, bounds=BOUNDS[step], buckets=buckets)


def _archive_metrics(now: Snapshot) -> Iterator[Metric]:
    yield _single("fangzhi_archive_files", "Published WARC files.", now.files)
    yield _single("fangzhi_archive_bytes", "Size of the published WARC files.", now.bytes)
    yield _single("fangzhi_spool_files", "WARC files that are open or wait for the store.", len(now.spool))
    yield _single("fangzhi_spool_bytes", "Size of these files.", sum(now.spool.values()))
    yield _single("fangzhi_spool_limit_bytes", "Size of the spool at which crawls pause.", now.spool_limit)
    yield _single(
        "fangzhi_spool_oldest_timestamp_seconds",
        "When the open file that was idle for the longest time was last written to.",
        _seconds(now.spool_since),
    )
    yield _single("fangzhi_ledger_entries", "Entries of the ledger.", now.ledger_entries)
    yield _single(
        "fangzhi_upload_timestamp_seconds",
        "When the last file was put into the archive, or removed from it, by the ledger.",
        _seconds(now.ledger_at),
    )
    yield _single("fangzhi_seal_timestamp_seconds", "Time of the newest seal in the archive.", _seconds(now.sealed_at))


def _single(name: str, meaning: str, value: float | None, labels: Mapping[str, str] | None = None) -> Metric:
    return Metric(name=name, meaning=meaning, samples=[(labels or {}, value)])


def _labels(labels: Mapping[str, str]) -> str:
    values = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{values}}}" if values else ""


def _seconds(at: dt.datetime | None) -> float | None:
    return at.timestamp() if at else None


def _midnight(day: dt.date | None) -> float | None:
    return dt.datetime.combine(day, dt.time(), CHINA).timestamp() if day else None


def _days(days: int | None) -> float | None:
    return None if days is None else days * 86_400.0
