"""The speed of a crawl with the full-text index and the sums, compared with one that leaves them out.

`python -m tests.benchmarks.index_crawl` crawls 2,000 pages of the demo city in turn with and without, five times each.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from crawler.demo import build, running
from tests.benchmarks.crawl import PAGES, measure

ROUNDS = 5

CONTENDERS = {"fangzhi": "with the index", "unindexed": "without"}


def main(arguments: Sequence[str] = ()) -> None:
    """Print pages per second and the CPU time of the line's process for a page, the medians of all rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--pages", type=int, default=PAGES)
    options = parser.parse_args(arguments)
    city = 3 * options.pages
    with running(pages=city) as base_urls, tempfile.TemporaryDirectory() as folder:
        truths = build(pages=city).truth(base_urls)
        urls = [truth.url for truth in truths if truth.kind == "article" and truth.trap is None][: options.pages]
        file = Path(folder, "urls.txt")
        file.write_text("\n".join(urls), "utf-8")
        measure("bare", file)  # fills the caches of the city
        rounds = [{name: measure(name, file) for name in CONTENDERS} for _ in range(options.rounds)]
    speed = {name: [each[name]["pages"] / each[name]["seconds"] for each in rounds] for name in CONTENDERS}
    cpu_ms = {name: [each[name]["line"] / each[name]["pages"] * 1000 for each in rounds] for name in CONTENDERS}
    for name, label in CONTENDERS.items():
        pages, cpu = statistics.median(speed[name]), statistics.median(cpu_ms[name])
        print(f"  {label:<16}{pages:>8.1f} pages/s{cpu:>8.2f} ms CPU a page in the process of the line")
    ratios = [indexed / bare for indexed, bare in zip(*speed.values(), strict=True)]
    every = ", ".join(f"{ratio:.3f}" for ratio in sorted(ratios))
    print(f"  speed with the index / without: {statistics.median(ratios):.3f} ({every})")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
