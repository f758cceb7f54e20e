"""Tables of the crawler that has each site, and of starts that are reserved; used within a transaction.

A site is crawled by one process at a time. A scheduler reserves a site before it starts a crawl, which claims the site
seconds later: schedulers on several machines do not start the same one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from crawler.frontier import crawlers
from crawler.frontier.connections import FrontierConnection, FrontierRow, locked
from crawler.frontier.identity import Owner
from crawler.frontier.run_log import begin_run, end_run
from crawler.frontier.run_policy import Ending
from pipelines.times import to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS sites (
  site TEXT PRIMARY KEY, started INTEGER, ended INTEGER, options TEXT, fence INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservations (
  site TEXT PRIMARY KEY, scheduler TEXT NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID;
"""
"""`fence` is that of the crawler, null if nobody crawls the site. `ended` is null while pages of the crawl are queued,
even if no process crawls. `started` is null only during the transaction that adds a row. `expires` is in µs."""

RESERVATION_S = 60
"""Seconds for which a start is reserved: a crawl claims its site within ten, also on a busy machine."""


def reserve_site(db: FrontierConnection, site: str, scheduler: str, last_started: dt.datetime | None) -> bool:
    """Reserve the next start of a site for a scheduler, whose last known crawl of the site started then.

    Returns False if another scheduler has reserved it, or if the site was crawled since.
    """
    query = (
        "INSERT INTO reservations VALUES (?, ?, clock_us() + ?) ON CONFLICT (site) DO UPDATE"
        " SET scheduler = excluded.scheduler, expires = excluded.expires"
        " WHERE reservations.expires <= clock_us() OR reservations.scheduler = excluded.scheduler RETURNING site"
    )
    if not db.execute(query, (site, scheduler, RESERVATION_S * 1_000_000)).fetchall():
        return False
    run = db.execute("SELECT started FROM runs WHERE site = ?", (site,)).fetchone()
    if is_known := (run["started"] if run else None) == (None if last_started is None else to_us(last_started)):
        return is_known
    end_reservation(db, site, scheduler)
    return False


def end_reservation(db: FrontierConnection, site: str, scheduler: str) -> None:
    """End the reservation of a scheduler, if it has one of this site."""
    db.execute("DELETE FROM reservations WHERE site = ? AND scheduler = ?", (site, scheduler))


def claim_site(db: FrontierConnection, site: str, fence: int, options: str, now: dt.datetime) -> int | None:
    """Give a site to a crawler; return the start of its crawl in µs, None if another living crawler has the site.

    An unfinished crawl with the same options is continued: its start is that of the first process.
    """
    row = _locked_row(db, site)
    if row is None or not _is_free(db, row["fence"], fence):
        return None
    if max(row["started"] or 0, row["ended"] or 0) > to_us(now):
        _clamp_future_times(db, site, now)
    continues = row["started"] is not None and row["ended"] is None and row["options"] == options
    started = min(int(row["started"]), to_us(now)) if continues else to_us(now)
    query = "UPDATE sites SET fence = ?, started = ?, ended = NULL, options = ? WHERE site = ?"
    db.execute(query, (fence, started, options, site))
    db.execute("DELETE FROM reservations WHERE site = ?", (site,))
    begin_run(db, site, now)
    return started


def release_site(
    db: FrontierConnection, site: str, fence: int, now: dt.datetime, outcome: Ending, *, keep_pages: bool = False
) -> None:
    """End a crawler's run of a site, if it has the site; the crawl ends too unless some of its pages are queued.

    With `keep_pages` its pages stay handed out: they can be archived without being catalogued, as after a kill.
    """
    if not db.execute("SELECT 1 FROM sites WHERE site = ? AND fence = ?", (site, fence)).fetchone():
        return
    end_run(db, site, now, outcome)
    queued = "EXISTS (SELECT 1 FROM pages WHERE site = :site AND waiting)"
    query = f"UPDATE sites SET fence = NULL, ended = CASE WHEN NOT {queued} THEN :now END WHERE site = :site"  # noqa: S608 - no input
    db.execute(query, {"site": site, "now": to_us(now)})
    if not keep_pages:
        db.execute("UPDATE pages SET fence = 0 WHERE fence = ? AND fence > 0 AND site = ?", (fence, site))


def read_leases(db: FrontierConnection, live: Mapping[int, Owner]) -> dict[str, Owner]:
    """Return the sites that are being crawled, each with its process."""
    rows = db.execute("SELECT site, fence FROM sites WHERE fence IS NOT NULL ORDER BY site").fetchall()
    return {row["site"]: live[row["fence"]] for row in rows if row["fence"] in live}


def _locked_row(db: FrontierConnection, site: str) -> FrontierRow | None:
    """Lock a site's row, which is added if there is none; None if another crawler is claiming it at this moment."""
    db.execute("INSERT INTO sites (site) VALUES (?) ON CONFLICT (site) DO NOTHING", (site,))
    row: FrontierRow | None = db.execute(
        locked(db, "SELECT * FROM sites WHERE site = ?", "UPDATE SKIP LOCKED"), (site,)
    ).fetchone()
    return row


def _is_free(db: FrontierConnection, holder: int | None, fence: int) -> bool:
    """Tell whether nobody else has a site; a holder that is not alive any more is expelled."""
    return holder is None or holder == fence or crawlers.expel(db, holder)


def _clamp_future_times(db: FrontierConnection, site: str, now: dt.datetime) -> None:
    """Clamp timestamps in the future, left by a wrong clock, to now, and mark their pages due.

    Otherwise these pages would not be fetched before that date.
    """
    past = {name: f"CASE WHEN {name} > :now THEN :now ELSE {name} END" for name in ("visited", "since")}
    db.execute(
        f"UPDATE pages SET asked = :now - 1, visited = {past['visited']}, since = {past['since']},"  # noqa: S608 - no input
        " due = CASE WHEN due IS NOT NULL THEN :now END WHERE site = :site AND asked > :now",
        {"site": site, "now": to_us(now)},
    )
