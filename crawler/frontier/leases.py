"""Which process crawls which site, since when, and whether that process is still alive; within transactions."""

from __future__ import annotations

import datetime as dt
import functools
import sqlite3
from pathlib import Path

import psutil

from crawler.frontier.run_log import begin_run, end_run
from crawler.frontier.run_policy import Ending
from pipelines.times import to_us

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def owner_name(pid: int) -> str:
    """Return what tells a process from all others: its number and its start, because numbers are used again.

    The start is counted from the machine's: by the clock it would be another one once the clock is set.
    """
    start = psutil.Process(pid).create_time() - psutil.boot_time()
    return f"{pid}@{start:.2f}@{_boot()}"


def owner_process(name: str | None) -> int | None:
    """Return the number of the process that has this name, None where it is gone or there is no name.

    One that has ended and was not yet waited for, as under a container's first process, is gone.
    """
    if name is None:
        return None
    pid = int(name.partition("@")[0])
    try:
        alive = owner_name(pid) == name and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return pid if alive else None


@functools.cache
def _boot() -> str:
    """Return what tells this start of the machine from others, where the system says it."""
    return _BOOT.read_text("ascii").strip() if _BOOT.exists() else ""


SCHEMA = """
CREATE TABLE IF NOT EXISTS sites (
  site TEXT PRIMARY KEY, owner TEXT, started INTEGER, ended INTEGER, options TEXT
) WITHOUT ROWID;
"""
"""`ended` is null while pages of the crawl wait, whether or not a process is at it."""


def take(db: sqlite3.Connection, site: str, owner: str, options: str, now: dt.datetime) -> int | None:
    """Give a site to a process; return the start of its crawl in µs, None where another living process has the site.

    A crawl with the same options that did not end goes on: its start is that of the first process.
    """
    row = db.execute("SELECT * FROM sites WHERE site = ?", (site,)).fetchone()
    if row and row["owner"] != owner and owner_process(row["owner"]):
        return None
    if row and max(row["started"], row["ended"] or 0) > to_us(now):
        _set_clock(db, site, now)
    goes_on = row and row["ended"] is None and row["options"] == options
    started = min(int(row["started"]), to_us(now)) if goes_on else to_us(now)
    db.execute("REPLACE INTO sites VALUES (?, ?, ?, NULL, ?)", (site, owner, started, options))
    begin_run(db, site, now)
    return started


def release(db: sqlite3.Connection, site: str, owner: str, now: dt.datetime, outcome: Ending) -> None:
    """Take a site back from a process, if it has it: its run has ended, its crawl unless some of its pages wait."""
    if not db.execute("SELECT 1 FROM sites WHERE site = ? AND owner = ?", (site, owner)).fetchone():
        return
    end_run(db, site, now, outcome)
    waits = "EXISTS (SELECT 1 FROM pages WHERE site = :site AND waiting)"
    query = f"UPDATE sites SET owner = NULL, ended = CASE WHEN NOT {waits} THEN :now END WHERE site = :site"  # noqa: S608 - no input
    db.execute(query, {"site": site, "now": to_us(now)})
    db.execute("UPDATE pages SET leased = 0 WHERE site = ? AND leased", (site,))


def owners(db: sqlite3.Connection) -> dict[str, int]:
    """Return which sites are being crawled, by the number of the process."""
    rows = db.execute("SELECT site, owner FROM sites").fetchall()
    return {row["site"]: process for row in rows if (process := owner_process(row["owner"]))}


def _set_clock(db: sqlite3.Connection, site: str, now: dt.datetime) -> None:
    """Let what a wrong clock noted of days to come be of now, and due: else it would be asked for when they come."""
    db.execute(
        "UPDATE pages SET asked = :now - 1, visited = min(visited, :now), since = min(since, :now),"
        " due = CASE WHEN due IS NOT NULL THEN :now END WHERE site = :site AND asked > :now",
        {"site": site, "now": to_us(now)},
    )
