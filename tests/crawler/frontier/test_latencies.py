"""Durations by buckets, counted by several crawls."""

from __future__ import annotations

import math
from contextlib import closing

from crawler.frontier import Frontier
from crawler.frontier.latencies import HistogramBucket, Latencies


def test_durations_of_several_crawls_add_up(address: str) -> None:
    for durations in ((0.1, 0.2, 61.0), (0.05, 0.11)):
        found = Latencies()
        for seconds in durations:
            found.observe("fetch", seconds)
        found.observe("line", 0.05)
        with closing(Frontier(address)) as frontier:
            frontier.add_latencies(found.take())
        assert (len(found), found.take()) == (0, [])
    with closing(Frontier(address)) as frontier:
        assert frontier.latencies() == [
            HistogramBucket(step="fetch", bound=0.1, number=2, seconds=0.1 + 0.05),
            HistogramBucket(step="fetch", bound=0.25, number=2, seconds=0.2 + 0.11),
            HistogramBucket(step="fetch", bound=math.inf, number=1, seconds=61.0),
            HistogramBucket(step="line", bound=0.05, number=2, seconds=0.1),
        ]
