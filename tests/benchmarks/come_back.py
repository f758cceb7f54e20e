"""Requests for the whole demo city by its access log: a first crawl, a crawl one day later, and a full crawl."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path

from crawler.demo import build, serve
from tests.town import SECOND_DAY, Town, settle

PAGES = 150
TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()


def main() -> None:
    """Print a row for each crawl: requests, 304 answers, and articles."""
    with serve(build(pages=PAGES, newest_day=TODAY)) as server, tempfile.TemporaryDirectory() as folder:
        town = settle(server, Path(folder))
        rows = {"first": crawl(town)}
        server.city = build(pages=PAGES, visit=2, newest_day=TODAY)
        town.pass_time(SECOND_DAY)
        rows["a day later"] = crawl(town)
        rows["--full, at once"] = crawl(town, "--full")
        print(f"{len(server.city.portals)} portals; before the second crawl: two articles new, one edited, one deleted")
    for name, (statuses, report) in rows.items():
        share = statuses.total() / rows["first"][0].total()
        results = f"{statuses[304]:>4} unmodified  {report['articles']:>5} articles"
        print(f"  {name:<16} {statuses.total():>5} requests  {share:>5.1%}  {results}")


def crawl(town: Town, *options: str) -> tuple[Counter[int], dict]:
    """Crawl every portal; return the statuses of the answers, and the report of the crawl."""
    before = len(town.server.log)
    slugs = [portal.slug for portal in town.server.city.portals]
    (report,) = town.run("crawl", *slugs, *options, "--json")
    return Counter(visit.status for visit in town.server.log[before:]), report


if __name__ == "__main__":
    main()
