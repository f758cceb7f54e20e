"""The state of every site, for the board of sites, the page of a site, and the metrics."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from crawler.cli.status import FrontierOverview, by_site, read_frontier
from crawler.monitoring import Health, Monitor
from crawler.schedule import TimetableRow, read_timetable
from crawler.web.cache import BOARD_AGE_S
from crawler.web.readers import Reader
from crawler.web.room import Room
from pipelines.times import CHINA, from_us

SPARK_DAYS = 30
"""Days of a sparkline: a month shows the rhythm of a weekly site."""


@frozen(kw_only=True)
class SiteState:
    """A site: its captures by outcome, its health, its schedule, and its articles by day of the last `SPARK_DAYS`."""

    slug: str
    counts: Mapping[str, Any]
    health: Health
    schedule: TimetableRow | None
    queued: Mapping[str, Any] | None
    daily: tuple[int, ...]


@frozen(kw_only=True)
class Board:
    """The states of all sites by slug, at a time."""

    at: dt.datetime
    sites: Mapping[str, SiteState]


def board(room: Room, reader: Reader) -> Board:
    """Return the board, which is computed every five minutes."""
    return room.kept.get("board", BOARD_AGE_S, lambda: _computed(room, reader, dt.datetime.now(dt.UTC)))


def _computed(room: Room, reader: Reader, now: dt.datetime) -> Board:
    registry, catalogue, config = room.registry, reader.catalogue, room.config
    frontier: FrontierOverview = read_frontier(config.frontier)
    rows = {each["site"]: each for each in by_site(catalogue.counts(), frontier.counts) if each["site"]}
    monitor = Monitor(catalogue=catalogue, registry=registry, now=now, lists=frontier.lists)
    timetable = {
        row.site.slug: row for row in read_timetable(config.frontier, registry.enabled(), config.schedule, now)
    }
    daily = _daily(catalogue.publication_days(), now.astimezone(CHINA).date())
    return Board(
        at=now,
        sites={
            slug: SiteState(
                slug=slug,
                counts=rows[slug],
                health=health,
                schedule=timetable.get(slug),
                queued=frontier.counts.get(slug),
                daily=daily.get(slug, (0,) * SPARK_DAYS),
            )
            for slug, health in zip(rows, monitor.current([*rows]), strict=True)
        },
    )


def _daily(rows: list[dict[str, Any]], today: dt.date) -> dict[str, tuple[int, ...]]:
    """Return the articles of each site by day, the last one today; those without a day count by their capture."""
    numbers: dict[str, list[int]] = defaultdict(lambda: [0] * SPARK_DAYS)
    for row in rows:
        day = row["published_on"] or from_us(row["newest_us"]).astimezone(CHINA).date()
        age = (today - day).days
        if row["site"] and 0 <= age < SPARK_DAYS:
            numbers[row["site"]][SPARK_DAYS - 1 - age] += row["captures"]
    return {site: tuple(each) for site, each in numbers.items()}
