"""Table of the requisites that have no capture, with the reason; used within a transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from crawler.frontier.connections import FrontierConnection
from crawler.frontier.page import page_key
from pipelines.times import to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS refusals (key TEXT PRIMARY KEY, why TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
"""
"""`why` is the name of the failure's counter, such as `robots` or `timeout`, or `budget`."""

BUDGET = "budget"
"""The reason of a requisite that is not requested because the page that needs it has used up its budget."""

QUEUED = "queued"
"""The reason of a requisite that waits for its request."""


def record(db: FrontierConnection, key: str, why: str | None, now: dt.datetime) -> None:
    """Store why a requisite has no capture; with None, forget the earlier reason."""
    if why:
        query = (
            "INSERT INTO refusals VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET why = excluded.why, at = excluded.at"
        )
        db.execute(query, (key, why, to_us(now)))
    else:
        db.execute("DELETE FROM refusals WHERE key = ?", (key,))


def record_unknown(db: FrontierConnection, key: str, why: str, now: dt.datetime) -> None:
    """Store why a requisite has no capture, unless its page in the frontier tells more."""
    if not db.execute("SELECT 1 FROM pages WHERE key = ?", (key,)).fetchone():
        db.execute("INSERT INTO refusals VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING", (key, why, to_us(now)))


def reasons(db: FrontierConnection, urls: Iterable[str]) -> dict[str, str]:
    """Return the known reasons by URL."""
    found: dict[str, str] = {}
    for url in urls:
        key = page_key(url)
        if refused := db.execute("SELECT why FROM refusals WHERE key = ?", (key,)).fetchone():
            found[url] = str(refused["why"])
        elif db.execute("SELECT 1 FROM pages WHERE key = ? AND waiting", (key,)).fetchone():
            found[url] = QUEUED
    return found
