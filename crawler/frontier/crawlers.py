"""Table of the processes that crawl; used within a transaction.

Each has a number, its fence, which is never used again, and a lease that it renews. A crawler whose process or lease
has ended is expelled by the next one that needs its sites: from then on it can write nothing, even if it wakes up.
"""

from __future__ import annotations

from crawler.frontier.connections import FrontierConnection, locked
from crawler.frontier.identity import Owner
from pipelines.errors import LeaseLost
from pipelines.messages import gettext as _

SCHEMA = """
CREATE TABLE IF NOT EXISTS crawlers (
  fence INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, expires INTEGER NOT NULL
);
"""
"""`owner` is an identity of `Owner`, `expires` the end of the lease in µs, 0 for a crawler that has ended or was
expelled; its row stays until the pages that it had in flight are settled."""

LEASE_S = 60
"""Seconds after which the sites of a silent machine go to others: longer than a restart of the database or a pause of a
virtual machine, short beside a crawl."""

RENEWAL_S = LEASE_S / 4
"""Seconds between two renewals: three may fail."""


def register(db: FrontierConnection, owner: str) -> int:
    """Add a crawler, and return its fence."""
    query = "INSERT INTO crawlers (owner, expires) VALUES (?, clock_us() + ?) RETURNING fence"
    return int(db.execute(query, (owner, LEASE_S * 1_000_000)).fetchone()["fence"])


def renew(db: FrontierConnection, fence: int) -> bool:
    """Renew a lease, also one that has run out without being missed; return False if the crawler was expelled."""
    query = "UPDATE crawlers SET expires = clock_us() + ? WHERE fence = ? AND expires > 0"
    return bool(db.execute(query, (LEASE_S * 1_000_000, fence)).rowcount)


def require_valid(row: object) -> None:
    """Raise LeaseLost without a row of `VALID`."""
    if row is None:
        raise LeaseLost(
            _(
                "another crawler has taken over the sites: this one did not run, or did not reach the frontier, for "
                "{seconds} s",
                seconds=LEASE_S,
            ),
            _("start it again: what it has archived is catalogued then, and it continues with what is free"),
        )


VALID = "SELECT 1 FROM crawlers WHERE fence = {fence} AND expires > 0"
"""Finds a crawler that was not expelled; `fence` is a number."""


def live_crawlers(db: FrontierConnection) -> dict[int, Owner]:
    """Return the crawlers that are alive by their fences."""
    rows = db.execute("SELECT fence, owner, expires > clock_us() AS holds FROM crawlers WHERE expires > 0").fetchall()
    owners = {int(row["fence"]): (Owner.parse(row["owner"]), bool(row["holds"])) for row in rows}
    return {fence: owner for fence, (owner, holds) in owners.items() if owner.is_alive(lease_holds=holds)}


def expel(db: FrontierConnection, fence: int) -> bool:
    """End a crawler that is not alive, and tell whether it has ended; it has not while it is writing."""
    if fence in live_crawlers(db):
        return False
    row = db.execute(
        locked(db, "SELECT owner FROM crawlers WHERE fence = ?", "UPDATE SKIP LOCKED"), (fence,)
    ).fetchone()
    if row is None:
        return not db.execute("SELECT 1 FROM crawlers WHERE fence = ?", (fence,)).fetchone()
    if fence in live_crawlers(db):  # it has renewed its lease before the row was locked
        return False
    db.execute("UPDATE crawlers SET expires = 0 WHERE fence = ?", (fence,))
    return True


def end(db: FrontierConnection, fence: int) -> None:
    """End a crawler itself; its row goes at once if it has no page in flight."""
    db.execute("UPDATE crawlers SET expires = 0 WHERE fence = ?", (fence,))
    db.execute(f"DELETE FROM crawlers WHERE fence = ? AND {_SETTLED}", (fence,))  # noqa: S608 - no input


def ended_crawlers(db: FrontierConnection) -> list[int]:
    """Expel the crawlers that are not alive, and lock and return all that have ended; waits for those that write."""
    live = live_crawlers(db)
    known = [int(row["fence"]) for row in db.execute("SELECT fence FROM crawlers ORDER BY fence").fetchall()]
    for fence in [each for each in known if each not in live]:
        db.execute(locked(db, "SELECT 1 FROM crawlers WHERE fence = ?", "UPDATE"), (fence,)).fetchall()
    live = live_crawlers(db)
    ended = [fence for fence in known if fence not in live]
    for fence in ended:
        db.execute("UPDATE crawlers SET expires = 0 WHERE fence = ?", (fence,))
    return ended


def remove_all_settled(db: FrontierConnection) -> None:
    """Remove the crawlers that have ended, except those to which pages are still handed out."""
    db.execute(f"DELETE FROM crawlers WHERE expires = 0 AND {_SETTLED}")  # noqa: S608 - no input


_SETTLED = "NOT EXISTS (SELECT 1 FROM pages WHERE pages.fence = crawlers.fence AND pages.fence > 0)"
