"""Pages that are known, as rows of the frontier's table; times are microseconds since 1970."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import History, Known
from pipelines.times import from_us, to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
  added INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, site TEXT NOT NULL, url TEXT NOT NULL, role TEXT NOT NULL,
  section TEXT, walked INTEGER NOT NULL, form TEXT, priority INTEGER NOT NULL,
  waiting INTEGER NOT NULL, leased INTEGER NOT NULL DEFAULT 0, due INTEGER, asked INTEGER,
  visited INTEGER, since INTEGER, missed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  interval INTEGER, etag TEXT, last_modified TEXT
);
CREATE INDEX IF NOT EXISTS waiting ON pages (site, priority DESC, added) WHERE waiting;
CREATE INDEX IF NOT EXISTS leased ON pages (site) WHERE leased;
CREATE INDEX IF NOT EXISTS due ON pages (site, due) WHERE NOT waiting AND due IS NOT NULL;
"""
"""Times are microseconds since 1970. `asked` is the last visit, whatever came of it, `due` the next one."""


class Row(Protocol):
    """A row whose columns have names."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the value of a column."""


def known_of(row: Row) -> Known:
    """Return the page that a row holds, with what its visits showed."""
    page = Page(
        url=row["url"],
        site=row["site"],
        role=row["role"],
        section=row["section"],
        walked=row["walked"],
        form=row["form"],
    )
    history = History(
        visited_at=_moment(row["visited"]),
        since=_moment(row["since"]),
        missed=row["missed"],
        failed=row["failed"],
        interval=dt.timedelta(seconds=row["interval"]) if row["interval"] else None,
        etag=row["etag"],
        last_modified=row["last_modified"],
    )
    return Known(page=page, history=history)


def columns_of(history: History) -> dict[str, Any]:
    """Return what the row of a page holds of its visits."""
    return {
        "visited": us_or_none(history.visited_at),
        "since": us_or_none(history.since),
        "missed": history.missed,
        "failed": history.failed,
        "interval": history.interval.total_seconds() if history.interval else None,
        "etag": history.etag,
        "last_modified": history.last_modified,
    }


def us_or_none(moment: dt.datetime | None) -> int | None:
    """Return a time as rows hold it."""
    return None if moment is None else to_us(moment)


def _moment(us: int | None) -> dt.datetime | None:
    return None if us is None else from_us(us)
