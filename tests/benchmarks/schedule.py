"""What `fangzhi schedule` costs: memory of a crawl with its readers, and a turn at which nothing of the site is due."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from crawler.demo import build, serve
from tests.benchmarks.start import timed
from tests.fangzhi import PROGRAM, start
from tests.town import SITES, Town, settle

LATER = 2**62
"""A moment in the frontier, in microseconds, that never comes."""


def main() -> None:
    """Print the peak of each crawl's memory, shared pages in parts, and the seconds and requests of an idle turn."""
    with town() as made, start("schedule", "--once", "--json", *SITES, *made.options) as process:
        peaks = memory(process)
        print("  memory           " + ", ".join(f"{name} {peak / 1e6:.0f} MB" for name, peak in peaks.items()))
        with closing(sqlite3.connect(Path(made.archive, "frontier.sqlite"))) as db, db:
            db.execute("UPDATE pages SET due = ?", (LATER,))
        made.pass_time(days=1)
        asked = len(made.server.log)
        command = [PROGRAM, "crawl", "--due", SITES[0], "--allow-private", "--quiet", *made.options]
        seconds = timed(command, made.registry)
        print(f"  an idle turn     {seconds:.1f} s, {len(made.server.log) - asked} requests")


@contextmanager
def town() -> Iterator[Town]:
    """A city that is crawled slowly enough to look on."""
    with serve(build(pages=1000)) as server, tempfile.TemporaryDirectory() as folder:
        made = settle(server, Path(folder))
        for slug in SITES:
            file = made.registry / f"{slug}.toml"
            slow = file.read_text("utf-8").replace("delay = 0 ", "delay = 0.05 ").replace("= 8 ", "= 1 ")
            file.write_text(slow, "utf-8")
        yield made


def memory(process: subprocess.Popen[str]) -> dict[str, int]:
    """Return the peaks in bytes of the process itself, and of each crawl that it starts with all below it."""
    peaks: dict[str, int] = {}
    top = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            peaks["schedule"] = max(peaks.get("schedule", 0), top.memory_full_info().pss)
            for crawl in top.children():
                name = crawl.cmdline()[-1]
                sizes = [one.memory_full_info().pss for one in (crawl, *crawl.children(recursive=True))]
                peaks[name] = max(peaks.get(name, 0), sum(sizes))
        time.sleep(0.5)
    return peaks


if __name__ == "__main__":
    main()
