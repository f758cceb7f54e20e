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
"""The moment of a capture that has a fingerprint, and the number of its fingerprints."""

_AFTER_ALL: Moment = (2**63 - 1, 0)
_WEIGHT = 1 << 20
"""What is divided by the number of holders of a fingerprint; see `_BY_WEIGHT`."""

_WANTED = {
    "sqlite": "json_each(:fingerprints) AS wanted",
    "postgresql": "json_array_elements_text(CAST(:fingerprints AS JSON)) AS wanted",
}
"""The fingerprints of the text in question, as a table. They are passed as one JSON list: so the statement is always
the same and is parsed once."""

_HAS_WANTED = "anchor IN (SELECT CAST(wanted.value AS BIGINT) FROM {wanted})"
_ARRAY = "ARRAY(SELECT CAST(wanted.value AS BIGINT) FROM {wanted})"

_HOLDERS = {
    "sqlite": """SELECT holder.* FROM {wanted} CROSS JOIN anchors AS holder
    WHERE holder.anchor = wanted.value AND (holder.fetched_us, holder.mark) IN (
    SELECT fetched_us, mark FROM anchors WHERE anchor = wanted.value AND (fetched_us, mark) < (:us, :mark)
    ORDER BY fetched_us, mark LIMIT :max_captures)""",
    "postgresql": """SELECT of_text.anchor, holder.* FROM (
    SELECT CAST(wanted.value AS BIGINT) AS anchor FROM {wanted}) AS of_text, LATERAL (
    SELECT fetched_us, mark, cardinality(anchors) + cardinality(crowded) AS size FROM anchors
    WHERE anchors @> ARRAY[of_text.anchor] AND (fetched_us, mark) < (:us, :mark)) AS holder""",
}
"""For each wanted fingerprint the captures that have it and are considered. In PostgreSQL a search of the index for
each fingerprint takes half as long as one for all: that one has to unpack the arrays that it finds."""

_WITH_WEIGHTS = """WITH holders AS ({holders}),
    weights AS (SELECT anchor, 1048576 / count(*) AS weight FROM holders GROUP BY anchor)"""
_BY_WEIGHT = """SELECT fetched_us, mark FROM holders JOIN weights ON weights.anchor = holders.anchor
    GROUP BY fetched_us, mark
    HAVING count(*) * :min_shared_one_in >= CASE WHEN max(size) < :size THEN max(size) ELSE :size END
    ORDER BY sum(weight) DESC, fetched_us, mark LIMIT :max_candidates"""
"""Weights are integers (2^20 divided by the number of holders): a sum of fractions would depend on the order in which
the database adds them."""

_NEAREST = f"{_WITH_WEIGHTS} {_BY_WEIGHT}"
"""For SQLite. A server is asked for the holders alone, and `nearest_among` compares them: so it is asked once for many
texts, and a capture that is put later is added to what it said."""

_CROWDED = "WITH holders AS ({holders}) SELECT anchor FROM holders GROUP BY anchor HAVING count(*) = :max_captures"

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
    | dict.fromkeys(("size", "max_captures", "max_candidates", "min_shared_one_in"), sa.Integer())
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
    if not fingerprints:
        return []
    if connection.dialect.name != "sqlite":
        return nearest_among(holders(connection, fingerprints), fingerprints, before)
    limits = {"min_shared_one_in": MIN_SHARED_ONE_IN, "max_candidates": MAX_CANDIDATES, "size": len(fingerprints)}
    values = _values(fingerprints, before) | _LIMIT | limits
    return sorted(_prepared(_NEAREST, "sqlite").execute(connection, values).fetchall())


def holders(connection: sa.Connection, fingerprints: Set[int]) -> dict[int, list[Holder]]:
    """Return for each fingerprint the captures in PostgreSQL that are considered for it, earliest first."""
    found: dict[int, list[Holder]] = {each: [] for each in fingerprints}
    if found:
        query = _prepared("SELECT * FROM ({holders}) AS every", "postgresql")
        for anchor, us, mark, size in query.execute(connection, _values(fingerprints, _AFTER_ALL)).fetchall():
            found[anchor].append((us, mark, size))
    for each in found.values():
        each.sort()
    return found


def nearest_among(holders: Mapping[int, Sequence[Holder]], fingerprints: Set[int], before: Moment) -> list[Moment]:
    """Return what `nearest` returns if these are the captures that are considered for the fingerprints."""
    shared: Counter[Holder] = Counter()
    weights: Counter[Holder] = Counter()
    for held in filter(None, map(holders.__getitem__, fingerprints)):
        earlier = held[: bisect_left(held, before)]
        shared.update(earlier)
        for each in earlier:
            weights[each] += _WEIGHT // len(earlier)
    enough = [each for each in shared if shared[each] * MIN_SHARED_ONE_IN >= min(each[2], len(fingerprints))]
    first = sorted(enough, key=lambda each: (-weights[each], each))[:MAX_CANDIDATES]
    return sorted((us, mark) for us, mark, _size in first)


def later_captures(connection: sa.Connection, fingerprints: Set[int], after: Moment) -> list[Moment]:
    """Return the captures after a moment that consider a capture of that moment, because they share a fingerprint.

    Fingerprints that `MAX_CAPTURES_PER_FINGERPRINT` captures before the moment have are left out: later captures
    consider only those.
    """
    later = _LATER[connection.dialect.name]
    found = _moments(_execute(connection, later, fingerprints, after)) if fingerprints else []
    if not found:
        return []
    crowded = set(_execute(connection, _CROWDED, fingerprints, after, _LIMIT).scalars())
    return _moments(_execute(connection, later, fingerprints - crowded, after)) if crowded else found


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
        _prepared(_INSERT_ARRAYS, "postgresql").execute(connection, _values(fingerprints, capture) | _LIMIT)


def delete(connection: sa.Connection, fingerprints: Set[int], capture: Moment) -> None:
    """Remove a capture's fingerprints from the index."""
    if fingerprints:
        query = _DELETE if connection.dialect.name == "sqlite" else _DELETE_ARRAYS
        _execute(connection, query, fingerprints, capture)


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


def _array(fingerprints: Set[int]) -> str:
    return f"{{{','.join(map(str, sorted(fingerprints)))}}}"


def _moments(rows: sa.CursorResult[Any]) -> list[Moment]:
    return sorted((row.fetched_us, row.mark) for row in rows)


@functools.cache
def _prepared(query: str, dialect: str) -> Prepared:
    return Prepared(_statement(query, dialect))


@functools.cache
def _statement(query: str, dialect: str) -> sa.TextClause:
    parts = {"wanted": _WANTED[dialect], "in_arrays": _IN_ARRAYS.format()}
    parts |= {"has_wanted": _HAS_WANTED.format(**parts), "array": _ARRAY.format(**parts)}
    return typed(query.format(holders=_HOLDERS[dialect].format(**parts), **parts), _TYPES)
