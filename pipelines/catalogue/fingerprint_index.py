"""The index of winnowing fingerprints: find texts that share passages, before and after a capture.

All functions run on the caller's connection. Their results depend only on what the catalogue holds, never on the order
in which it was filled. The table and its column are named `anchors` and `anchor`, as in existing catalogues.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Set
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.prepared import Prepared

MAX_CAPTURES_PER_FINGERPRINT = 16
"""Captures that are considered for each fingerprint, earliest first. A fingerprint that more captures share comes from
a common phrase or a form and says little. The limit bounds what a text costs, however large the catalogue is."""

MAX_CANDIDATES = 4
"""Texts that are compared in full, those that share most first. A fingerprint counts less the more captures have it, so
texts that share more than a common phrase come first."""

MIN_SHARED_ONE_IN = 5
"""A text is a candidate if it shares at least one in this many of the fingerprints of the smaller text. Nearly equal
texts share half of them or more. A text with ten fingerprints in which one character in twenty is wrong shares fewer in
only two cases of a hundred."""

Moment = tuple[int, int]
"""When a capture was made, in microseconds, and the mark in its id; together they give the id."""

_WANTED = {
    "sqlite": "json_each(:fingerprints) AS wanted",
    "postgresql": "json_array_elements_text(CAST(:fingerprints AS JSON)) AS wanted",
}
"""The fingerprints of the text in question, as a table. They are passed as one JSON list: so the statement is always
the same and is parsed once."""

_EARLIEST = """FROM anchors WHERE anchor = CAST(wanted.value AS BIGINT) AND (fetched_us, mark) < (:us, :mark)
    ORDER BY fetched_us, mark LIMIT :max_captures"""

_HOLDERS = {
    "sqlite": """SELECT holder.* FROM {wanted} CROSS JOIN anchors AS holder
    WHERE holder.anchor = wanted.value AND (holder.fetched_us, holder.mark) IN (SELECT fetched_us, mark {earliest})""",
    "postgresql": "SELECT holder.* FROM {wanted} CROSS JOIN LATERAL (SELECT * {earliest}) AS holder",
}
"""For each wanted fingerprint the captures that have it and are considered."""

_NEAREST = """WITH holders AS ({holders}),
    weights AS (SELECT anchor, 1048576 / count(*) AS weight FROM holders GROUP BY anchor)
    SELECT fetched_us, mark FROM holders JOIN weights ON weights.anchor = holders.anchor
    GROUP BY fetched_us, mark
    HAVING count(*) * :min_shared_one_in >= CASE WHEN max(size) < :size THEN max(size) ELSE :size END
    ORDER BY sum(weight) DESC, fetched_us, mark LIMIT :max_candidates"""
"""Weights are integers (2^20 divided by the number of holders): a sum of fractions would depend on the order in which
the database adds them."""

_CROWDED = "WITH holders AS ({holders}) SELECT anchor FROM holders GROUP BY anchor HAVING count(*) = :max_captures"

_HAS_WANTED = "anchor IN (SELECT CAST(wanted.value AS BIGINT) FROM {wanted})"

_LATER = "SELECT DISTINCT fetched_us, mark FROM anchors WHERE {has_wanted} AND (fetched_us, mark) > (:us, :mark)"

_INSERT = """INSERT INTO anchors (anchor, fetched_us, mark, size)
    SELECT CAST(wanted.value AS BIGINT), :us, :mark, :size FROM {wanted} WHERE TRUE ON CONFLICT DO NOTHING"""
"""Rows can exist already: an earlier version may have computed other fingerprints for the old text than this version
computes and deletes. `WHERE TRUE` is needed because SQLite would take ON CONFLICT for the ON of a join."""

_INSERT_ROW = Prepared(
    sa.text(
        """INSERT INTO anchors (anchor, fetched_us, mark, size) VALUES (:anchor, :us, :mark, :size)
        ON CONFLICT DO NOTHING"""
    )
)
"""The same for one row: SQLite, which is asked without a network, takes two thirds of the time for rows one by one."""

_DELETE = "DELETE FROM anchors WHERE {has_wanted} AND fetched_us = :us AND mark = :mark"


def nearest(connection: sa.Connection, fingerprints: Set[int], before: Moment) -> list[Moment]:
    """Return the captures before a moment that share most with a text with these fingerprints, earliest first."""
    if not fingerprints:
        return []
    limits = {
        "max_captures": MAX_CAPTURES_PER_FINGERPRINT,
        "size": len(fingerprints),
        "min_shared_one_in": MIN_SHARED_ONE_IN,
        "max_candidates": MAX_CANDIDATES,
    }
    values = _values(fingerprints, before) | limits
    return sorted(map(tuple, _prepared(_NEAREST, connection.dialect.name).execute(connection, values).fetchall()))


def later_captures(connection: sa.Connection, fingerprints: Set[int], after: Moment) -> list[Moment]:
    """Return the captures after a moment that consider a capture of that moment, because they share a fingerprint.

    Fingerprints that `MAX_CAPTURES_PER_FINGERPRINT` captures before the moment have are left out: later captures
    consider only those.
    """
    found = _moments(_execute(connection, _LATER, fingerprints, after)) if fingerprints else []
    if not found:
        return []
    limit = {"max_captures": MAX_CAPTURES_PER_FINGERPRINT}
    crowded = set(_execute(connection, _CROWDED, fingerprints, after, limit).scalars())
    return _moments(_execute(connection, _LATER, fingerprints - crowded, after)) if crowded else found


def insert(connection: sa.Connection, fingerprints: Set[int], capture: Moment) -> None:
    """Add a capture's fingerprints to the index."""
    if fingerprints and connection.dialect.name == "sqlite":
        of_capture = {"us": capture[0], "mark": capture[1], "size": len(fingerprints)}
        _INSERT_ROW.execute_many(connection, [{"anchor": each} | of_capture for each in sorted(fingerprints)])
    elif fingerprints:
        values = _values(fingerprints, capture) | {"size": len(fingerprints)}
        _prepared(_INSERT, connection.dialect.name).execute(connection, values)


def delete(connection: sa.Connection, fingerprints: Set[int], capture: Moment) -> None:
    """Remove a capture's fingerprints from the index."""
    if fingerprints:
        _execute(connection, _DELETE, fingerprints, capture)


def _execute(
    connection: sa.Connection,
    query: str,
    fingerprints: Set[int],
    moment: Moment,
    limits: Mapping[str, int] | None = None,
) -> sa.CursorResult[Any]:
    parameters = _values(fingerprints, moment)
    return connection.execute(_statement(query, connection.dialect.name), {**parameters, **(limits or {})})


def _values(fingerprints: Set[int], moment: Moment) -> dict[str, Any]:
    return {"fingerprints": json.dumps(sorted(fingerprints)), "us": moment[0], "mark": moment[1]}


def _moments(rows: sa.CursorResult[Any]) -> list[Moment]:
    return sorted((row.fetched_us, row.mark) for row in rows)


@functools.cache
def _prepared(query: str, dialect: str) -> Prepared:
    return Prepared(_statement(query, dialect))


@functools.cache
def _statement(query: str, dialect: str) -> sa.TextClause:
    parts = {"wanted": _WANTED[dialect], "earliest": _EARLIEST}
    return sa.text(
        query.format(holders=_HOLDERS[dialect].format(**parts), has_wanted=_HAS_WANTED.format(**parts), **parts)
    )
