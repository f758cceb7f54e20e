"""Every benchmark, one after another: `make bench`."""

from __future__ import annotations

from tests.benchmarks import archive, catalogue, copies, crawl, extract, fixity, quality, repairs, replay, start

for benchmark in (start, extract, quality, repairs, crawl, archive, fixity, replay, catalogue, copies):
    print(f"── {(benchmark.__doc__ or '').strip()}")
    benchmark.main()
