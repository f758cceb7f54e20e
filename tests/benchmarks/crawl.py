"""Pages per second on 2,000 pages of the demo city: Scrapy alone, with the frontier, with trafilatura; fangzhi."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from crawler.demo import build, running

PAGES = 2_000
TIMEOUT_S = 300
"""For one contender: the slowest, trafilatura inline, takes some 90 s on two cores."""
CONTENDERS = {
    "bare": "Scrapy, download only",
    "frontier": "Scrapy with the frontier on disk, download only",
    "inline": "Scrapy, trafilatura inline",
    "fangzhi": "fangzhi: extract, deduplicate, archive, catalogue",
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


def measure(name: str, file: Path, catalogue: str = "") -> dict[str, float]:
    """Run one contender in a process of its own; the very first run only fills the caches of the city."""
    command = [sys.executable, "-m", "tests.benchmarks.contenders", name, str(file), catalogue]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row


if __name__ == "__main__":
    main()
