"""Crawls of the demo city into a full catalogue, into an empty one, and into one without near-copy detection.

`--texts 1000000` fills it with a million other texts and ten million digests, which takes 4 GB.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from crawler.demo import build, running
from pipelines.catalogue.catalogue import Catalogue
from tests.benchmarks.crawl import measure
from tests.benchmarks.filling import fill

PAGES = 600
"""Pages of one crawl: enough that its start and end take only a tenth of the time."""

ROUNDS = 6
"""Each has pages of its own, because texts that were crawled before are not new, and another contender first."""

CONTENDERS = {
    "empty": "an empty catalogue",
    "full": "a full catalogue",
    "exact": "an empty catalogue, no near-copy detection",
}


def main(arguments: Sequence[str] = ()) -> None:
    """Print pages per second over all rounds for each contender, and the ratio to the empty catalogue."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=50_000)
    texts = parser.parse_args(arguments).texts
    taken, cpu = dict.fromkeys(CONTENDERS, 0.0), dict.fromkeys(CONTENDERS, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        full = f"sqlite:///{folder}/catalogue.sqlite"
        with closing(Catalogue(full)):
            fill(full, range(texts))
        os.sync()  # otherwise the crawls would share the disk with writes that are still pending
        with running(pages=5 * ROUNDS * PAGES) as base_urls:
            rounds = list(_lists(base_urls, Path(folder)))
            measure("bare", rounds[0])
            for number, file in enumerate(rounds):
                order = [*CONTENDERS][number:] + [*CONTENDERS][:number]
                for name in order:
                    row = measure("exact" if name == "exact" else "fangzhi", file, full if name == "full" else "")
                    taken[name] += row["seconds"]
                    cpu[name] += row["cpu"]
    print(f"{ROUNDS} × {PAGES} pages of the demo city, over loopback; {texts:,} other texts in the full catalogue")
    for name, label in CONTENDERS.items():
        pages, spent = ROUNDS * PAGES / taken[name], cpu[name] / ROUNDS / PAGES * 1e3
        print(
            f"  {label:<42} {pages:>7.1f} pages/s  {taken['empty'] / taken[name]:>5.2f} × empty"
            f"  {spent:>6.2f} ms CPU per page in the crawling process  {cpu['empty'] / cpu[name]:>5.2f} × empty"
        )


def _lists(base_urls: dict[str, str], folder: Path) -> Iterator[Path]:
    """Write a list of URLs for each round."""
    truths = build(pages=5 * ROUNDS * PAGES).truth(base_urls)
    urls = [truth.url for truth in truths if truth.kind == "article" and truth.trap is None]
    for number in range(ROUNDS):
        file = folder / f"urls{number}.txt"
        file.write_text("\n".join(urls[number :: len(urls) // PAGES][:PAGES]), "utf-8")
        yield file


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
