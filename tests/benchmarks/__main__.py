"""Every benchmark, one after another: `make bench`."""

from __future__ import annotations

from tests.benchmarks import archive, catalogue, crawl, extract, fixity, quality, repairs, replay, segment, start

for benchmark in (start, extract, quality, repairs, segment, crawl, archive, fixity, replay, catalogue):
    print(f"── {(benchmark.__doc__ or '').strip()}")
    benchmark.main()
