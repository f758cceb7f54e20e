"""Shell. Which texts share anchors: what is looked up before a text is judged, and who must be judged again after it.

Everything here runs on a connection of the caller's, and depends on what the catalogue holds alone, never on the order
in which it came there.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Set

import sqlalchemy as sa
from sqlalchemy import bindparam

from pipelines.catalogue.tables import ANCHORS, ENTRIES, id_of

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

BATCH = 32
"""Anchors asked about in one statement: half of all texts have fewer. One statement that is always the same is
parsed once."""

Moment = tuple[int, int]
"""When a capture was made, in microseconds, and its mark: together they are its id."""

_WEIGHT = 1 << 20
_NONE = -1
_MOMENT = sa.tuple_(bindparam("us", type_=sa.BigInteger), bindparam("mark", type_=sa.BigInteger))
_MADE = sa.tuple_(ANCHORS.c.fetched_us, ANCHORS.c.mark)

_HOLDERS = """SELECT * FROM (
    SELECT anchor, fetched_us, mark, size FROM anchors
    WHERE anchor = :anchor# AND (fetched_us, mark) < (:us, :mark) ORDER BY fetched_us, mark LIMIT :crowd
) AS holders#"""

_AFTER = (
    sa.select(ANCHORS.c.fetched_us, ANCHORS.c.mark)
    .where(ANCHORS.c.anchor.in_(bindparam("anchors", expanding=True)), _MADE > _MOMENT)
    .distinct()
)
_NEWER = (
    sa.select(ENTRIES.c.id).where(ENTRIES.c.fetched_us >= bindparam("us"), ENTRIES.c.id != bindparam("made")).limit(1)
)
_REMEMBER = sa.insert(ANCHORS)
_FORGET = sa.delete(ANCHORS).where(ANCHORS.c.anchor == bindparam("held"), _MADE == _MOMENT)


def nearest(connection: sa.Connection, anchors: Iterable[int], before: Moment) -> list[Moment]:
    """Return the captures before a moment that share most with a text of these anchors, the earliest first."""
    asked = list(anchors)
    weights, shared = Counter[Moment](), Counter[tuple[Moment, int]]()
    for holders in _holders(connection, asked, before).values():
        for holder in holders:
            weights[holder[0]] += _WEIGHT // len(holders)
            shared[holder] += 1
    found = [made for (made, size), count in shared.items() if count * SHARED >= min(size, len(asked))]
    return sorted(sorted(found, key=lambda made: (-weights[made], made))[:CHECKED])


def followers(connection: sa.Connection, anchors: Set[int], after: Moment) -> list[Moment]:
    """Return the captures after a moment that look at one made then, because they share an anchor with it."""
    newest = connection.execute(_NEWER, {"us": after[0], "made": id_of(*after)}).first() is None
    if newest or not _after(connection, anchors, after):
        return []
    crowded = {at for at, made in _holders(connection, sorted(anchors), after).items() if len(made) == CROWD}
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


def _holders(connection: sa.Connection, anchors: list[int], before: Moment) -> dict[int, list[tuple[Moment, int]]]:
    """Return by anchor the earliest captures before a moment that have it, and how many anchors each of them has."""
    found = dict[int, list[tuple[Moment, int]]]()
    for batch in _batches(anchors):
        asked = {f"anchor{number}": anchor for number, anchor in enumerate(batch)}
        given = asked | {"us": before[0], "mark": before[1], "crowd": CROWD}
        for anchor, us, mark, size in connection.execute(_statement(), given):
            found.setdefault(anchor, []).append(((us, mark), size))
    return found


def _batches(anchors: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(anchors), BATCH):
        batch = anchors[start : start + BATCH]
        yield batch + [_NONE] * (BATCH - len(batch))


@functools.cache
def _statement() -> sa.TextClause:
    return sa.text(" UNION ALL ".join(_HOLDERS.replace("#", str(number)) for number in range(BATCH)))


def _after(connection: sa.Connection, anchors: Set[int], moment: Moment) -> list[Moment]:
    if not anchors:
        return []
    given = {"anchors": sorted(anchors), "us": moment[0], "mark": moment[1]}
    return [(us, mark) for us, mark in connection.execute(_AFTER, given)]
