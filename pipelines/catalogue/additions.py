"""Additions that are gathered in a transaction: to sums, and in PostgreSQL rows of new captures.

Each sum is changed once, however many captures add to it; all rows of a table are inserted by one statement.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.prepared import Prepared

_MERGED: Mapping[str, Callable[[Any, Any], Any]] = {
    "captures": operator.add,
    "articles": operator.add,
    "pages": operator.add,
    "first": min,
    "newest": max,
}
"""How the values of two additions to the same sum become one value, by parameter; the other ones are its key."""

_GATHERED = "fangzhi additions"
"""Under which name a connection has the additions that it has gathered: by statement and key, the parameters."""

_ROWS = "fangzhi rows"
"""Under which name it has the rows that it has gathered, by statement."""


@contextmanager
def gathered(connection: sa.Connection) -> Iterator[None]:
    """Gather the additions of the block, which is a transaction, and execute them at its end; an inner block joins in.

    Nothing may read the sums in between without `flush`, and no table without `flush_rows`.
    """
    if _GATHERED in connection.info:
        yield
        return
    connection.info[_GATHERED] = {}
    connection.info[_ROWS] = defaultdict(list)
    try:
        yield
        flush_rows(connection)
        flush(connection)
    finally:
        del connection.info[_GATHERED], connection.info[_ROWS]


def add(connection: sa.Connection, statement: Prepared, values: Mapping[str, Any]) -> None:
    """Add to a sum, now or at the end of the transaction."""
    additions = connection.info.get(_GATHERED)
    if additions is None:
        statement.execute(connection, values)
        return
    key = (statement, *(value for name, value in values.items() if name not in _MERGED))
    before = additions.get(key)
    merged = {name: merge(before[name], values[name]) for name, merge in _MERGED.items() if name in values and before}
    additions[key] = {**values, **merged}


def insert(connection: sa.Connection, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; in PostgreSQL before the next read, or at the end of the transaction."""
    gathered_rows = connection.info.get(_ROWS)
    if gathered_rows is None or connection.dialect.name == "sqlite":
        statement.insert(connection, rows)
    else:
        gathered_rows[statement].extend(rows)


def flush(connection: sa.Connection) -> None:
    """Execute the additions to sums that are gathered."""
    additions = connection.info.get(_GATHERED)
    if not additions:
        return
    by_statement: dict[Prepared, list[Mapping[str, Any]]] = defaultdict(list)
    for (statement, *_key), values in additions.items():
        by_statement[statement].append(values)
    additions.clear()
    for statement, rows in by_statement.items():
        statement.insert(connection, rows)


def flush_rows(connection: sa.Connection) -> None:
    """Insert the rows that are gathered."""
    waiting = connection.info.get(_ROWS)
    if not waiting:
        return
    rows_by_statement = dict(waiting)
    waiting.clear()
    for statement, rows in rows_by_statement.items():
        statement.insert(connection, rows)
