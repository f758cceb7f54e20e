"""When each site was last crawled and is due next, from the registry and the frontier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

from attrs import frozen

from crawler.frontier import Frontier, Run, frontier_exists, next_run
from crawler.sites.schedule import Schedule, schedule_of
from crawler.sites.site import Site
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.times import CHINA, rfc3339


@frozen(kw_only=True)
class TimetableRow:
    """A site with its last crawl. `due` is the time of the next crawl, in the past if the site is due."""

    site: Site
    schedule: str
    last: Run | None
    due: dt.datetime
    is_due: bool

    @property
    def is_running(self) -> bool:
        """Tell whether the site is being crawled; then `due` is its next scheduled time."""
        return self.last is not None and self.last.process is not None

    @property
    def process(self) -> Message | int | None:
        """Return the process that is crawling the site, for people: its PID, and its machine if that is another one."""
        if self.last is None or self.last.host is None:
            return self.last.process if self.last else None
        return _("{process} on {host}", process=self.last.process, host=self.last.host)

    @property
    def parsed_schedule(self) -> Schedule:
        """Return the schedule."""
        return schedule_of(self.schedule, self.site.slug, self.site.windows)

    def document(self) -> dict[str, Any]:
        """Return the row as JSON values, times in UTC."""
        last = self.last
        return {
            "site": self.site.slug,
            "schedule": self.schedule,
            "started": last and moment(last.started),
            "ended": moment(last.ended) if last and last.ended else None,
            "outcome": last and last.outcome,
            "failures": last.failures if last else 0,
            "process": last and last.process,
            "due": moment(self.due),
            "is_due": self.is_due,
        }


def read_timetable(frontier: str, sites: Iterable[Site], default: str, now: dt.datetime) -> list[TimetableRow]:
    """Return the timetable with the runs of a frontier; without runs if it does not exist. Raises StoreError."""
    runs: dict[str, Run] = {}
    if frontier_exists(frontier):
        with closing(Frontier(frontier)) as opened:
            runs = opened.runs()
    return timetable(sites, runs, default, now)


def timetable(sites: Iterable[Site], runs: Mapping[str, Run], default: str, now: dt.datetime) -> list[TimetableRow]:
    """Return a row for each site: first the sites that were never crawled, then the longest overdue.

    In this order every site is crawled at some time, even if there are too many for their schedules. `default` is the
    schedule of sites that have none.
    """
    rows = (_row(site, runs.get(site.slug), default, now) for site in sites)
    return sorted(rows, key=lambda row: (row.last is not None, row.due))


def next_due(rows: list[TimetableRow]) -> Message:
    """Return a line for people that names the sites that are due, or the next one if none is."""
    if due := [row.site.slug for row in rows if row.is_due]:
        others = ngettext("{count} other is not", "{count} others are not", len(rows) - len(due))
        return _("Due: {sites}; {others}.", sites=due, others=others)
    coming = next((row for row in rows if not row.is_running), None)
    if coming:
        return _("No site is due: the next is {site}, {at}.", site=coming.site.slug, at=in_china(coming.due))
    return _("No site is due: all of them are being crawled.") if rows else _("No site is enabled.")


def moment(at: dt.datetime) -> str:
    """Return a time as a JSON value, to the second."""
    return rfc3339(at.astimezone(dt.UTC), "seconds")


def in_china(at: dt.datetime) -> Message:
    """Return a time in China's time zone, for people; schedules are in that zone too.

    >>> in_china(dt.datetime(2026, 3, 5, 14, 30, tzinfo=dt.UTC))
    '2026-03-05 22:30 in China'
    """
    return _("{time} in China", time=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}")


def _row(site: Site, last: Run | None, default: str, now: dt.datetime) -> TimetableRow:
    schedule = site.schedule or default
    due = next_run(schedule_of(schedule, site.slug, site.windows), last, now, site.windows)
    is_due = due <= now and not (last and last.process)
    return TimetableRow(site=site, schedule=schedule, last=last, due=due, is_due=is_due)
