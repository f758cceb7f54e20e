"""Run all benchmarks, one after another: `make bench`."""

from __future__ import annotations

from tests.benchmarks import (
    archive,
    catalogue,
    come_back,
    copies,
    crawl,
    damage,
    extract,
    families,
    fixity,
    full,
    index,
    quality,
    repairs,
    replay,
    reprints,
    requisites,
    room,
    schedule,
    second_reader,
    segment,
    start,
)

for benchmark in (
    start,
    extract,
    families,
    quality,
    second_reader,
    repairs,
    segment,
    crawl,
    requisites,
    schedule,
    come_back,
    archive,
    damage,
    fixity,
    replay,
    catalogue,
    copies,
    full,
    index,
    reprints,
    room,
):
    print(f"── {(benchmark.__doc__ or '').strip()}")
    benchmark.main()
