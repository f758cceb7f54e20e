"""The frontier's account of when each site was last crawled, and what came of it; within its transactions."""

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
"""`ended` and `outcome` are null while a crawl is at work, and ever after where it was killed."""

_FAILED_BEFORE = "coalesce((SELECT failures + (ended IS NULL) FROM runs WHERE site = :site), 0)"


def begin_run(db: sqlite3.Connection, site: str, started: dt.datetime) -> None:
    """Write down that a crawl of a site begins; one that never ended was killed, which counts as a failure."""
    query = f"REPLACE INTO runs VALUES (:site, :started, NULL, NULL, {_FAILED_BEFORE})"  # noqa: S608 - no input
    db.execute(query, {"site": site, "started": to_us(started)})


def end_run(db: sqlite3.Connection, site: str, ended: dt.datetime, outcome: Ending) -> None:
    """Write down how the crawl of a site ended; an interrupted one neither is a failure nor ends a row of them."""
    failures = {"done": "0", "failed": "failures + 1", "interrupted": "failures"}[outcome]
    query = f"UPDATE runs SET ended = ?, outcome = ?, failures = {failures} WHERE site = ?"  # noqa: S608 - no input
    db.execute(query, (to_us(ended), outcome, site))


def fail_run(db: sqlite3.Connection, site: str, started: dt.datetime, ended: dt.datetime) -> None:
    """Write down a crawl that failed before it could take its site."""
    begin_run(db, site, started)
    end_run(db, site, ended, "failed")


def read_runs(db: sqlite3.Connection, process: Callable[[str | None], int | None]) -> dict[str, Run]:
    """Return the last crawl of each site; `process` tells the number of an owner that is alive."""
    rows = db.execute("SELECT runs.*, owner FROM runs LEFT JOIN sites USING (site) ORDER BY site").fetchall()
    return {row["site"]: _run(row, process(row["owner"])) for row in rows}


def _run(row: sqlite3.Row, process: int | None) -> Run:
    started, failures = from_us(row["started"]), row["failures"]
    if process:
        return Run(started=started, outcome="running", failures=failures, process=process)
    if row["ended"] is None:
        return Run(started=started, outcome="killed", failures=failures + 1)
    return Run(started=started, ended=from_us(row["ended"]), outcome=row["outcome"], failures=failures)
