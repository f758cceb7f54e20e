"""Which texts share anchors: what is looked up before a text is judged, and who must be judged again after it.

Everything here runs on a connection of the caller's, and depends on what the catalogue holds alone, never on the order
in which it came there.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Set
from typing import Any

import sqlalchemy as sa

CROWD = 16
"""Captures of one anchor that are looked at, the earliest first: one that more of them have is a phrase's or a form's,
and says little. It bounds what a text costs, however full the catalogue is."""

CHECKED = 4
"""Texts that are compared as a whole, those that share most first: an anchor counts the less the more have it, so what
is more than a common phrase comes first."""

SHARED = 5
"""A text is compared if it shares one in so many of the anchors of the smaller one: nearly equal texts share half of
them and more, and one with ten anchors in which one character in twenty is wrong keeps fewer than two in a hundred
cases only."""

Moment = tuple[int, int]
"""When a capture was made, in microseconds, and its mark: together they are its id."""

_ASKED = {
    "sqlite": "json_each(:anchors) AS asked",
    "postgresql": "json_array_elements_text(CAST(:anchors AS JSON)) AS asked",
}
"""Anchors, which are given as a JSON list: a statement is always the same then, and is parsed once."""

_EARLIEST = """FROM anchors WHERE anchor = CAST(asked.value AS BIGINT) AND (fetched_us, mark) < (:us, :mark)
    ORDER BY fetched_us, mark LIMIT :crowd"""

_HOLDERS = {
    "sqlite": """SELECT held.* FROM {asked} CROSS JOIN anchors AS held
    WHERE held.anchor = asked.value AND (held.fetched_us, held.mark) IN (SELECT fetched_us, mark {earliest})""",
    "postgresql": "SELECT held.* FROM {asked} CROSS JOIN LATERAL (SELECT * {earliest}) AS held",
}
"""The captures that are looked at of each of the anchors."""

_NEAREST = """WITH holders AS ({holders}),
    weights AS (SELECT anchor, 1048576 / count(*) AS weight FROM holders GROUP BY anchor)
    SELECT fetched_us, mark FROM holders JOIN weights ON weights.anchor = holders.anchor
    GROUP BY fetched_us, mark
    HAVING count(*) * :shared >= CASE WHEN max(size) < :asked THEN max(size) ELSE :asked END
    ORDER BY sum(weight) DESC, fetched_us, mark LIMIT :checked"""
"""Weights are whole numbers: the sum of fractions would depend on the order in which they are met."""

_CROWDED = "WITH holders AS ({holders}) SELECT anchor FROM holders GROUP BY anchor HAVING count(*) = :crowd"

_WITH_ANY = "anchor IN (SELECT CAST(asked.value AS BIGINT) FROM {asked})"

_AFTER = "SELECT DISTINCT fetched_us, mark FROM anchors WHERE {with_any} AND (fetched_us, mark) > (:us, :mark)"

_REMEMBER = """INSERT INTO anchors (anchor, fetched_us, mark, size)
    SELECT CAST(asked.value AS BIGINT), :us, :mark, :size FROM {asked} WHERE TRUE ON CONFLICT DO NOTHING"""
"""What an earlier version noted of a text need not be what this one works out of it, and takes away: some may be there.
SQLite takes ON CONFLICT for a join's ON without WHERE."""

_FORGET = "DELETE FROM anchors WHERE {with_any} AND fetched_us = :us AND mark = :mark"


def nearest(connection: sa.Connection, fingerprints: Set[int], before: Moment) -> list[Moment]:
    """Return the captures before a moment that share most with a text of these anchors, the earliest first."""
    sizes = {"crowd": CROWD, "asked": len(fingerprints), "shared": SHARED, "checked": CHECKED}
    return _moments(_execute(connection, _NEAREST, fingerprints, before, sizes)) if fingerprints else []


def followers(connection: sa.Connection, fingerprints: Set[int], after: Moment) -> list[Moment]:
    """Return the captures after a moment that look at one made then, because they share an anchor with it."""
    found = _moments(_execute(connection, _AFTER, fingerprints, after)) if fingerprints else []
    if not found:
        return []
    crowded = set(_execute(connection, _CROWDED, fingerprints, after, {"crowd": CROWD}).scalars())
    return _moments(_execute(connection, _AFTER, fingerprints - crowded, after)) if crowded else found


def remember(connection: sa.Connection, fingerprints: Set[int], made: Moment) -> None:
    """Note that a capture has these anchors and no others."""
    if fingerprints:
        _execute(connection, _REMEMBER, fingerprints, made, {"size": len(fingerprints)})


def forget(connection: sa.Connection, fingerprints: Set[int], made: Moment) -> None:
    """Note that a capture has these anchors no more."""
    if fingerprints:
        _execute(connection, _FORGET, fingerprints, made)


def _execute(
    connection: sa.Connection,
    query: str,
    fingerprints: Set[int],
    moment: Moment,
    given: Mapping[str, int] | None = None,
) -> sa.CursorResult[Any]:
    asked = {"anchors": json.dumps(sorted(fingerprints)), "us": moment[0], "mark": moment[1]}
    return connection.execute(_statement(query, connection.dialect.name), {**asked, **(given or {})})


def _moments(found: sa.CursorResult[Any]) -> list[Moment]:
    return sorted((row.fetched_us, row.mark) for row in found)


@functools.cache
def _statement(query: str, database: str) -> sa.TextClause:
    parts = {"asked": _ASKED[database], "earliest": _EARLIEST}
    return sa.text(
        query.format(holders=_HOLDERS[database].format(**parts), with_any=_WITH_ANY.format(**parts), **parts)
    )
