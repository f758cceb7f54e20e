"""Additions to sums, gathered in a transaction: each sum is changed once, however many captures add to it."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.prepared import Prepared, pipelined

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


@contextmanager
def gathered(connection: sa.Connection) -> Iterator[None]:
    """Gather the additions of the block, which is a transaction, and execute them at its end; an inner block joins in.

    Nothing may read the sums in between without `flush`.
    """
    if _GATHERED in connection.info:
        yield
        return
    connection.info[_GATHERED] = {}
    try:
        yield
        flush(connection)
    finally:
        del connection.info[_GATHERED]


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


def flush(connection: sa.Connection) -> None:
    """Execute the additions that are gathered."""
    additions = connection.info.get(_GATHERED)
    if not additions:
        return
    by_statement: dict[Prepared, list[Mapping[str, Any]]] = defaultdict(list)
    for (statement, *_key), values in additions.items():
        by_statement[statement].append(values)
    additions.clear()
    with pipelined(connection):
        for statement, values in by_statement.items():
            statement.execute_many(connection, values)
