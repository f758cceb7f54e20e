"""Archiving whole pages beside their text alone: requests, size, articles per second and CPU second, second crawl."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from crawler.demo import registry, running
from crawler.sites.site import PageMode
from tests.fangzhi import documents, installed
from tests.town import Town

PAGES = 900
"""Pages of the city on its large portals; the small ones have some 600 more."""

ROUNDS = 5
"""First crawls in each mode, one after the other: a crawl takes some ten seconds, and its speed varies by a fifth."""

SLUGS = ("yunzhou", "huawu", "lintan-xxgk")
"""Portals in UTF-8, in GBK, and one whose lists are data: TRS, PHPCMS and gkmlpt."""

UNITS = {
    "pages": "",
    "requisites": "",
    "megabytes": "MB",
    "second": "",
    "later": "",
}
"""What is compared: `second` are the requests of a second crawl at once, `later` those of a third one after the
interval of the requisites."""

SPEEDS = ("articles/s", "articles/CPU s")

INTERVAL_DAYS = 8
"""A requisite is requested again at the earliest after seven days."""


def main() -> None:
    """Crawl the city in both modes, and print requests, size and speed beside each other."""
    with running(pages=PAGES) as base_urls:
        text, whole = measure(base_urls, "text"), measure(base_urls, "whole")
        rounds = [(speeds(base_urls, "text"), speeds(base_urls, "whole")) for _ in range(ROUNDS)]
    print(f"{len(SLUGS)} portals, {text['articles']:.0f} articles of the demo city, over loopback")
    for name, unit in UNITS.items():
        ratio = f"{whole[name] / text[name]:.2f} ×" if text[name] else ""
        print(f"  {name:<12} text {text[name]:>8.1f} {unit:<4}  whole {whole[name]:>8.1f} {unit:<4} {ratio}")
    print(f"speed of {ROUNDS} first crawls in each mode in turn, median; whole beside text in each round")
    for place, unit in enumerate(SPEEDS):
        texts, wholes = [text[place] for text, _ in rounds], [whole[place] for _, whole in rounds]
        ratios = [whole / text for text, whole in zip(texts, wholes, strict=True)]
        each = " ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"  {unit:<14} text {median(texts):>6.1f}  whole {median(wholes):>6.1f}  {median(ratios):.2f} × ({each})")


def measure(base_urls: dict[str, str], mode: PageMode) -> dict[str, float]:
    """Crawl all portals three times; return the counts of the first crawl, and the requests of the others."""
    with tempfile.TemporaryDirectory() as folder:
        report = crawl(base_urls, mode, Path(folder))
        again = crawl(base_urls, mode, Path(folder))
        Town(None, Path(folder, "sites"), Path(folder, "archive")).pass_time(INTERVAL_DAYS)  # type: ignore[arg-type]
        later = crawl(base_urls, mode, Path(folder))
        size = sum(file.stat().st_size for file in Path(folder, "archive").rglob("*.warc.gz*"))
    return {
        "articles": articles(report),
        "pages": report["fetched"],
        "requisites": requisites(report),
        "megabytes": size / 1e6,
        "second": again["fetched"] + requisites(again),
        "later": later["fetched"] + requisites(later),
    }


def speeds(base_urls: dict[str, str], mode: PageMode) -> tuple[float, float]:
    """Return the articles of a first crawl, start-up included, per second and per second of CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        started, before = time.monotonic(), _cpu_seconds()
        number = articles(crawl(base_urls, mode, Path(folder)))
        return number / (time.monotonic() - started), number / (_cpu_seconds() - before)


def crawl(base_urls: dict[str, str], mode: PageMode, folder: Path) -> dict[str, Any]:
    """Crawl all portals into the archive in a folder, and return the report."""
    sites = folder / "sites"
    sites.mkdir(exist_ok=True)
    for name, toml in registry(base_urls, mode).items():
        (sites / name).write_text(toml, "utf-8")
    command = ("crawl", *SLUGS, "--json", "--archive", str(folder / "archive"), "--registry", str(sites))
    return documents(installed(*command))[0]


def articles(report: dict[str, Any]) -> float:
    """Return the number of articles of a crawl, copies included."""
    return float(report["articles"] + report["duplicates"])


def _cpu_seconds() -> float:
    """Return the CPU time of the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def requisites(report: dict[str, Any]) -> int:
    """Return the number of requisites that a crawl requested."""
    return sum(value for name, value in report["requisites"].items() if name != "failed")


if __name__ == "__main__":
    main()
