"""The speed of a crawl with the full-text index, compared with one that leaves it out.

A third crawl also leaves out the rows of articles, by which lists are filtered and sorted, and the sums.
`python -m tests.benchmarks.index_crawl` crawls 2,000 pages of the demo city in each way, five times, in turn: four
minutes on two idle cores. Wall time says what a crawl notices, if nothing else runs. CPU time says it on a
loaded machine, too: the pages that all cores, or the process of the line, can do in a second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.demo import build, running
from tests.benchmarks.crawl import PAGES, measure

ROUNDS = 5

CONTENDERS = {"fangzhi": "with the index", "unindexed": "without it", "rowless": "without rows"}

PROCESSES = {"cpu": "main", "line": "line", "readers": "readers", "city": "city"}

Row = Mapping[str, float]


def main(arguments: Sequence[str] = ()) -> None:
    """Print pages per second and the CPU time of each process for a page: the median, least and most of all rounds."""
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
        rounds = [_round(file, number) for number in range(options.rounds)]
    print("  median (least to most) of each round")
    for name, label in CONTENDERS.items():
        rows = [each[name] for each in rounds]
        print(f"  {label:<16}{_spread([_speed(row) for row in rows], 1)} pages/s")
        for process, shown in PROCESSES.items():
            print(f"    {shown:<14}{_spread([_cpu_ms(row, process) for row in rows], 2)} ms CPU a page")
    for without in ("unindexed", "rowless"):
        print(f"  speed with the index / {CONTENDERS[without]}")
        for label, speed in (("wall time", _speed), ("CPU, all cores", _all_cores), ("CPU, the line", _line)):
            print(f"    {label:<14}{_spread([speed(each['fangzhi']) / speed(each[without]) for each in rounds], 3)}")


def _round(file: Path, number: int) -> dict[str, Row]:
    """Crawl once in each way; each round begins with another one."""
    names = [*CONTENDERS]
    first = number % len(names)
    return {name: measure(name, file) for name in (*names[first:], *names[:first])}


def _speed(row: Row) -> float:
    return row["pages"] / row["seconds"]


def _cpu_ms(row: Row, process: str) -> float:
    return row[process] / row["pages"] * 1000


def _all_cores(row: Row) -> float:
    """Return the pages per second that the cores can do, if no process waits for another."""
    return (os.cpu_count() or 1) * 1000 / sum(_cpu_ms(row, process) for process in PROCESSES)


def _line(row: Row) -> float:
    return 1000 / _cpu_ms(row, "line")


def _spread(values: Sequence[float], digits: int) -> str:
    least, median, most = (f"{each:.{digits}f}" for each in (min(values), statistics.median(values), max(values)))
    return f"{median:>8} ({least} to {most})"


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
