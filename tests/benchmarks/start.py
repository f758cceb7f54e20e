"""How long a person waits: `fangzhi --help`, and one page by `fangzhi fetch` beside `scrapy fetch`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crawler.demo import build, running

RUNS = 5
BIN = Path(sys.executable).parent


def main() -> None:
    """Print the median seconds of each command, cold, one after another."""
    with running() as base_urls, tempfile.TemporaryDirectory() as folder:
        truths = build().truth(base_urls)
        url = next(truth.url for truth in truths if truth.kind == "article" and truth.trap is None)
        commands = {
            "fangzhi --help": [BIN / "fangzhi", "--help"],
            "scrapy fetch": [BIN / "scrapy", "fetch", "--nolog", url],
            "fangzhi fetch": [BIN / "fangzhi", "fetch", url, "--archive", f"{folder}/archive", "--allow-private"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                seconds[name].append(timed(command, Path(folder)))
    for name, taken in seconds.items():
        print(f"  {name:<16} {statistics.median(taken):.2f} s  ({min(taken):.2f} to {max(taken):.2f})")


def timed(command: list[str | Path], folder: Path) -> float:
    """Return how many seconds a command takes from start to end."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, timeout=60, check=True, env=os.environ)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
