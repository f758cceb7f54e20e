"""Archiving whole pages beside their text alone: requests, size, articles per second, and a second crawl."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from crawler.demo import build, registry, running
from crawler.sites.site import PageMode
from tests.fangzhi import documents, fangzhi

PAGES = 1_500
"""Pages of the city: 30 to 600 for each CMS."""

ROUNDS = 2
"""Crawls of each mode, alternating; the faster one of each counts."""


def main() -> None:
    """Crawl the city in both modes, and print requests, size and speed beside each other."""
    rows: dict[PageMode, dict[str, float]] = {}
    with running(pages=PAGES) as base_urls:
        for _ in range(ROUNDS):
            for mode in ("text", "whole"):
                row = measure(base_urls, mode)
                if mode not in rows or row["speed"] > rows[mode]["speed"]:
                    rows[mode] = row
    text, whole = rows["text"], rows["whole"]
    print(f"{len(build(pages=PAGES).portals)} portals, {text['articles']:.0f} articles of the demo city, over loopback")
    for name, unit in (("pages", ""), ("requisites", ""), ("megabytes", "MB"), ("second", ""), ("speed", "articles/s")):
        ratio = f"{whole[name] / text[name]:.2f} ×" if text[name] else ""
        print(f"  {name:<12} text {text[name]:>8.1f} {unit:<10}  whole {whole[name]:>8.1f} {unit:<10} {ratio}")


def measure(base_urls: dict[str, str], mode: PageMode) -> dict[str, float]:
    """Crawl all portals twice; return the counts of the first crawl, and the requests of the second one."""
    with tempfile.TemporaryDirectory() as folder:
        sites = Path(folder, "sites")
        sites.mkdir()
        for name, toml in registry(base_urls, mode).items():
            (sites / name).write_text(toml, "utf-8")
        options = ("--archive", f"{folder}/archive", "--registry", str(sites))
        slugs = [name.removesuffix(".toml") for name in registry(base_urls)]
        started = time.monotonic()
        report = documents(fangzhi("crawl", *slugs, "--json", *options, FANGZHI_WORKERS="2"))[0]
        seconds = time.monotonic() - started
        again = documents(fangzhi("crawl", *slugs, "--json", *options))[0]
        size = sum(file.stat().st_size for file in Path(folder, "archive").rglob("*.warc.gz*"))
    articles = report["articles"] + report["duplicates"]
    return {
        "articles": articles,
        "pages": report["fetched"],
        "requisites": requisites(report),
        "megabytes": size / 1e6,
        "second": again["fetched"] + requisites(again),
        "speed": articles / seconds,
    }


def requisites(report: dict[str, dict[str, int]]) -> int:
    """Return the number of requisites that a crawl requested."""
    return sum(value for name, value in report["requisites"].items() if name != "failed")


if __name__ == "__main__":
    main()
