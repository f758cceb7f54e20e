"""The table of pages as a queue: which pages are queued, handed out, and acknowledged; used within a transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from crawler.frontier import crawlers
from crawler.frontier.connections import FrontierConnection, locked
from crawler.frontier.page import Page, page_key
from crawler.frontier.revisit_policy import KnownPage
from crawler.frontier.schema import columns_of, known_of, us_or_none
from pipelines.times import from_us, to_us


def enqueue(db: FrontierConnection, page: Page, started: int, *, force: bool) -> bool:
    """Queue a page of a crawl that started then (in µs), and tell whether it was unknown.

    A known article or file is queued only when it is due. A known list page, and with `force` any known page, is
    queued once in each crawl.
    """
    number = page.list_page_number
    new = db.execute(
        "INSERT INTO pages (key, site, url, role, section, walked, form, priority, waiting)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, TRUE) ON CONFLICT (key) DO NOTHING",
        (page.key, page.site, page.url, page.role, page.section, number, page.body, page.priority),
    ).rowcount
    if not new and (force or page.role == "list"):
        db.execute(
            "UPDATE pages SET waiting = TRUE, walked = ?, section = ?, priority = ?"
            " WHERE key = ? AND NOT waiting AND (asked IS NULL OR asked < ?)",
            (number, page.section, page.priority, page.key, started),
        )
    return bool(new)


def enqueue_outdated(db: FrontierConnection, page: Page, now: dt.datetime) -> bool:
    """Queue a known requisite whose interval has passed; tell whether it was queued."""
    query = (
        "UPDATE pages SET waiting = TRUE, due = NULL, section = ? WHERE key = ? AND priority < 0 AND NOT waiting"
        " AND due IS NULL AND asked + coalesce(interval, 0) * 1000000 <= ?"
    )
    return bool(db.execute(query, (page.section, page.key, to_us(now))).rowcount)


def enqueue_first_pages(
    db: FrontierConnection, site: str, first_pages: Iterable[Page], started: int, now: dt.datetime
) -> None:
    """Queue the first pages of a site's sections that are due by their interval or were never fetched.

    Pages due within the next 10 % of their interval count as due. Otherwise a crawl that starts a few seconds
    early would skip them until the next run: each is due an interval after it was fetched, not after a crawl began.
    """
    query = "SELECT 1 FROM pages WHERE key = ? AND due IS NOT NULL"
    for page in first_pages:
        if not db.execute(query, (page.key,)).fetchone():
            enqueue(db, page, started, force=False)
    db.execute(  # 10 % of an interval in seconds are 100,000 µs per second
        "UPDATE pages SET waiting = TRUE, due = NULL WHERE site = ? AND NOT waiting"
        " AND role = 'list' AND walked <= 1 AND due - coalesce(interval, 0) * 100000 <= ?",
        (site, to_us(now)),
    )


def enqueue_known_articles(db: FrontierConnection, site: str, started: int) -> None:
    """Queue the known articles of a site before they are due, once in each crawl.

    Articles that are never due stay out: those that were given up, and the targets of redirects.
    """
    db.execute(
        "UPDATE pages SET waiting = TRUE, due = NULL"
        " WHERE site = ? AND role = 'article' AND NOT waiting AND due IS NOT NULL AND asked < ?",
        (site, started),
    )


def add_requested(db: FrontierConnection, page: Page, interval: dt.timedelta, now: dt.datetime) -> None:
    """Add a requisite that was requested now, and is requested again for a page after an interval."""
    query = (
        "INSERT INTO pages (key, site, url, role, section, walked, priority, waiting, asked, visited, interval)"
        " VALUES (:key, :site, :url, :role, :section, 0, :priority, FALSE, :now, :now, :interval)"
        " ON CONFLICT (key) DO UPDATE SET asked = excluded.asked, visited = excluded.visited"
    )
    values: dict[str, Any] = {"key": page.key, "site": page.site, "url": page.url, "role": page.role}
    values |= {"section": page.section, "priority": page.priority, "now": to_us(now)}
    values["interval"] = interval.total_seconds()
    db.execute(query, values)


def lease_pages(
    db: FrontierConnection,
    site: str,
    fence: int,
    now: dt.datetime,
    limit: int,
    exclude: frozenset[str],
    *,
    requisites: bool,
) -> list[KnownPage]:
    """Queue a site's pages that are due; hand out its first queued pages to a crawler, except the keys in `exclude`.

    With `requisites` only these are returned, else only the others.
    """
    db.execute(
        "UPDATE pages SET waiting = TRUE, due = NULL, priority = CASE role WHEN 'article' THEN 0 ELSE priority END"
        " WHERE site = ? AND NOT waiting AND due IS NOT NULL AND due <= ?",
        (site, to_us(now)),
    )
    priority = "< 0" if requisites else ">= 0"
    query = f"SELECT * FROM pages WHERE site = ? AND waiting AND priority {priority}"  # noqa: S608 - no input
    query = locked(db, f"{query} ORDER BY priority DESC, added LIMIT ?", "UPDATE")
    rows = db.execute(query, (site, limit + len(exclude))).fetchall()
    chosen = [row for row in rows if row["key"] not in exclude][:limit]
    db.executemany("UPDATE pages SET fence = ? WHERE key = ?", [(fence, row["key"]) for row in chosen])
    return [known_of(row) for row in chosen]


def release_page(db: FrontierConnection, page: Page) -> None:
    """Take a page back from the crawler to which it was handed out; it stays queued."""
    db.execute("UPDATE pages SET fence = 0 WHERE key = ?", (page.key,))


def read_stale_leases(db: FrontierConnection) -> list[tuple[KnownPage, dt.datetime]]:
    """Return the pages that ended crawlers had in flight, each with the time from which a capture settles it.

    That time is the start of their crawl, or their last visit if it is later.
    """
    ended = crawlers.ended_crawlers(db)
    marks = ", ".join("?" * len(ended))
    query = (
        "SELECT pages.*, sites.started FROM pages JOIN sites ON sites.site = pages.site"  # noqa: S608 - no input
        f" WHERE pages.fence > 0 AND pages.fence IN ({marks}) ORDER BY added"
    )
    rows = db.execute(locked(db, query, "UPDATE OF pages"), ended).fetchall() if ended else []
    return [(known_of(row), from_us(max(row["started"], row["asked"] or 0))) for row in rows]


def acknowledge(
    db: FrontierConnection, known: KnownPage, due: dt.datetime | None, now: dt.datetime, targets: Iterable[str]
) -> None:
    """Take a page from the queue until it is due again, and store its history.

    The `targets` of its redirects become known pages that were requested `now`.
    """
    values = columns_of(known.history) | {"due": us_or_none(due), "asked": to_us(now), "key": known.page.key}
    db.execute(
        "UPDATE pages SET waiting = FALSE, fence = 0, due = :due, asked = :asked, visited = :visited,"
        " since = :since, missed = :missed, failed = :failed, interval = :interval, etag = :etag,"
        " last_modified = :last_modified WHERE key = :key",
        values,
    )
    for url in targets:
        db.execute(
            "INSERT INTO pages (key, site, url, role, walked, priority, waiting, asked)"
            " VALUES (?, ?, ?, ?, 0, 0, FALSE, ?) ON CONFLICT (key) DO UPDATE SET asked = excluded.asked",
            (page_key(url), known.page.site, url, known.page.role, to_us(now)),
        )


def count_queued(db: FrontierConnection, site: str) -> int:
    """Return the number of a site's queued pages."""
    row = db.execute("SELECT count(*) AS pages FROM pages WHERE site = ? AND waiting", (site,)).fetchone()
    return int(row["pages"])


def count_pages(db: FrontierConnection, now: dt.datetime) -> dict[str, dict[str, Any]]:
    """Return for each site how many pages are known, queued (`waiting`), failing, gone, and due within a day."""
    query = (
        "SELECT site, count(*) AS known, count(*) FILTER (WHERE waiting) AS waiting,"
        " count(*) FILTER (WHERE failed > 0) AS failing, count(*) FILTER (WHERE missed > 1) AS gone,"
        " count(*) FILTER (WHERE due <= ?) AS due FROM pages GROUP BY site ORDER BY site"
    )
    rows = [dict(row) for row in db.execute(query, (to_us(now + dt.timedelta(days=1)),))]
    return {row.pop("site"): row for row in rows}
