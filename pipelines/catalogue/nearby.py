"""Shell. Which texts share anchors: what is looked up before a text is judged, and who must be judged again after it.

Everything here runs on a connection of the caller's, and depends on what the catalogue holds alone, never on the order
in which it came there.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Set
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from pipelines.catalogue.tables import ANCHORS

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

_MOMENT = sa.tuple_(bindparam("us", type_=sa.BigInteger), bindparam("mark", type_=sa.BigInteger))
_MADE = sa.tuple_(ANCHORS.c.fetched_us, ANCHORS.c.mark)

_HOLDERS = {
    "sqlite": """SELECT held.* FROM json_each(:anchors) AS asked CROSS JOIN anchors AS held
    WHERE held.anchor = asked.value AND (held.fetched_us, held.mark) IN (SELECT fetched_us, mark {earliest})""",
    "postgresql": """SELECT held.* FROM json_array_elements_text(CAST(:anchors AS JSON)) AS asked
    CROSS JOIN LATERAL (SELECT * {earliest}) AS held""",
}
"""The captures that are looked at of each of several anchors, which are given as a JSON list."""

_EARLIEST = """FROM anchors WHERE anchor = CAST(asked.value AS BIGINT) AND (fetched_us, mark) < (:us, :mark)
    ORDER BY fetched_us, mark LIMIT :crowd"""

_NEAREST = """WITH holders AS ({holders}),
    weights AS (SELECT anchor, 1048576 / count(*) AS weight FROM holders GROUP BY anchor)
    SELECT fetched_us, mark FROM holders JOIN weights ON weights.anchor = holders.anchor
    GROUP BY fetched_us, mark, size
    HAVING count(*) * :shared >= CASE WHEN size < :asked THEN size ELSE :asked END
    ORDER BY sum(weight) DESC, fetched_us, mark LIMIT :checked"""

_CROWDED = """WITH holders AS ({holders}) SELECT anchor FROM holders GROUP BY anchor HAVING count(*) = :crowd"""

_AFTER = (
    sa.select(ANCHORS.c.fetched_us, ANCHORS.c.mark)
    .where(ANCHORS.c.anchor.in_(bindparam("anchors", expanding=True)), _MADE > _MOMENT)
    .distinct()
)
_REMEMBER = sa.insert(ANCHORS)
_FORGET = sa.delete(ANCHORS).where(ANCHORS.c.anchor == bindparam("held"), _MADE == _MOMENT)


def nearest(connection: sa.Connection, anchors: Iterable[int], before: Moment) -> list[Moment]:
    """Return the captures before a moment that share most with a text of these anchors, the earliest first."""
    asked = sorted(anchors)
    given = {"asked": len(asked), "shared": SHARED, "checked": CHECKED}
    return sorted((row.fetched_us, row.mark) for row in _held(connection, _NEAREST, asked, before, **given))


def followers(connection: sa.Connection, anchors: Set[int], after: Moment) -> list[Moment]:
    """Return the captures after a moment that look at one made then, because they share an anchor with it."""
    if not _after(connection, anchors, after):
        return []
    crowded = set(_held(connection, _CROWDED, sorted(anchors), after).scalars())
    return _after(connection, anchors - crowded, after)


def remember(connection: sa.Connection, anchors: Set[int], made: Moment) -> None:
    """Note that a capture has these anchors and no others."""
    rows = [{"anchor": anchor, "fetched_us": made[0], "mark": made[1], "size": len(anchors)} for anchor in anchors]
    if rows:
        connection.execute(_REMEMBER, rows)


def forget(connection: sa.Connection, anchors: Set[int], made: Moment) -> None:
    """Note that a capture has these anchors no more."""
    rows = [{"held": anchor, "us": made[0], "mark": made[1]} for anchor in anchors]
    if rows:
        connection.execute(_FORGET, rows)


def _held(
    connection: sa.Connection, query: str, anchors: list[int], before: Moment, **given: int
) -> sa.CursorResult[Any]:
    """Ask about the earliest captures before a moment that have any of the anchors."""
    asked = {"anchors": json.dumps(anchors), "us": before[0], "mark": before[1], "crowd": CROWD}
    return connection.execute(_statement(query, connection.dialect.name), asked | given)


@functools.cache
def _statement(query: str, database: str) -> sa.TextClause:
    return sa.text(query.format(holders=_HOLDERS[database].format(earliest=_EARLIEST)))


def _after(connection: sa.Connection, anchors: Set[int], moment: Moment) -> list[Moment]:
    if not anchors:
        return []
    given = {"anchors": sorted(anchors), "us": moment[0], "mark": moment[1]}
    return [(us, mark) for us, mark in connection.execute(_AFTER, given)]
