"""Copies a frontier into another kind of database: a file into PostgreSQL when a second machine comes, or back."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from crawler.frontier import crawlers
from crawler.frontier.addresses import frontier_exists, open_database
from crawler.frontier.connections import FrontierConnection, FrontierDatabase
from crawler.frontier.tables import SQLITE
from pipelines.errors import ConfigError, StoreUnavailable
from pipelines.masking import mask
from pipelines.messages import gettext as _

BATCH = 5_000
"""Rows that are read and written at a time: 1 MB of pages."""

TABLES = tuple(name for name in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", SQLITE) if name != "reservations")
"""All tables, except the reservations: these last a minute."""

COUNTERS = {"pages": "added", "crawlers": "fence"}
"""Table → its column that the database counts."""


def copy_frontier(source: str, target: str) -> dict[str, int]:
    """Copy all tables in one transaction, and return the number of rows of each.

    Raises ConfigError if there is no source or the target has pages, and StoreUnavailable while crawls run.
    """
    if not frontier_exists(source):
        raise ConfigError(_("there is no frontier at {address}", address=mask(source)))
    with closing(open_database(source)) as origin, closing(open_database(target)) as destination:
        _refuse_crawls(origin, source)
        if destination.read(lambda db: db.execute("SELECT 1 FROM pages LIMIT 1").fetchone()):
            raise ConfigError(
                _("the frontier {address} is not empty", address=mask(target)), _("name a new file or database as DST")
            )
        with origin.transaction(), destination.transaction():
            counts = {table: sum(_copied(origin, destination, table)) for table in TABLES}
            destination.write(_set_counters)
    return counts


def _refuse_crawls(origin: FrontierDatabase, address: str) -> None:
    if owners := origin.read(crawlers.live_crawlers):
        raise StoreUnavailable(
            _("crawls run with the frontier {address}: processes {pids}", address=mask(address), pids=_pids(owners)),
            _("stop them and fangzhi schedule, then copy again"),
        )


def _pids(owners: dict[int, Any]) -> list[str]:
    return sorted(f"{owner.pid}@{owner.host}" for owner in owners.values())


def _copied(origin: FrontierDatabase, destination: FrontierDatabase, table: str) -> Iterator[int]:
    """Copy a table, and yield the number of rows of each batch."""
    for batch in _batches(origin, table):
        destination.write(functools.partial(_insert, table=table, rows=batch))
        yield len(batch)


def _batches(origin: FrontierDatabase, table: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table: the pages in the order of their numbers, other tables, which are small, at once."""
    if table not in COUNTERS:
        rows = origin.read(lambda db: db.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608 - no input
        yield from ([dict(row) for row in rows[at : at + BATCH]] for at in range(0, len(rows), BATCH))
        return
    query, last = f"SELECT * FROM {table} WHERE {COUNTERS[table]} > ? ORDER BY {COUNTERS[table]} LIMIT {BATCH}", 0  # noqa: S608

    def read_next(db: FrontierConnection) -> list[Any]:
        return db.execute(query, (last,)).fetchall()

    while rows := origin.read(read_next):
        last = rows[-1][COUNTERS[table]]
        yield [dict(row) for row in rows]


def _insert(db: FrontierConnection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    first = rows[0]
    columns, marks = ", ".join(first), ", ".join("?" for _ in first)
    numbered = " OVERRIDING SYSTEM VALUE" if db.locks_rows and table in COUNTERS else ""
    db.executemany(
        f"INSERT INTO {table} ({columns}){numbered} VALUES ({marks})",  # noqa: S608 - names of columns
        [tuple(_value(name, value) for name, value in row.items()) for row in rows],
    )


def _value(column: str, value: Any) -> Any:
    """Return a value as both databases take it: SQLite has no type for true and false."""
    return bool(value) if column == "waiting" else value


def _set_counters(db: FrontierConnection) -> None:
    """Let PostgreSQL count on from the largest number; SQLite does so by itself."""
    for table, column in COUNTERS.items() if db.locks_rows else ():
        last = f"SELECT coalesce(max({column}), 0) + 1 FROM {table}"  # noqa: S608 - no input
        db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), ({last}), false)")
