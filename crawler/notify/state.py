"""What was sent already: a small SQLite file beside the frontier, so that the same news are not sent twice."""

from __future__ import annotations

import datetime as dt
import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from attrs import frozen

from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S, sqlite_errors_as_unavailable
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.times import from_us, to_us

_DAMAGED = _("remove the file if it is damaged: messages about what lasts are then sent once more")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (rule TEXT, key TEXT, title TEXT NOT NULL, first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (rule, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursors (rule TEXT PRIMARY KEY, us INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (rule TEXT, key TEXT, first_us INTEGER NOT NULL, times INTEGER NOT NULL,
    error TEXT NOT NULL, PRIMARY KEY (rule, key)) WITHOUT ROWID;
"""


@frozen(kw_only=True)
class Sent:
    """News that were sent and have not ended: since when, when last, and how often."""

    key: str
    title: str
    first: dt.datetime
    last: dt.datetime
    times: int


class NotifyState:
    """The state at a path; one process at a time sends, the others come back at once."""

    def __init__(self, path: Path) -> None:
        """Open the file, and create it if it does not exist; raises StoreUnavailable."""
        with os_errors_as_unavailable("write", path), sqlite_errors_as_unavailable(path, _DAMAGED):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = path.with_name(path.name + ".lock").open("w")
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._db.executescript(_SCHEMA)

    def lock(self) -> bool:
        """Return whether no other process sends now; it is then locked until this object is closed."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def cursor(self, rule: str, now: dt.datetime) -> dt.datetime:
        """Return the time up to which captures were searched for a rule; now at the first time."""
        self._db.execute("INSERT OR IGNORE INTO cursors VALUES (?, ?)", (rule, to_us(now)))
        (us,) = self._db.execute("SELECT us FROM cursors WHERE rule = ?", (rule,)).fetchone()
        return from_us(us)

    def is_due(self, rule: str, now: dt.datetime, interval: dt.timedelta) -> bool:
        """Return whether `set_cursor` was not called for a rule within an interval."""
        row = self._db.execute("SELECT us FROM cursors WHERE rule = ?", (rule,)).fetchone()
        return row is None or now - from_us(row[0]) >= interval

    def set_cursor(self, rule: str, at: dt.datetime) -> None:
        """Record up to which time a rule has told everything."""
        self._db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", (rule, to_us(at)))

    def sent(self, rule: str) -> list[Sent]:
        """Return what was sent for a rule and has not ended."""
        rows = self._db.execute("SELECT key, title, first_us, last_us, times FROM sent WHERE rule = ?", (rule,))
        return [
            Sent(key=key, title=title, first=from_us(first), last=from_us(last), times=times)
            for key, title, first, last, times in rows
        ]

    def record(self, rule: str, key: str, title: str, at: dt.datetime) -> None:
        """Record that news were sent."""
        self._db.execute(
            "INSERT INTO sent VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET"
            " last_us = excluded.last_us, title = excluded.title, times = times + 1",
            (rule, key, title, to_us(at), to_us(at)),
        )
        self._db.execute("DELETE FROM failures WHERE rule = ? AND key = ?", (rule, key))

    def forget(self, rule: str, key: str) -> None:
        """Remove news that have ended."""
        self._db.execute("DELETE FROM sent WHERE rule = ? AND key = ?", (rule, key))
        self._db.execute("DELETE FROM failures WHERE rule = ? AND key = ?", (rule, key))

    def first_try(self, rule: str, key: str, now: dt.datetime) -> dt.datetime:
        """Return when news were tried to be sent for the first time since the last success; now if they were not."""
        row = self._db.execute("SELECT first_us FROM failures WHERE rule = ? AND key = ?", (rule, key)).fetchone()
        return from_us(row[0]) if row else now

    def record_failure(self, rule: str, key: str, error: str, at: dt.datetime) -> int:
        """Record that news could not be sent; return how often in a row."""
        (times,) = self._db.execute(
            "INSERT INTO failures VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET"
            " times = times + 1, error = excluded.error RETURNING times",
            (rule, key, to_us(at), error),
        ).fetchone()
        return int(times)

    def close(self) -> None:
        """Close the file, and release the lock."""
        self._db.close()
        self._lock.close()


@contextmanager
def opened_state(path: Path) -> Iterator[NotifyState]:
    """Open the state at a path; raises StoreUnavailable."""
    with closing(NotifyState(path)) as state, sqlite_errors_as_unavailable(path, _DAMAGED):
        yield state
