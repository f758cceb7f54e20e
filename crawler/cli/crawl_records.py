"""Records the crawls of sites once they are over, for the page of runs; a crawl never fails because of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing

from crawler.config.config import Config
from crawler.config.load import file_beside_frontier
from crawler.frontier import Frontier, Run, frontier_exists
from crawler.monitoring import Stats
from crawler.records import RECORDS_FILE, CrawlRecord, opened_records
from pipelines.errors import StoreError

logger = logging.getLogger(__name__)


def record_killed(config: Config) -> None:
    """Record the last crawls of sites that were killed: the next crawl of a site replaces what the frontier knows."""
    _record(config, {}, ("killed",))


def record_crawls(config: Config, stats_by_site: Mapping[str | None, Stats]) -> None:
    """Record the crawls of some sites, with their counts."""
    counts = {site: stats for site, stats in stats_by_site.items() if site}
    _record(config, counts, ("done", "failed", "interrupted"))


def crawl_of(site: str, run: Run, stats: Stats | None = None) -> CrawlRecord:
    """Return a run of the frontier as a crawl of the records."""
    counts = stats.summary() if stats else {}
    return CrawlRecord(site=site, started=run.started, ended=run.ended, outcome=run.outcome, counts=counts)


def _record(config: Config, stats: Mapping[str, Stats], outcomes: tuple[str, ...]) -> None:
    try:
        if not frontier_exists(config.frontier):
            return
        with closing(Frontier(config.frontier)) as frontier:
            runs = {site: run for site, run in frontier.runs().items() if run.outcome in outcomes}
        if found := [crawl_of(site, run, stats.get(site)) for site, run in runs.items() if not stats or site in stats]:
            with opened_records(file_beside_frontier(config, RECORDS_FILE)) as records:
                records.add_crawls(found)
    except StoreError as error:
        logger.warning("this crawl is not recorded: %s", error)
