"""Pages per second, and CPU time by process, on 2,000 pages of the demo city: fangzhi, and Scrapy in three ways."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crawler.demo import build, running
from tests.benchmarks import cpu

PAGES = 2_000
TIMEOUT_S = 300
"""For one contender: the slowest, trafilatura inline, takes some 90 s on two cores."""
CONTENDER = "import sys; from tests.benchmarks.contenders import main; main(*sys.argv[1:])"
"""The program of a contender. With `-m`, the line and the readers would import that module and Scrapy at their start,
which takes .4 s of CPU time each; for the commands of fangzhi they do not."""

CONTENDERS = {
    "bare": "Scrapy, download only",
    "frontier": "Scrapy with the frontier on disk, download only",
    "inline": "Scrapy, trafilatura inline",
    "fangzhi": "fangzhi: extract, deduplicate, archive, catalogue",
    "whole": "fangzhi, with style sheets, pictures and scripts",
}


def main() -> None:
    """Run the contenders one after another on the same pages; print a row for each, with its ratio to `inline`."""
    with running(pages=3 * PAGES) as base_urls, tempfile.TemporaryDirectory() as folder:
        truths = build(pages=3 * PAGES).truth(base_urls)
        urls = [truth.url for truth in truths if truth.kind == "article" and truth.trap is None][:PAGES]
        file = Path(folder, "urls.txt")
        file.write_text("\n".join(urls), "utf-8")
        measure("bare", file)
        rows = {name: measure(name, file) for name in CONTENDERS}
    speed = {name: row["pages"] / row["seconds"] for name, row in rows.items()}
    print(f"{len(urls)} pages of the demo city, over loopback")
    for name, label in CONTENDERS.items():
        print(f"  {label:<48} {speed[name]:>7.1f} pages/s  {speed[name] / speed['inline']:>6.2f} × inline")
    print("CPU ms a page: where they go, and the speed that they allow")
    for name, label in CONTENDERS.items():
        print(f"  {label:<48} {where(rows[name], speed[name])}")


def where(row: Mapping[str, float], speed: float) -> str:
    """Return the CPU ms a page of each process and thread, and how near a speed is to what they allow.

    The limit is that of all cores together, or of one of the two processes that have work of their own for each page.
    """
    ms = {name: row.get(name, 0.0) / row["pages"] * 1e3 for name in ("cpu", "reactor", "line", "readers", "city")}
    others = ms["cpu"] - ms["reactor"]
    cores = os.cpu_count() or 1
    all_ms = ms["cpu"] + ms["line"] + ms["readers"] + ms["city"]
    limits = {f"{cores} cores": cores * 1e3 / all_ms, "main": 1e3 / ms["cpu"]}
    if ms["line"]:
        limits["line"] = 1e3 / ms["line"]
    limit = min(limits.values())
    return (
        f"main {ms['cpu']:>5.1f} (reactor {ms['reactor']:.1f}, others {others:.1f})  line {ms['line']:>4.1f}"
        f"  readers {ms['readers']:>5.1f}  city {ms['city']:>4.1f}"
        f"  limits: {', '.join(f'{name} {value:.0f}' for name, value in limits.items())} pages/s"
        f"  {speed / limit:.2f} of the limit"
    )


def measure(name: str, file: Path, catalogue: str = "") -> dict[str, float]:
    """Run one contender in a process of its own; the very first run only fills the caches of the city."""
    command = [sys.executable, "-c", CONTENDER, name, str(file), catalogue]
    cities = cpu.children(os.getpid())
    before = sum(map(cpu.seconds, cities))
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row | {"city": sum(map(cpu.seconds, cities)) - before}


if __name__ == "__main__":
    main()
