"""Sums that are kept with the entries, in the same transaction, so that overviews do not read all entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy import bindparam

from pipelines.catalogue import additions
from pipelines.catalogue.prepared import Prepared, typed
from pipelines.catalogue.tables import ENTRIES, PUBLICATION_DAYS, SITE_DAYS, SITE_SUMS
from pipelines.times import CHINA

CHINA_OFFSET_US = CHINA.utcoffset(None) // dt.timedelta(microseconds=1)
DAY_US = dt.timedelta(days=1) // dt.timedelta(microseconds=1)

Row = Mapping[str, Any] | sa.RowMapping
"""A row of `entries`."""

_KINDS = ("site", "outcome", "reason", "verdict", "relation")

_ADD = {
    SITE_SUMS: """INSERT INTO site_sums (site, outcome, reason, verdict, relation, captures)
        VALUES (:site, :outcome, :reason, :verdict, :relation, :captures)
        ON CONFLICT (site, outcome, reason, verdict, relation) DO UPDATE
        SET captures = site_sums.captures + excluded.captures""",
    SITE_DAYS: """INSERT INTO site_days (site, region, day, captures) VALUES (:site, :region, :day, :captures)
        ON CONFLICT (site, region, day) DO UPDATE SET captures = site_days.captures + excluded.captures""",
    PUBLICATION_DAYS: """INSERT INTO publication_days (site, day, captures, first_us, newest_us)
        VALUES (:site, :published, :captures, :first, :newest) ON CONFLICT (site, day) DO UPDATE SET
        captures = publication_days.captures + excluded.captures,
        first_us = CASE WHEN publication_days.first_us > excluded.first_us
            THEN excluded.first_us ELSE publication_days.first_us END,
        newest_us = CASE WHEN publication_days.newest_us < excluded.newest_us
            THEN excluded.newest_us ELSE publication_days.newest_us END""",
}
_KEYS = {
    SITE_SUMS: {name: name for name in _KINDS},
    SITE_DAYS: {"site": "site", "region": "region", "day": "day"},
    PUBLICATION_DAYS: {"site": "site", "day": "published"},
}
"""The parameter for each column of a key."""

_NUMBERS = {"captures": "captures", "first_us": "first", "newest_us": "newest"}
_ADD_STATEMENTS = {
    table: Prepared(
        typed(
            _ADD[table],
            {name: table.c[column].type for column, name in (names | _NUMBERS).items() if column in table.c},
        )
    )
    for table, names in _KEYS.items()
}


def _where(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == bindparam(f"of_{value}") for name, value in _KEYS[table].items()))


_LESS = {table: sa.update(table).where(_where(table)).values(captures=table.c.captures - 1) for table in _KEYS}
_EMPTY = {table: sa.delete(table).where(_where(table), table.c.captures <= 0) for table in _KEYS}
_EXTREMES = {
    dated: sa.select(sa.func.min(ENTRIES.c.fetched_us), sa.func.max(ENTRIES.c.fetched_us)).where(
        ENTRIES.c.outcome == "article",
        ENTRIES.c.published_on == bindparam("on", type_=sa.Date) if dated else ENTRIES.c.published_on.is_(None),
        sa.true() if dated else ENTRIES.c.verdict == "new",
        sa.func.coalesce(ENTRIES.c.site, "") == bindparam("site"),
    )
    for dated in (True, False)
}
_SET_EXTREMES = (
    sa.update(PUBLICATION_DAYS)
    .where(_where(PUBLICATION_DAYS))
    .values(first_us=bindparam("first"), newest_us=bindparam("newest"))
)
_HAS_EXTREME = sa.select(PUBLICATION_DAYS.c.day).where(
    _where(PUBLICATION_DAYS),
    sa.or_(PUBLICATION_DAYS.c.first_us == bindparam("us"), PUBLICATION_DAYS.c.newest_us == bindparam("us")),
)
_BY_SITE = sa.select(SITE_SUMS).order_by(*(SITE_SUMS.c[name] for name in _KINDS))
_SITES = sa.select(SITE_SUMS.c.site).distinct().subquery("sites")
_NEWEST = sa.select(sa.func.max(ENTRIES.c.fetched_us))
_NEWEST_BY_SITE = sa.select(
    _SITES.c.site, _NEWEST.where(ENTRIES.c.site == _SITES.c.site).scalar_subquery().label("newest")
)
_NEWEST_WITHOUT_SITE = _NEWEST.where(ENTRIES.c.site.is_(None))
_DAY = PUBLICATION_DAYS.c.day
_PUBLICATIONS = sa.select(
    PUBLICATION_DAYS.c.site,
    sa.func.sum(PUBLICATION_DAYS.c.captures),
    sa.func.min(PUBLICATION_DAYS.c.first_us),
    sa.func.max(sa.case((_DAY == "", PUBLICATION_DAYS.c.newest_us))),
    sa.func.aggregate_strings(_DAY, " "),
).group_by(PUBLICATION_DAYS.c.site)


@frozen(kw_only=True)
class Publications:
    """When a site published: the number of its captures with an article, the first one, and the days in order.

    `undated_us` is the newest capture without a day; such captures are counted only if their text was new.
    """

    site: str | None
    captures: int
    first_us: int
    undated_us: int | None
    days: Sequence[str]


def day_number(us: int) -> int:
    """Return the number of the day in China, from 1970-01-01, of a time in microseconds."""
    return (us + CHINA_OFFSET_US) // DAY_US


def change(connection: sa.Connection, old: Row | None, new: Row | None) -> None:
    """Move an entry from the sums of its old row to those of its new one, which `entries` already has.

    `old` is None for an entry that is added, `new` for one that is removed.
    """
    before, after = (_values(row) if row else None for row in (old, new))
    for table, names in _KEYS.items():
        left, entered = (_counted(table, values) for values in (before, after))
        same = left and entered and all(left[name] == entered[name] for name in (*names.values(), "us"))
        if left and not same:
            _take(connection, table, left)
        if entered and not same:
            additions.add(connection, _ADD_STATEMENTS[table], _addition(table, entered))


def captures_by_site(connection: sa.Connection) -> list[dict[str, Any]]:
    """Return the sums by site, outcome, reason, verdict and relation, with the time of the site's newest capture."""
    rows = [dict(zip((*_KINDS, "captures"), row, strict=True)) for row in connection.execute(_BY_SITE)]
    newest: dict[str, int] = {row.site: row.newest for row in connection.execute(_NEWEST_BY_SITE)}
    if "" in newest:
        newest[""] = connection.execute(_NEWEST_WITHOUT_SITE).scalar_one()
    return [
        {name: row[name] or None for name in _KINDS} | {"captures": row["captures"], "newest_us": newest[row["site"]]}
        for row in rows
    ]


def publication_days(connection: sa.Connection) -> list[dict[str, Any]]:
    """Return the sums by site and day of publication."""
    return [
        {
            "site": site or None,
            "published_on": dt.date.fromisoformat(day) if day else None,
            "captures": captures,
            "first_us": first,
            "newest_us": newest,
        }
        for site, day, captures, first, newest in connection.execute(sa.select(PUBLICATION_DAYS))
    ]


def publications(connection: sa.Connection) -> list[Publications]:
    """Return the sums by day of publication, one object for each site: a row for each day takes ten times as long."""
    return [
        Publications(
            site=site or None, captures=int(captures), first_us=first, undated_us=undated, days=sorted(days.split())
        )
        for site, captures, first, undated, days in connection.execute(_PUBLICATIONS)
    ]


def _values(row: Row) -> dict[str, Any]:
    """Return the values of the keys for a row of `entries`."""
    texts = {name: row[name] or "" for name in (*_KINDS, "region")}
    day = row["published_on"]
    return {**texts, "day": day_number(row["fetched_us"]), "published": f"{day or ''}", "us": row["fetched_us"]}


def _counted(table: sa.Table, values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the values if a table counts entries that have them."""
    if values is None or table is not PUBLICATION_DAYS:
        return values
    return values if values["outcome"] == "article" and (values["published"] or values["verdict"] == "new") else None


def _addition(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that count one more capture."""
    key = {name: values[name] for name in _KEYS[table].values()}
    extremes = {"first": values["us"], "newest": values["us"]} if table is PUBLICATION_DAYS else {}
    return key | {"captures": 1} | extremes


def _take(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    additions.flush(connection)
    key = {f"of_{value}": values[value] for value in _KEYS[table].values()}
    connection.execute(_LESS[table], key)
    connection.execute(_EMPTY[table], key)
    if table is PUBLICATION_DAYS and connection.execute(_HAS_EXTREME, key | {"us": values["us"]}).first():
        day = dt.date.fromisoformat(values["published"]) if values["published"] else None
        asked = {"site": values["site"]} | ({"on": day} if day else {})
        first, newest = connection.execute(_EXTREMES[day is not None], asked).one()
        if first is not None:
            connection.execute(_SET_EXTREMES, key | {"first": first, "newest": newest})
