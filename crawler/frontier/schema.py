"""The frontier's tables of pages and hosts, and rows as pages with their history. Times are µs since 1970."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import History, KnownPage
from pipelines.times import from_us, to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
  added INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, site TEXT NOT NULL, url TEXT NOT NULL, role TEXT NOT NULL,
  section TEXT, walked INTEGER NOT NULL, form TEXT, priority INTEGER NOT NULL,
  waiting BOOLEAN NOT NULL, fence INTEGER NOT NULL DEFAULT 0, due INTEGER, asked INTEGER,
  visited INTEGER, since INTEGER, missed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  interval REAL, etag TEXT, last_modified TEXT
);
CREATE INDEX IF NOT EXISTS waiting ON pages (site, priority DESC, added) WHERE waiting;
CREATE INDEX IF NOT EXISTS fenced ON pages (fence) WHERE fence > 0;
CREATE INDEX IF NOT EXISTS due ON pages (site, due) WHERE NOT waiting AND due IS NOT NULL;
"""
"""`waiting` pages are queued. `fence` is that of the crawler to which a page is handed out, 0 for others. `asked` is
the last visit, successful or not, `due` the next.

Other names in Python: `walked` is `Page.list_page_number`, `form` is `Page.body`; of the history, `visited` is
`visited_at`, `since` is `changed_at`, `missed` is `misses`, and `failed` is `failures`."""


HOSTS = """
CREATE TABLE IF NOT EXISTS hosts (
  host TEXT, what TEXT, how TEXT NOT NULL, noted TEXT NOT NULL, PRIMARY KEY (host, what)
) WITHOUT ROWID;
"""
"""The table of `host_quirks`."""


class PageRow(Protocol):
    """A row of the table, read by column name."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the value of a column."""


def known_of(row: PageRow) -> KnownPage:
    """Return a row's page with the history of its visits."""
    page = Page(
        url=row["url"],
        site=row["site"],
        role=row["role"],
        section=row["section"],
        list_page_number=row["walked"],
        body=row["form"],
    )
    history = History(
        visited_at=_time(row["visited"]),
        changed_at=_time(row["since"]),
        misses=row["missed"],
        failures=row["failed"],
        interval=dt.timedelta(seconds=row["interval"]) if row["interval"] else None,
        etag=row["etag"],
        last_modified=row["last_modified"],
    )
    return KnownPage(page=page, history=history)


def columns_of(history: History) -> dict[str, Any]:
    """Return the columns that hold a page's history."""
    return {
        "visited": us_or_none(history.visited_at),
        "since": us_or_none(history.changed_at),
        "missed": history.misses,
        "failed": history.failures,
        "interval": history.interval.total_seconds() if history.interval else None,
        "etag": history.etag,
        "last_modified": history.last_modified,
    }


def us_or_none(time: dt.datetime | None) -> int | None:
    """Return a time as a column holds it."""
    return None if time is None else to_us(time)


def _time(us: int | None) -> dt.datetime | None:
    return None if us is None else from_us(us)
