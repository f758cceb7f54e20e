"""Tables of requests and requisites per site and day, and of pauses that sites asked for; used within a transaction."""

from __future__ import annotations

import datetime as dt

from crawler.frontier.connections import FrontierConnection
from pipelines.times import CHINA, from_us, to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS days (
  site TEXT, day TEXT, asked INTEGER NOT NULL, PRIMARY KEY (site, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requisite_days (
  site TEXT, day TEXT, files INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (site, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pauses (site TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
"""


def count_request(db: FrontierConnection, site: str, now: dt.datetime) -> None:
    """Count one more request to a site on the current day in China."""
    query = "INSERT INTO days VALUES (?, ?, 1) ON CONFLICT (site, day) DO UPDATE SET asked = days.asked + 1"
    db.execute(query, (site, _day(now)))


def requests_today(db: FrontierConnection, site: str, now: dt.datetime) -> int:
    """Return how many requests to a site were counted on the current day in China."""
    row = db.execute("SELECT asked FROM days WHERE site = ? AND day = ?", (site, _day(now))).fetchone()
    return int(row["asked"]) if row else 0


def count_requisite(db: FrontierConnection, site: str, size: int, now: dt.datetime) -> None:
    """Count a requisite and its bytes on the current day in China."""
    query = (
        "INSERT INTO requisite_days VALUES (?, ?, 1, ?)"
        " ON CONFLICT (site, day) DO UPDATE SET files = requisite_days.files + 1,"
        " bytes = requisite_days.bytes + excluded.bytes"
    )
    db.execute(query, (site, _day(now), size))


def requisites_today(db: FrontierConnection, site: str, now: dt.datetime) -> tuple[int, int]:
    """Return the number and the bytes of the requisites that were counted on the current day in China."""
    row = db.execute("SELECT * FROM requisite_days WHERE site = ? AND day = ?", (site, _day(now))).fetchone()
    return (int(row["files"]), int(row["bytes"])) if row else (0, 0)


def pause(db: FrontierConnection, site: str, until: dt.datetime) -> None:
    """Store that a site asked for no request until then."""
    db.execute(
        "INSERT INTO pauses VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET until = excluded.until", (site, to_us(until))
    )


def paused_until(db: FrontierConnection, site: str) -> dt.datetime | None:
    """Return the end of the last pause that a site asked for, None if it never did."""
    row = db.execute("SELECT until FROM pauses WHERE site = ?", (site,)).fetchone()
    return from_us(row["until"]) if row else None


def _day(now: dt.datetime) -> str:
    return now.astimezone(CHINA).date().isoformat()
