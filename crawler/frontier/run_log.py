"""Table of the last crawl of each site: when it began and ended, and how; used within a transaction."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable

from crawler.frontier.run_policy import Ending, Run
from pipelines.times import from_us, to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  site TEXT PRIMARY KEY, started INTEGER NOT NULL, ended INTEGER, outcome TEXT, failures INTEGER NOT NULL
) WITHOUT ROWID;
"""
"""`ended` and `outcome` are null while a crawl is running, and stay null if it was killed."""

_EARLIER_FAILURES = "coalesce((SELECT failures + (ended IS NULL) FROM runs WHERE site = :site), 0)"


def begin_run(db: sqlite3.Connection, site: str, started: dt.datetime) -> None:
    """Store that a crawl of a site begins; an earlier one without an end was killed and counts as a failure."""
    query = f"REPLACE INTO runs VALUES (:site, :started, NULL, NULL, {_EARLIER_FAILURES})"  # noqa: S608 - no input
    db.execute(query, {"site": site, "started": to_us(started)})


def end_run(db: sqlite3.Connection, site: str, ended: dt.datetime, outcome: Ending) -> None:
    """Store how the crawl of a site ended; an interrupted crawl does not change the number of failures in a row."""
    failures = {"done": "0", "failed": "failures + 1", "interrupted": "failures"}[outcome]
    query = f"UPDATE runs SET ended = ?, outcome = ?, failures = {failures} WHERE site = ?"  # noqa: S608 - no input
    db.execute(query, (to_us(ended), outcome, site))


def record_failed_run(db: sqlite3.Connection, site: str, started: dt.datetime, ended: dt.datetime) -> None:
    """Store a crawl that failed before it could claim its site."""
    begin_run(db, site, started)
    end_run(db, site, ended, "failed")


def read_runs(db: sqlite3.Connection, process: Callable[[str | None], int | None]) -> dict[str, Run]:
    """Return the last crawl of each site; `process` returns the PID of a lease's owner if it is alive."""
    rows = db.execute("SELECT runs.*, owner FROM runs LEFT JOIN sites USING (site) ORDER BY site").fetchall()
    return {row["site"]: _run(row, process(row["owner"])) for row in rows}


def _run(row: sqlite3.Row, process: int | None) -> Run:
    started, failures = from_us(row["started"]), row["failures"]
    if process:
        return Run(started=started, outcome="running", failures=failures, process=process)
    if row["ended"] is None:
        return Run(started=started, outcome="killed", failures=failures + 1)
    return Run(started=started, ended=from_us(row["ended"]), outcome=row["outcome"], failures=failures)
