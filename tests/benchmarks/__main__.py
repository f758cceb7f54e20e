"""Every benchmark, one after another: `make bench`."""

from __future__ import annotations

from tests.benchmarks import archive, catalogue, crawl, extract, quality, replay, start

for benchmark in (start, extract, quality, crawl, archive, replay, catalogue):
    print(f"── {(benchmark.__doc__ or '').strip()}")
    benchmark.main()
