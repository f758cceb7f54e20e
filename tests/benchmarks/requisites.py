"""Archiving whole pages beside their text alone: requests, size, articles per second and CPU second, second crawl."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from crawler.demo import registry, running
from crawler.sites.site import PageMode
from tests.fangzhi import documents, installed
from tests.town import Town

PAGES = 300
"""Pages of the city on its large portals; the small ones have some 600 more."""

SLUGS = ("yunzhou", "huawu", "lintan-xxgk")
"""Portals in UTF-8, in GBK, and one whose lists are data: TRS, PHPCMS and gkmlpt."""

UNITS = {
    "pages": "",
    "requisites": "",
    "megabytes": "MB",
    "second": "",
    "later": "",
    "speed": "articles/s",
    "cpu": "articles/s",
}
"""What is compared: `second` are the requests of a second crawl at once, `later` those of a third one after the
interval of the requisites, `cpu` is per second of CPU time."""

INTERVAL_DAYS = 8
"""A requisite is requested again at the earliest after seven days."""


def main() -> None:
    """Crawl the city in both modes, and print requests, size and speed beside each other."""
    with running(pages=PAGES) as base_urls:
        text, whole = measure(base_urls, "text"), measure(base_urls, "whole")
    print(f"{len(SLUGS)} portals, {text['articles']:.0f} articles of the demo city, over loopback")
    for name, unit in UNITS.items():
        ratio = f"{whole[name] / text[name]:.2f} ×" if text[name] else ""
        print(f"  {name:<12} text {text[name]:>8.1f} {unit:<10}  whole {whole[name]:>8.1f} {unit:<10} {ratio}")


def measure(base_urls: dict[str, str], mode: PageMode) -> dict[str, float]:
    """Crawl all portals three times; return the counts of the first crawl, and the requests of the others."""
    with tempfile.TemporaryDirectory() as folder:
        sites = Path(folder, "sites")
        sites.mkdir()
        for name, toml in registry(base_urls, mode).items():
            (sites / name).write_text(toml, "utf-8")
        options = ("--archive", f"{folder}/archive", "--registry", str(sites))
        started, before = time.monotonic(), _cpu_seconds()
        report = documents(installed("crawl", *SLUGS, "--json", *options))[0]
        seconds, cpu = time.monotonic() - started, _cpu_seconds() - before
        again = documents(installed("crawl", *SLUGS, "--json", *options))[0]
        Town(None, sites, Path(folder, "archive")).pass_time(INTERVAL_DAYS)  # type: ignore[arg-type]
        later = documents(installed("crawl", *SLUGS, "--json", *options))[0]
        size = sum(file.stat().st_size for file in Path(folder, "archive").rglob("*.warc.gz*"))
    articles = report["articles"] + report["duplicates"]
    return {
        "articles": articles,
        "pages": report["fetched"],
        "requisites": requisites(report),
        "megabytes": size / 1e6,
        "second": again["fetched"] + requisites(again),
        "later": later["fetched"] + requisites(later),
        "speed": articles / seconds,
        "cpu": articles / cpu,
    }


def _cpu_seconds() -> float:
    """Return the CPU time of the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def requisites(report: dict[str, dict[str, int]]) -> int:
    """Return the number of requisites that a crawl requested."""
    return sum(value for name, value in report["requisites"].items() if name != "failed")


if __name__ == "__main__":
    main()
