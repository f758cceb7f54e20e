"""The index of winnowing fingerprints: find texts that share passages, before and after a capture.

All functions run on the caller's connection. What the tables hold depends only on the entries, never on the order in
which they came. The table and its column are named `anchors` and `anchor`, as in existing catalogues. Exact copies of
earlier texts are left out. A capture is given by its time and its `mark`, the number after the second in its id.

SQLite has a row for each fingerprint of a capture. In PostgreSQL such rows would take 2.6 KB for a capture. There a row
has all fingerprints of a capture in two arrays with a GIN index each, which takes 1.1 KB: `anchors` has those by which
the capture is considered, as one of the first `MAX_CAPTURES_PER_FINGERPRINT`, and `crowded` has the other ones. So a
search for earlier captures reads a few rows for each fingerprint, also if a million captures have it.
"""

from __future__ import annotations

import functools
import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import chain
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue import additions
from pipelines.catalogue.prepared import Prepared, typed

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

WEIGHT = 1 << 20
"""The weight of a fingerprint that one capture has. If several have it, each has an integer part of this number: a sum
of fractions would depend on the order in which they are added."""

TABLE = "anchors"

CREATE = {
    "sqlite": (
        """CREATE TABLE IF NOT EXISTS anchors (anchor BIGINT NOT NULL, fetched_us BIGINT NOT NULL, mark BIGINT NOT NULL,
        size SMALLINT NOT NULL, PRIMARY KEY (anchor, fetched_us, mark)) WITHOUT ROWID""",
    ),
    "postgresql": (
        """CREATE TABLE IF NOT EXISTS anchors (fetched_us BIGINT, mark BIGINT, anchors BIGINT[] NOT NULL,
        crowded BIGINT[] NOT NULL, PRIMARY KEY (fetched_us, mark))""",
        "CREATE INDEX IF NOT EXISTS anchors_anchors ON anchors USING gin (anchors) WITH (fastupdate = off)",
        "CREATE INDEX IF NOT EXISTS anchors_crowded ON anchors USING gin (crowded) WITH (fastupdate = off)",
    ),
}
"""The table and its indexes; `size` is the number of the capture's fingerprints. `fastupdate` would collect new rows in
a list, and each search would read this list."""

Moment = tuple[int, int]
"""When a capture was made, in microseconds, and the mark in its id; together they give the id."""

Holder = tuple[int, int, int]
"""A capture that has a fingerprint: its moment, and the number of its fingerprints."""

AFTER_ALL: Moment = (2**63 - 1, 0)
"""Later than each capture."""

_WANTED = {
    "sqlite": "json_each(:fingerprints) AS wanted",
    "postgresql": "json_array_elements_text(CAST(:fingerprints AS JSON)) AS wanted",
}
"""The fingerprints of the text in question, as a table. They are passed as one JSON list: so the statement is always
the same and is parsed once."""

_HAS_WANTED = "anchor IN (SELECT CAST(wanted.value AS BIGINT) FROM {wanted})"
_ARRAY = "ARRAY(SELECT CAST(wanted.value AS BIGINT) FROM {wanted})"

_HOLDERS_OF_ONE = Prepared(
    sa.text(
        f"""SELECT fetched_us, mark, size FROM anchors WHERE anchor = :anchor AND (fetched_us, mark) < (:us, :mark)
        ORDER BY fetched_us, mark LIMIT {MAX_CAPTURES_PER_FINGERPRINT}"""  # noqa: S608 - a number of ours
    )
)
"""In SQLite, the captures that have one fingerprint and are considered. To ask for one after another and to rank them
in Python takes two thirds of the time of a statement that does all of it in temporary tables."""

_HOLDERS_OF_ALL = """SELECT of_text.anchor, holder.* FROM (
    SELECT CAST(wanted.value AS BIGINT) AS anchor FROM {wanted}) AS of_text, LATERAL (
    SELECT fetched_us, mark, cardinality(anchors) + cardinality(crowded) AS size FROM anchors
    WHERE anchors @> ARRAY[of_text.anchor] AND (fetched_us, mark) < (:us, :mark)) AS holder"""
"""In PostgreSQL, the same for all fingerprints: one statement can ask for those of many texts. A search of the index
for each fingerprint takes half as long as one for all: that one has to unpack the arrays that it finds."""

_LATER = {
    "sqlite": "SELECT DISTINCT fetched_us, mark FROM anchors WHERE {has_wanted} AND (fetched_us, mark) > (:us, :mark)",
    "postgresql": """SELECT fetched_us, mark FROM anchors
    WHERE (anchors && {array} OR crowded && {array}) AND (fetched_us, mark) > (:us, :mark)""",
}

_INSERT_ROW = Prepared(
    sa.text(
        """INSERT INTO anchors (anchor, fetched_us, mark, size) VALUES (:anchor, :us, :mark, :size)
        ON CONFLICT DO NOTHING"""
    )
)
"""In SQLite, a statement for one row: rows one by one take two thirds of the time of one statement for all. Rows can
exist already: an earlier version may have computed other fingerprints for the old text than this one deletes."""

_IN_ARRAYS = """SELECT fetched_us, mark, coalesce(array_agg(anchor) FILTER (WHERE NOT is_crowded), '{{}}') AS anchors,
    coalesce(array_agg(anchor) FILTER (WHERE is_crowded), '{{}}') AS crowded FROM placed GROUP BY fetched_us, mark"""
"""The rows of a table that says for each fingerprint of a capture whether too many earlier captures have it."""

_INSERT_ARRAYS = """WITH holders AS (
        SELECT anchor, fetched_us, mark FROM anchors, unnest(anchors) AS anchor
        WHERE anchors && {array} AND {has_wanted}
        UNION SELECT CAST(wanted.value AS BIGINT), CAST(:us AS BIGINT), CAST(:mark AS BIGINT) FROM {wanted}),
    placed AS (SELECT *,
        row_number() OVER (PARTITION BY anchor ORDER BY fetched_us, mark) > :max_captures AS is_crowded FROM holders),
    arrays AS ({in_arrays}),
    moved AS (UPDATE anchors AS later SET crowded = later.crowded || arrays.crowded,
        anchors = ARRAY(SELECT unnest(later.anchors) EXCEPT SELECT unnest(arrays.crowded)) FROM arrays
        WHERE (later.fetched_us, later.mark) = (arrays.fetched_us, arrays.mark) AND arrays.crowded <> '{{}}'
        AND (later.fetched_us, later.mark) <> (:us, :mark)
        AND later.fetched_us = ANY (ARRAY(SELECT fetched_us FROM arrays WHERE crowded <> '{{}}')))
    INSERT INTO anchors SELECT * FROM arrays WHERE (fetched_us, mark) = (:us, :mark)
    ON CONFLICT (fetched_us, mark) DO UPDATE SET anchors = excluded.anchors, crowded = excluded.crowded"""
"""Insert the row of a capture. If it comes before captures that are considered for a fingerprint, the last one of them
is not considered any more. The condition with ANY says nothing new: without it the server reads the whole table."""

_TYPES = (
    {"us": sa.BigInteger(), "mark": sa.BigInteger()}
    | dict.fromkeys(("fingerprints", "anchors", "crowded"), sa.Text())
    | {"max_captures": sa.Integer()}
)
"""The types of the parameters of these statements."""

_INSERT_LAST = Prepared(
    typed(
        """INSERT INTO anchors (fetched_us, mark, anchors, crowded)
        VALUES (:us, :mark, CAST(:anchors AS BIGINT[]), CAST(:crowded AS BIGINT[]))
        ON CONFLICT (fetched_us, mark) DO UPDATE SET anchors = excluded.anchors, crowded = excluded.crowded""",
        _TYPES,
    )
)
"""Insert the row of a capture that is the last one, if it is known which of its fingerprints are crowded."""

_DELETE = "DELETE FROM anchors WHERE {has_wanted} AND fetched_us = :us AND mark = :mark"

_DELETE_ARRAYS = """WITH
    gone AS (DELETE FROM anchors WHERE fetched_us = :us AND mark = :mark RETURNING anchors AS freed),
    following AS (SELECT DISTINCT ON (anchor) anchor, fetched_us, mark FROM gone, unnest(freed) AS anchor
        JOIN anchors ON crowded @> ARRAY[anchor] ORDER BY anchor, fetched_us, mark),
    moving AS (SELECT fetched_us, mark, array_agg(anchor) AS freed FROM following GROUP BY fetched_us, mark)
    UPDATE anchors AS later SET anchors = later.anchors || moving.freed,
    crowded = ARRAY(SELECT unnest(later.crowded) EXCEPT SELECT unnest(moving.freed)) FROM moving
    WHERE (later.fetched_us, later.mark) = (moving.fetched_us, moving.mark)"""
"""Delete the row of a capture. For each fingerprint for which it was considered, the next capture is considered now."""

_MIGRATE = """INSERT INTO anchors WITH placed AS (SELECT *,
        row_number() OVER (PARTITION BY anchor ORDER BY fetched_us, mark) > :max_captures AS is_crowded
        FROM anchor_rows)
    {in_arrays} ORDER BY fetched_us, mark"""
"""Fill the table with arrays from one with a row for each fingerprint."""

_LIMIT = {"max_captures": MAX_CAPTURES_PER_FINGERPRINT}


def create(connection: sa.Connection) -> None:
    """Create the table and its indexes where they are missing."""
    for statement in CREATE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def migrate(connection: sa.Connection) -> None:
    """Bring the table of a catalogue in PostgreSQL before version 7, and its indexes, to the form of this version."""
    connection.exec_driver_sql("ALTER TABLE anchors RENAME TO anchor_rows")
    connection.exec_driver_sql("ALTER INDEX anchors_pkey RENAME TO anchor_rows_pkey")
    connection.exec_driver_sql(CREATE["postgresql"][0])
    connection.execute(_statement(_MIGRATE, "postgresql"), _LIMIT)
    connection.exec_driver_sql("DROP TABLE anchor_rows")
    create(connection)


def nearest(connection: sa.Connection, fingerprints: Set[int], before: Moment) -> list[Moment]:
    """Return the captures before a moment that share most with a text with these fingerprints, earliest first."""
    return nearest_among(holders(connection, fingerprints, before), fingerprints, before)


def holders(connection: sa.Connection, fingerprints: Set[int], before: Moment) -> dict[int, list[Holder]]:
    """Return for each fingerprint the captures before a moment that are considered for it, earliest first."""
    if fingerprints and connection.dialect.name == "sqlite":
        wanted = [{"anchor": anchor, "us": before[0], "mark": before[1]} for anchor in fingerprints]
        return dict(zip(fingerprints, _HOLDERS_OF_ONE.fetch_for_each(connection, wanted), strict=True))
    found: dict[int, list[Holder]] = {each: [] for each in fingerprints}
    if found:
        for anchor, us, mark, size in (
            _prepared(_HOLDERS_OF_ALL).execute(connection, _values(fingerprints, before)).fetchall()
        ):
            found[anchor].append((us, mark, size))
    for captures in found.values():
        captures.sort()
    return found


def nearest_among(holders: Mapping[int, Sequence[Holder]], fingerprints: Set[int], before: Moment) -> list[Moment]:
    """Return what `nearest` returns if these are the captures that are considered for the fingerprints."""
    every = (holders[each] for each in fingerprints)
    return _ranked([captures[: bisect_left(captures, before)] for captures in every])


def _ranked(holders: Sequence[Sequence[Holder]]) -> list[Moment]:
    """Return the captures that share most with a text, whose fingerprints each have some holders.

    >>> _ranked([[(1, 0, 2), (2, 0, 2)], [(2, 0, 2)]])
    [(1, 0), (2, 0)]
    """
    shared, most = Counter(chain.from_iterable(holders)), len(holders)
    if len({each[:2] for each in shared}) < len(shared):  # an earlier version has left rows with another size
        sizes = {each[:2]: each[2] for each in sorted(shared)}
        return _ranked([[(us, mark, sizes[us, mark]) for us, mark, _size in captures] for captures in holders])
    similar = (each for each, times in shared.items() if times * MIN_SHARED_ONE_IN >= min(each[2], most))
    weights = dict.fromkeys(similar, 0)
    for captures in holders:
        weight = WEIGHT // max(1, len(captures))
        for each in captures:
            if each in weights:
                weights[each] += weight
    best = sorted(weights, key=lambda each: (-weights[each], each))[:MAX_CANDIDATES]
    return sorted((us, mark) for us, mark, _size in best)


def later_captures(connection: sa.Connection, fingerprints: Set[int], after: Moment) -> list[Moment]:
    """Return the captures after a moment that consider a capture of that moment, because they share a fingerprint.

    Fingerprints that `MAX_CAPTURES_PER_FINGERPRINT` captures before the moment have are left out: later captures
    consider only those.
    """
    later = _LATER[connection.dialect.name]
    found = _moments(_execute(connection, later, fingerprints, after)) if fingerprints else []
    if not found:
        return []
    crowded = crowded_among(holders(connection, fingerprints, after), fingerprints)
    return _moments(_execute(connection, later, fingerprints - crowded, after)) if crowded else found


def crowded_among(holders: Mapping[int, Sequence[Holder]], fingerprints: Set[int]) -> Set[int]:
    """Return those of some fingerprints that the greatest number of captures has, if these are the captures."""
    return {each for each in fingerprints if len(holders[each]) >= MAX_CAPTURES_PER_FINGERPRINT}


def insert(connection: sa.Connection, fingerprints: Set[int], capture: Moment, crowded: Set[int] | None = None) -> None:
    """Add a capture's fingerprints to the index.

    With `crowded`, those of them that the greatest number of captures has, nothing is read; then no capture in the
    index may be a later one.
    """
    if fingerprints and connection.dialect.name == "sqlite":
        of_capture = {"us": capture[0], "mark": capture[1], "size": len(fingerprints)}
        _INSERT_ROW.insert(connection, [{"anchor": each} | of_capture for each in sorted(fingerprints)])
    elif fingerprints and crowded is not None:
        values = {"us": capture[0], "mark": capture[1], "crowded": _array(fingerprints & crowded)}
        additions.insert(connection, _INSERT_LAST, [values | {"anchors": _array(fingerprints - crowded)}])
    elif fingerprints:
        additions.flush_rows(connection)
        _prepared(_INSERT_ARRAYS).execute(connection, _values(fingerprints, capture) | _LIMIT)


def delete(connection: sa.Connection, fingerprints: Set[int], capture: Moment) -> None:
    """Remove a capture's fingerprints from the index."""
    if fingerprints:
        query = _DELETE if connection.dialect.name == "sqlite" else _DELETE_ARRAYS
        _execute(connection, query, fingerprints, capture)


def _execute(connection: sa.Connection, query: str, fingerprints: Set[int], moment: Moment) -> sa.CursorResult[Any]:
    return connection.execute(_statement(query, connection.dialect.name), _values(fingerprints, moment))


def _values(fingerprints: Set[int], moment: Moment) -> dict[str, Any]:
    return {"fingerprints": json.dumps(sorted(fingerprints)), "us": moment[0], "mark": moment[1]}


def _array(fingerprints: Set[int]) -> str:
    return f"{{{','.join(map(str, sorted(fingerprints)))}}}"


def _moments(rows: sa.CursorResult[Any]) -> list[Moment]:
    return sorted((row.fetched_us, row.mark) for row in rows)


@functools.cache
def _prepared(query: str) -> Prepared:
    """Return a statement of PostgreSQL."""
    return Prepared(_statement(query, "postgresql"))


@functools.cache
def _statement(query: str, dialect: str) -> sa.TextClause:
    parts = {"wanted": _WANTED[dialect], "in_arrays": _IN_ARRAYS.format()}
    parts |= {"has_wanted": _HAS_WANTED.format(**parts), "array": _ARRAY.format(**parts)}
    return typed(query.format(**parts), _TYPES)
