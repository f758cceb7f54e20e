"""Table of the process that crawls each site, and whether that process is alive; used within a transaction."""

from __future__ import annotations

import datetime as dt
import functools
import sqlite3
from pathlib import Path

import psutil

from crawler.frontier.run_log import begin_run, end_run
from crawler.frontier.run_policy import Ending
from pipelines.times import to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS sites (
  site TEXT PRIMARY KEY, owner TEXT, started INTEGER, ended INTEGER, options TEXT
) WITHOUT ROWID;
"""
"""`owner` is a `process_identity`. `ended` is null while pages of the crawl are queued, even if no process crawls."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def claim_site(db: sqlite3.Connection, site: str, owner: str, options: str, now: dt.datetime) -> int | None:
    """Give a site to a process; return the start of its crawl in µs, None if another living process has the site.

    An unfinished crawl with the same options is continued: its start is that of the first process.
    """
    row = db.execute("SELECT * FROM sites WHERE site = ?", (site,)).fetchone()
    if row and row["owner"] != owner and live_process(row["owner"]):
        return None
    if row and max(row["started"], row["ended"] or 0) > to_us(now):
        _clamp_future_times(db, site, now)
    continues = row and row["ended"] is None and row["options"] == options
    started = min(int(row["started"]), to_us(now)) if continues else to_us(now)
    db.execute("REPLACE INTO sites VALUES (?, ?, ?, NULL, ?)", (site, owner, started, options))
    begin_run(db, site, now)
    return started


def release_site(
    db: sqlite3.Connection, site: str, owner: str, now: dt.datetime, outcome: Ending, *, keep_pages: bool = False
) -> None:
    """End a process's run of a site, if it has the site; the crawl ends too unless some of its pages are queued.

    With `keep_pages` its pages stay leased: they can be archived without being catalogued, as after a kill.
    """
    if not db.execute("SELECT 1 FROM sites WHERE site = ? AND owner = ?", (site, owner)).fetchone():
        return
    end_run(db, site, now, outcome)
    queued = "EXISTS (SELECT 1 FROM pages WHERE site = :site AND waiting)"
    query = f"UPDATE sites SET owner = NULL, ended = CASE WHEN NOT {queued} THEN :now END WHERE site = :site"  # noqa: S608 - no input
    db.execute(query, {"site": site, "now": to_us(now)})
    if not keep_pages:
        db.execute("UPDATE pages SET leased = 0 WHERE site = ? AND leased", (site,))


def read_leases(db: sqlite3.Connection) -> dict[str, int]:
    """Return the sites that are being crawled, each with the PID of its process."""
    rows = db.execute("SELECT site, owner FROM sites").fetchall()
    return {row["site"]: process for row in rows if (process := live_process(row["owner"]))}


def process_identity(pid: int) -> str:
    """Return a name that no other process ever has: its PID, its start and the machine's boot; PIDs are used again.

    The start is counted from the boot: as wall-clock time it would change when the clock is set.
    """
    start = psutil.Process(pid).create_time() - psutil.boot_time()
    return f"{pid}@{start:.2f}@{_boot_id()}"


def live_process(identity: str | None) -> int | None:
    """Return the PID of the process with this identity; None if it has ended, or without an identity.

    A zombie, which ended but was not waited for, as happens under a container's first process, has ended.
    """
    if identity is None:
        return None
    pid = int(identity.partition("@")[0])
    try:
        alive = process_identity(pid) == identity and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return pid if alive else None


@functools.cache
def _boot_id() -> str:
    """Return the ID of the machine's current boot, empty if the system has none."""
    return _BOOT_ID.read_text("ascii").strip() if _BOOT_ID.exists() else ""


def _clamp_future_times(db: sqlite3.Connection, site: str, now: dt.datetime) -> None:
    """Clamp timestamps in the future, left by a wrong clock, to now, and mark their pages due.

    Otherwise these pages would not be fetched before that date.
    """
    db.execute(
        "UPDATE pages SET asked = :now - 1, visited = min(visited, :now), since = min(since, :now),"
        " due = CASE WHEN due IS NOT NULL THEN :now END WHERE site = :site AND asked > :now",
        {"site": site, "now": to_us(now)},
    )
