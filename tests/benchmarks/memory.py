"""Memory of each process of a crawl and of a replay, and its slope: `python -m tests.benchmarks.memory [PAGES]`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.demo import build, running
from tests.benchmarks import cpu
from tests.benchmarks.crawl import CONTENDER
from tests.benchmarks.replay import written

PAGES = 20_000
"""Half an hour on two cores: a leak of one kilobyte a page adds 20 MB."""

SAMPLE_S = 1.0

LIMITS_MB = {"main": 200, "line": 200, "reader": 150}
"""What is wanted: a machine with 1 GB of memory can then crawl with two readers."""

REPLAY = """import sys; from pathlib import Path; from tests.benchmarks.replay import replayed; \
print(replayed(Path(sys.argv[1]), 2))"""

Samples = Mapping[str, Sequence[float]]
"""The resident memory in MB of each process, one value a sample."""


def main(pages: int = PAGES) -> None:
    """Print for a crawl and for a replay the largest memory of each process, and its slope in the second half."""
    with tempfile.TemporaryDirectory() as folder:
        with running(pages=3 * pages) as base_urls:
            truths = build(pages=3 * pages).truth(base_urls)
            urls = [truth.url for truth in truths if truth.kind == "article" and truth.trap is None][:pages]
            file = Path(folder, "urls.txt")
            file.write_text("\n".join(urls), "utf-8")
            show(f"crawl of {len(urls)} pages", sampled([CONTENDER, "whole", str(file)]), len(urls))
        archive = written(Path(folder), pages)
        show(f"replay of {pages} pages", sampled([REPLAY, str(archive)]), pages)


def show(title: str, samples: Samples, pages: int) -> None:
    """Print a row for each process; the slope assumes that pages are read at a constant rate."""
    print(title)
    for name, values in samples.items():
        limit = LIMITS_MB[name.split()[0]]
        per_1000 = slope(values[len(values) // 2 :]) * len(values) / pages * 1_000
        print(f"  {name:<10} {max(values):>6.0f} MB at most ({limit} wanted)  {per_1000:>+7.2f} MB per 1,000 pages")


def slope(values: Sequence[float]) -> float:
    """Return the slope of the line through some values, per value.

    >>> slope([1.0, 3.0, 5.0])
    2.0
    """
    middle, mean = (len(values) - 1) / 2, sum(values) / max(len(values), 1)
    squares = sum((at - middle) ** 2 for at in range(len(values)))
    return sum((at - middle) * (value - mean) for at, value in enumerate(values)) / squares if squares else 0.0


def sampled(command: Sequence[str]) -> Samples:
    """Run a program in a process of its own; return the memory of it and of the processes that it forks."""
    samples: dict[int, list[float]] = {}
    with subprocess.Popen([sys.executable, "-c", *command], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            forked = [child for server in cpu.children(process.pid) for child in cpu.children(server)]
            for pid in (process.pid, *forked):
                if size := resident_mb(pid):
                    samples.setdefault(pid, []).append(size)
            time.sleep(SAMPLE_S)
    if process.returncode:
        raise RuntimeError(f"the program ended with {process.returncode}")
    main_process, *others = samples  # in the order of their starts, in which their numbers may begin again
    names = ["line"] if command[0] == CONTENDER else []
    names += [f"reader {number}" for number in range(1, len(others) - len(names) + 1)]
    return {"main": samples[main_process]} | {name: samples[pid] for name, pid in zip(names, others, strict=True)}


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB; 0 if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
