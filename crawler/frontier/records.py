"""What the frontier records of each site: its crawls, budgets, pauses, counts of pages, and what its lists showed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from crawler.frontier import budgets, crawlers, latencies, leases, list_log, queue, refusals, run_log
from crawler.frontier.connections import FrontierDatabase
from crawler.frontier.latencies import HistogramBucket
from crawler.frontier.list_log import ListStatus
from crawler.frontier.run_policy import Run


class FrontierRecords:
    """The records in a frontier's database; all methods raise StoreError."""

    def __init__(self, database: FrontierDatabase) -> None:
        self._database = database

    def leases(self) -> dict[str, int]:
        """Return the sites that are being crawled, each with the PID of its process."""
        owners = self._database.read(lambda db: leases.read_leases(db, crawlers.live_crawlers(db)))
        return {site: owner.pid for site, owner in owners.items()}

    def runs(self) -> dict[str, Run]:
        """Return the last crawl of each site that was ever crawled."""
        return self._database.read(lambda db: run_log.read_runs(db, crawlers.live_crawlers(db)))

    def record_failed_run(self, site: str, started: dt.datetime, ended: dt.datetime) -> None:
        """Store a crawl that failed before it could claim its site."""
        self._database.write(lambda db: run_log.record_failed_run(db, site, started, ended))

    def reserve_site(self, site: str, scheduler: str, last: Run | None) -> bool:
        """Reserve a start for a scheduler that knows the `last` crawl; False if another one was faster.

        The reservation ends when a crawl claims the site, or after a minute.
        """
        started = last.started if last else None
        return self._database.write(lambda db: leases.reserve_site(db, site, scheduler, started), durable=True)

    def end_reservation(self, site: str, scheduler: str) -> None:
        """End a scheduler's reservation of a site, if it has one."""
        self._database.write(lambda db: leases.end_reservation(db, site, scheduler))

    def add_latencies(self, found: Iterable[HistogramBucket]) -> None:
        """Add durations to those of all crawls."""
        self._database.write(lambda db: latencies.add_latencies(db, found))

    def latencies(self) -> list[HistogramBucket]:
        """Return the durations of all crawls by their buckets."""
        return self._database.read(latencies.read_latencies)

    def unarchived_reasons(self, urls: Iterable[str]) -> dict[str, str]:
        """Return why URLs of requisites have no capture, for those of which it is known: `queued` if they wait."""
        return self._database.read(lambda db: refusals.reasons(db, urls))

    def count_requisite(self, site: str, size: int, now: dt.datetime) -> None:
        """Count a fetched requisite and its bytes on the current day in China."""
        self._database.write(lambda db: budgets.count_requisite(db, site, size, now))

    def requisites_today(self, site: str, now: dt.datetime) -> tuple[int, int]:
        """Return how many requisites of a site were counted on the current day in China, and their bytes."""
        return self._database.read(lambda db: budgets.requisites_today(db, site, now))

    def count_request(self, site: str, now: dt.datetime) -> None:
        """Count one more request to a site on the current day in China."""
        self._database.write(lambda db: budgets.count_request(db, site, now))

    def requests_today(self, site: str, now: dt.datetime) -> int:
        """Return how many requests to a site were counted on the current day in China."""
        return self._database.read(lambda db: budgets.requests_today(db, site, now))

    def pause(self, site: str, until: dt.datetime) -> None:
        """Store that a site asked for no request until then."""
        self._database.write(lambda db: budgets.pause(db, site, until))

    def paused_until(self, site: str) -> dt.datetime | None:
        """Return the end of the last pause that a site asked for, None if it never did."""
        return self._database.read(lambda db: budgets.paused_until(db, site))

    def counts(self, now: dt.datetime) -> dict[str, dict[str, Any]]:
        """Return for each site how many pages are known, queued (`waiting`), failing, gone, and due within a day."""
        return self._database.read(lambda db: queue.count_pages(db, now))

    def list_statuses(self) -> dict[str, list[ListStatus]]:
        """Return the list status of each section, by site."""
        return self._database.read(list_log.read_statuses)

    def count_queued(self, site: str) -> int:
        """Return the number of a site's queued pages."""
        return self._database.read(lambda db: queue.count_queued(db, site))
