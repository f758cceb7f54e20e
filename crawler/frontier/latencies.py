"""Table of durations, as Prometheus' histograms need them: counted by all crawls; used within a transaction."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable
from typing import Literal

from attrs import define, field, frozen

from crawler.frontier.connections import FrontierConnection

TimedStep = Literal["fetch", "line", "upload"]
"""What is measured: `fetch` is the time from a request to the head of its response, `line` that from the response to
its entry in the catalogue, `upload` that in which a WARC file is put into the store."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS latencies (
  step TEXT, bound REAL, number INTEGER NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (step, bound)
) WITHOUT ROWID;
"""
"""`number` durations of `seconds` together, longer than the bound before and not longer than `bound`."""

BOUNDS: dict[TimedStep, tuple[float, ...]] = {
    "fetch": (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
    "line": (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    "upload": (0.05, 0.25, 1.0, 2.5, 10.0, 30.0, 60.0, 120.0, 600.0),
}
"""Upper bounds of the buckets in seconds. A municipal server answers within 0.1 to 1 s; 30 s is the default `timeout`,
and twice that the longest that is of interest. A page takes the line 0.05 s, waits up to `sync_seconds` (1 s) for the
disk, and longer only while pages queue. A WARC file has up to 1 GB: a folder takes it at once, a bucket in 10 s with 1
Gbit/s and in 100 s with 100 Mbit/s."""


@frozen(kw_only=True)
class HistogramBucket:
    """How many durations of a step were at most `bound` seconds and more than the bound before, and their sum."""

    step: TimedStep
    bound: float
    number: int
    seconds: float


@define
class Latencies:
    """Durations that are not stored yet."""

    _found: dict[tuple[TimedStep, float], tuple[int, float]] = field(factory=dict)

    def observe(self, step: TimedStep, seconds: float) -> None:
        """Count a duration."""
        bounds = BOUNDS[step]
        at = bisect.bisect_left(bounds, seconds)
        key = (step, bounds[at] if at < len(bounds) else math.inf)
        number, total = self._found.get(key, (0, 0.0))
        self._found[key] = number + 1, total + seconds

    def __len__(self) -> int:
        """Return the number of durations."""
        return sum(number for number, _ in self._found.values())

    def take(self) -> list[HistogramBucket]:
        """Return what was counted since the last call."""
        found, self._found = self._found, {}
        return [
            HistogramBucket(step=step, bound=bound, number=number, seconds=seconds)
            for (step, bound), (number, seconds) in sorted(found.items())
        ]


def add_latencies(db: FrontierConnection, buckets: Iterable[HistogramBucket]) -> None:
    """Add to what is stored. The buckets are in order, so that no two crawls wait for each other."""
    query = (
        "INSERT INTO latencies VALUES (?, ?, ?, ?) ON CONFLICT (step, bound) DO UPDATE"
        " SET number = latencies.number + excluded.number, seconds = latencies.seconds + excluded.seconds"
    )
    db.executemany(query, [(each.step, each.bound, each.number, each.seconds) for each in buckets])


def read_latencies(db: FrontierConnection) -> list[HistogramBucket]:
    """Return what all crawls counted, by step and bound."""
    return [
        HistogramBucket(**dict(row)) for row in db.execute("SELECT * FROM latencies ORDER BY step, bound").fetchall()
    ]
