"""Cost of `fangzhi schedule`: memory with its crawls and their workers, and of a crawl of a site with nothing due."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from crawler.demo import build, serve
from tests.benchmarks.start import cpu_seconds
from tests.fangzhi import PROGRAM, Running, environment, start
from tests.town import SITES, Town, settle

NEVER_US = 2**62
"""A due time in the frontier, in microseconds, that never comes."""


def main() -> None:
    """Print the peak memory (PSS) of a schedule of two crawls, and the CPU seconds of a crawl with nothing due."""
    settings = environment(FANGZHI_WORKERS="2")
    with town() as made, start("schedule", "--once", "--json", *SITES, *made.options, env=settings) as process:
        peak, processes = memory(process)
        print(f"  memory           {peak / 1e6:.0f} MB in {processes} processes, with {len(SITES)} crawls")
        with closing(sqlite3.connect(Path(made.archive, "frontier.sqlite"))) as db, db:
            db.execute("UPDATE pages SET due = ?", (NEVER_US,))
        made.pass_time(days=1)
        before = len(made.server.log)
        command = [PROGRAM, "crawl", "--due", SITES[0], "--allow-private", "--quiet", *made.options]
        seconds = cpu_seconds(command, made.registry)
        print(f"  nothing due      {seconds:.1f} s of CPU, {len(made.server.log) - before} requests")


@contextmanager
def town() -> Iterator[Town]:
    """Yield a city that is crawled slowly enough to measure memory."""
    with serve(build(pages=1000)) as server, tempfile.TemporaryDirectory() as folder:
        made = settle(server, Path(folder))
        for slug in SITES:
            file = made.registry / f"{slug}.toml"
            slow = file.read_text("utf-8").replace("delay = 0 ", "delay = 0.05 ").replace("= 8 ", "= 1 ")
            file.write_text(slow, "utf-8")
        yield made


def memory(process: Running) -> tuple[int, int]:
    """Return the peak memory in bytes of a process with all that it has started, and how many processes they were."""
    peak = (0, 0)
    top = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            sizes = [one.memory_full_info().pss for one in (top, *top.children(recursive=True))]
            peak = max(peak, (sum(sizes), len(sizes)))
        time.sleep(0.5)
    return peak


if __name__ == "__main__":
    main()
