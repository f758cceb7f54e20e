"""The frontier's account of what the lists of each site showed; within its transactions."""

from __future__ import annotations

import datetime as dt
import sqlite3

from attrs import frozen

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import ListResult
from pipelines.times import from_us, to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS lists (
  key TEXT PRIMARY KEY, site TEXT NOT NULL, section TEXT, asked INTEGER NOT NULL, shown INTEGER, brought INTEGER,
  links INTEGER, newest TEXT, answer TEXT NOT NULL
) WITHOUT ROWID;
"""
"""For each list page when it last `shown` an article, and when it last `brought` one that was not known."""

_NOTED = """
INSERT INTO lists VALUES (:key, :site, :section, :now, CASE WHEN :answer = '' AND coalesce(:links, 1) THEN :now END,
  CASE WHEN :found THEN :now END, :links, :newest, :answer)
ON CONFLICT (key) DO UPDATE SET section = excluded.section, asked = excluded.asked, answer = excluded.answer,
  shown = CASE WHEN :answer = '' AND coalesce(:links, links, 1) THEN :now ELSE shown END,
  brought = coalesce(excluded.brought, brought), links = coalesce(:links, links), newest = coalesce(:newest, newest)
"""
"""A page that answers 304 shows what it did before; where that is not known it is taken for something."""

_LOOKS = """
SELECT site, section, started, max(asked) AS asked, max(shown) AS shown, max(brought) AS brought, max(newest) AS newest,
  max(CASE WHEN asked >= started THEN answer END) AS answer,
  EXISTS (SELECT 1 FROM pages WHERE pages.site = lists.site AND waiting AND role = 'list') AS unfinished
FROM lists JOIN sites USING (site) WHERE section IS NOT NULL GROUP BY site, section ORDER BY site, section
"""


@frozen(kw_only=True)
class ListStatus:
    """What all list pages of a section showed, by the URL of the section.

    `asked` and `showing` tell of the site's last crawl: whether it asked for what there is of them, and whether one
    showed an article. One last did at `shown_at`, and last brought an article that was not known at `brought_at`.
    """

    section: str
    asked: bool
    showing: bool
    asked_at: dt.datetime
    shown_at: dt.datetime | None = None
    brought_at: dt.datetime | None = None
    newest_on: dt.date | None = None
    answer: str = ""


def note_shown(db: sqlite3.Connection, page: Page, shown: ListResult, now: dt.datetime) -> None:
    """Write down what a visit of a list page showed."""
    told = {"links": shown.links, "found": shown.found, "answer": shown.answer}
    newest = shown.newest_on.isoformat() if shown.newest_on else None
    place = {"key": page.key, "site": page.site, "section": page.section}
    db.execute(_NOTED, told | place | {"now": to_us(now), "newest": newest})


def read_looks(db: sqlite3.Connection) -> dict[str, list[ListStatus]]:
    """Return for each site what its sections' lists showed when they were last looked at."""
    found: dict[str, list[ListStatus]] = {}
    for row in db.execute(_LOOKS):
        found.setdefault(row["site"], []).append(_look(row))
    return found


def _look(row: sqlite3.Row) -> ListStatus:
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
