"""Table of what the list pages of each site showed: whether they lead to articles; used within a transaction."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from crawler.frontier.connections import FrontierConnection, FrontierRow
from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import ListResult
from pipelines.times import from_us, to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS lists (
  key TEXT PRIMARY KEY, site TEXT NOT NULL, section TEXT, asked INTEGER NOT NULL, shown INTEGER, brought INTEGER,
  links INTEGER, newest TEXT, answer TEXT NOT NULL
) WITHOUT ROWID;
"""
"""One row per list page: when it was last fetched (`asked`), last showed an article (`shown`), and last showed a new
one (`brought`)."""

_UPSERT = """
INSERT INTO lists VALUES (:key, :site, :section, :now, CASE WHEN :answer = '' AND coalesce(:links, 1) > 0 THEN :now END,
  CASE WHEN :found THEN :now END, :links, :newest, :answer)
ON CONFLICT (key) DO UPDATE SET section = excluded.section, asked = excluded.asked, answer = excluded.answer,
  shown = CASE WHEN :answer = '' AND coalesce(:links, lists.links, 1) > 0 THEN :now ELSE lists.shown END,
  brought = coalesce(excluded.brought, lists.brought), links = coalesce(:links, lists.links),
  newest = coalesce(:newest, lists.newest)
"""
"""A page that answers 304 shows as many links as before; if their number is unknown, it counts as showing some."""

_STATUSES = """
SELECT lists.site AS site, section, started, max(asked) AS asked, max(shown) AS shown, max(brought) AS brought,
  max(newest) AS newest,
  max(CASE WHEN asked >= started THEN answer END) AS answer,
  EXISTS (SELECT 1 FROM pages WHERE pages.site = lists.site AND waiting AND role = 'list') AS unfinished
FROM lists JOIN sites ON sites.site = lists.site WHERE section IS NOT NULL
GROUP BY lists.site, section, started ORDER BY lists.site, section
"""


@frozen(kw_only=True)
class ListStatus:
    """What all list pages of a section showed. `section` is the section's URL.

    `asked` tells whether the site's last crawl fetched all of them that it knew, `showing` whether one of them showed
    an article in that crawl. `shown_at` is when one last showed an article, `brought_at` when one last showed an
    article that was unknown, `newest_on` the latest date of an article on them. `answer` is a reason, a status or a
    failure, empty if the lists could be read.
    """

    section: str
    asked: bool
    showing: bool
    asked_at: dt.datetime
    shown_at: dt.datetime | None = None
    brought_at: dt.datetime | None = None
    newest_on: dt.date | None = None
    answer: str = ""


def record_result(db: FrontierConnection, page: Page, result: ListResult, now: dt.datetime) -> None:
    """Store what a visit of a list page showed."""
    newest = result.newest_on.isoformat() if result.newest_on else None
    values = {"links": result.links, "found": bool(result.new_articles), "answer": result.answer, "newest": newest}
    place = {"key": page.key, "site": page.site, "section": page.section}
    db.execute(_UPSERT, place | values | {"now": to_us(now)})


def read_statuses(db: FrontierConnection) -> dict[str, list[ListStatus]]:
    """Return the list status of each section, by site."""
    statuses: dict[str, list[ListStatus]] = {}
    for row in db.execute(_STATUSES):
        statuses.setdefault(row["site"], []).append(_status(row))
    return statuses


def _status(row: FrontierRow) -> ListStatus:
    shown, brought, newest = row["shown"], row["brought"], row["newest"]
    return ListStatus(
        section=row["section"],
        asked=row["asked"] >= row["started"] and not row["unfinished"],
        showing=(shown or 0) >= row["started"],
        asked_at=from_us(row["asked"]),
        shown_at=None if shown is None else from_us(shown),
        brought_at=None if brought is None else from_us(brought),
        newest_on=newest and dt.date.fromisoformat(newest),
        answer=row["answer"] or "",
    )
