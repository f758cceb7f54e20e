"""Table of the requisites that have no capture, with the reason; used within a transaction."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable

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


def record(db: sqlite3.Connection, key: str, why: str | None, now: dt.datetime) -> None:
    """Store why a requisite has no capture; with None, forget the earlier reason."""
    if why:
        db.execute("REPLACE INTO refusals VALUES (?, ?, ?)", (key, why, to_us(now)))
    else:
        db.execute("DELETE FROM refusals WHERE key = ?", (key,))


def record_unknown(db: sqlite3.Connection, key: str, why: str, now: dt.datetime) -> None:
    """Store why a requisite has no capture, unless its page in the frontier tells more."""
    query = "INSERT OR IGNORE INTO refusals SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM pages WHERE key = ?)"
    db.execute(query, (key, why, to_us(now), key))


def reasons(db: sqlite3.Connection, urls: Iterable[str]) -> dict[str, str]:
    """Return the known reasons by URL."""
    found: dict[str, str] = {}
    for url in urls:
        key = page_key(url)
        if refused := db.execute("SELECT why FROM refusals WHERE key = ?", (key,)).fetchone():
            found[url] = str(refused["why"])
        elif db.execute("SELECT 1 FROM pages WHERE key = ? AND waiting", (key,)).fetchone():
            found[url] = QUEUED
    return found
