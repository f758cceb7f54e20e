"""Table of the last crawl of each site: when it began and ended, and how; used within a transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from crawler.frontier.connections import FrontierConnection, FrontierRow
from crawler.frontier.identity import Owner
from crawler.frontier.run_policy import Ending, Run
from pipelines.times import from_us, to_us

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  site TEXT PRIMARY KEY, started INTEGER NOT NULL, ended INTEGER, outcome TEXT, failures INTEGER NOT NULL
) WITHOUT ROWID;
"""
"""`ended` and `outcome` are null while a crawl is running, and stay null if it was killed."""

_EARLIER_FAILURES = (
    "coalesce((SELECT failures + CASE WHEN ended IS NULL THEN 1 ELSE 0 END FROM runs WHERE site = :site), 0)"
)


def begin_run(db: FrontierConnection, site: str, started: dt.datetime) -> None:
    """Store that a crawl of a site begins; an earlier one without an end was killed and counts as a failure."""
    query = (
        f"INSERT INTO runs VALUES (:site, :started, NULL, NULL, {_EARLIER_FAILURES}) ON CONFLICT (site) DO UPDATE"  # noqa: S608 - no input
        " SET started = excluded.started, ended = NULL, outcome = NULL, failures = excluded.failures"
    )
    db.execute(query, {"site": site, "started": to_us(started)})


def end_run(db: FrontierConnection, site: str, ended: dt.datetime, outcome: Ending) -> None:
    """Store how the crawl of a site ended; an interrupted crawl does not change the number of failures in a row."""
    failures = {"done": "0", "failed": "failures + 1", "interrupted": "failures"}[outcome]
    query = f"UPDATE runs SET ended = ?, outcome = ?, failures = {failures} WHERE site = ?"  # noqa: S608 - no input
    db.execute(query, (to_us(ended), outcome, site))


def record_failed_run(db: FrontierConnection, site: str, started: dt.datetime, ended: dt.datetime) -> None:
    """Store a crawl that failed before it could claim its site."""
    begin_run(db, site, started)
    end_run(db, site, ended, "failed")


def read_runs(db: FrontierConnection, live: Mapping[int, Owner]) -> dict[str, Run]:
    """Return the last crawl of each site; `live` are the crawlers that are alive, by their fences."""
    query = "SELECT runs.*, fence FROM runs LEFT JOIN sites ON sites.site = runs.site ORDER BY runs.site"
    return {row["site"]: _run(row, live.get(row["fence"])) for row in db.execute(query).fetchall()}


def _run(row: FrontierRow, owner: Owner | None) -> Run:
    started, failures = from_us(row["started"]), row["failures"]
    if owner:
        host = None if owner.is_here else owner.host
        return Run(started=started, outcome="running", failures=failures, process=owner.pid, host=host)
    if row["ended"] is None:
        return Run(started=started, outcome="killed", failures=failures + 1)
    return Run(started=started, ended=from_us(row["ended"]), outcome=row["outcome"], failures=failures)
