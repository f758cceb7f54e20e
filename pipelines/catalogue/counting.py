"""Counts of articles by day, place, source or verdict, and of the days on which sites were crawled."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import evolve, frozen

from pipelines.catalogue.dimensions import PERIODS, PLACES, CountKey, Dimension, value_text
from pipelines.catalogue.filters import LAST_CODE, Filter
from pipelines.catalogue.summed import summed_articles, sums_have
from pipelines.catalogue.tables import ARTICLES, SITE_DAYS

__all__ = ["PERIODS", "Count", "CountKey", "Dimension", "count_articles", "crawled_days", "ids_by", "is_repeated"]

EPOCH = dt.date(1970, 1, 1)
DAYS_TO_MONDAY = 3
"""1970-01-01 is a Thursday, three days after the Monday on which its week begins."""


@frozen(kw_only=True)
class Count:
    """The articles of one combination of values.

    `of` is the number of articles without the query. `crawled_days` is the number of days on which a site was crawled
    in the period, or in all if no period is counted; None if places or periods are not what is counted.
    """

    key: CountKey
    articles: int
    of: int
    crawled_days: int | None


def count_articles(
    connection: sa.Connection, wanted: Filter, by: Sequence[Dimension], *, once: bool = False
) -> list[Count]:
    """Return the number of articles that a filter accepts for each combination of values, in order.

    Periods are in the order of time, everything else with the highest number first. Periods and places with other
    articles, or in which a site was crawled, have rows with 0; if one period is all that is counted, so do those in
    between. With `once` an article counts once, however often its page was captured; without it each capture counts.
    """
    found = _articles(connection, wanted, by, once=once)
    everything = _articles(connection, evolve(wanted, query=None), by, once=once) if wanted.query else found
    crawled = crawled_days(connection, wanted, by) if not {*by} & {"source", "column", "verdict"} else None
    keys = {*found} if crawled is None else {*found, *everything, *crawled}
    if len(by) == 1 and by[0] in PERIODS:
        keys |= {(name,) for name in _periods_between(by[0], [key[0] for key in keys if key[0]])}
    counts = [
        Count(
            key=key,
            articles=found[key],
            of=everything[key],
            crawled_days=None if crawled is None else crawled.get(key, 0),
        )
        for key in keys
    ]
    return sorted(counts, key=lambda count: _place(count, by))


def _place(count: Count, by: Sequence[Dimension]) -> tuple[Any, ...]:
    """Return what counts are sorted by: what has no value comes last in its period."""
    values = [(value is None, value or "") for value in count.key]
    periods = [value for value, name in zip(values, by, strict=True) if name in PERIODS]
    return (*periods, -count.articles, *values)


def _articles(connection: sa.Connection, wanted: Filter, by: Sequence[Dimension], *, once: bool) -> Counter[CountKey]:
    if sums_have(wanted, by):
        return summed_articles(connection, wanted, by, once=once)
    dialect = connection.dialect.name
    columns = [_column(name, dialect, alone=len(by) == 1).label(f"by_{at}") for at, name in enumerate(by)]
    query = sa.select(*columns, sa.func.count()).where(*wanted.article_conditions(dialect)).group_by(*columns)
    counts: Counter[CountKey] = Counter()
    for *values, number in connection.execute(query):
        counts[_key(by, values)] += number
    if once:
        counts.subtract(_repeats(connection, query, by))
    return counts


def _repeats(connection: sa.Connection, query: sa.Select[Any], by: Sequence[Dimension]) -> Counter[CountKey]:
    """Return how often articles were counted again, because their pages were captured more than once.

    Only articles of such pages are looked at.
    """
    first = sa.func.coalesce(ARTICLES.c.first_key, ARTICLES.c.key)
    of_repeated = query.add_columns(first).where(is_repeated()).group_by(first)
    captures: Counter[tuple[CountKey, int]] = Counter()
    for *values, number, first_key in connection.execute(of_repeated):
        captures[_key(by, values), first_key] += number
    repeats: Counter[CountKey] = Counter()
    for (key, _), number in captures.items():
        repeats[key] += number - 1
    return repeats


def ids_by(connection: sa.Connection, wanted: Filter, by: Sequence[Dimension]) -> dict[CountKey, list[str]]:
    """Return the ids of the captures with an article that a filter accepts, by their values, both in order.

    For a source or a column the first article of a page counts.
    """
    query = sa.select(ARTICLES.c.id, *(COLUMNS[name].label(f"by_{at}") for at, name in enumerate(by)))
    query = query.where(*wanted.article_conditions(connection.dialect.name)).order_by(ARTICLES.c.id, ARTICLES.c.ordinal)
    keys: dict[str, CountKey] = {}
    for capture_id, *values in connection.execute(query):
        if capture_id not in keys:
            keys[capture_id] = _key(by, values)
    found: dict[CountKey, list[str]] = {}
    for capture_id, key in keys.items():
        found.setdefault(key, []).append(capture_id)
    return dict(sorted(found.items(), key=lambda item: [(value is None, value or "") for value in item[0]]))


def is_repeated() -> sa.ColumnElement[bool]:
    """Return the condition that a row of `articles` is of an article whose page was captured more than once."""
    later = ARTICLES.alias("later")
    firsts = sa.select(later.c.first_key).where(later.c.first_key.is_not(None))
    return sa.or_(ARTICLES.c.first_key.is_not(None), ARTICLES.c.key.in_(firsts))


COLUMNS: Mapping[Dimension, sa.Column[Any]] = {
    "year": ARTICLES.c.published_on,
    "month": ARTICLES.c.published_on,
    "week": ARTICLES.c.published_on,
    "day": ARTICLES.c.published_on,
    "site": ARTICLES.c.site,
    "region": ARTICLES.c.region,
    "source": ARTICLES.c.source_name,
    "column": ARTICLES.c.column_name,
    "verdict": ARTICLES.c.verdict,
}
"""The column that has the values of a dimension; for periods the day."""


def _column(name: Dimension, dialect: str, *, alone: bool) -> sa.ColumnElement[Any]:
    """Return what SQL groups by.

    A period that is counted alone is made of days, for which there is an index, weeks in any case: few databases know
    those of ISO 8601.
    """
    if name in ("year", "month") and not alone:
        chars, day = len("2024") if name == "year" else len("2024-03"), COLUMNS[name]
        text = sa.type_coerce(day, sa.Text) if dialect == "sqlite" else sa.func.to_char(day, "YYYY-MM-DD")
        return sa.func.substr(text, 1, chars)
    return COLUMNS[name]


def _key(by: Sequence[Dimension], values: Sequence[object]) -> CountKey:
    return tuple(value_text(name, value) for name, value in zip(by, values, strict=True))


def crawled_days(connection: sa.Connection, wanted: Filter, by: Sequence[Dimension]) -> Counter[CountKey]:
    """Return the number of days with captures by place and period; of the filter only places and days count."""
    groups = [_crawled_column(name, connection.dialect.name).label(f"by_{at}") for at, name in enumerate(by)]
    number = sa.func.count(SITE_DAYS.c.day.distinct())
    query = sa.select(*groups, number).where(*_of_days(wanted)).group_by(*groups)
    return Counter(
        {
            tuple(_crawled_name(name, value) for name, value in zip(by, values, strict=True)): days
            for *values, days in connection.execute(query)
        }
    )


def _crawled_column(name: Dimension, dialect: str) -> sa.ColumnElement[Any]:
    """Return what SQL groups days by: a place, a day, a year or month as text, or the number of a week."""
    day = SITE_DAYS.c.day
    if name in PLACES:
        return SITE_DAYS.c[name]
    if name == "week":
        return (day + DAYS_TO_MONDAY) // sa.literal_column("7", sa.Integer)
    if name == "day":
        return day
    if dialect == "sqlite":
        return sa.func.strftime("%Y" if name == "year" else "%Y-%m", day * sa.literal_column("86400"), "unixepoch")
    return sa.func.to_char(sa.literal(EPOCH, sa.Date) + day, "YYYY" if name == "year" else "YYYY-MM")


def _crawled_name(name: Dimension, value: Any) -> str | None:
    match name:
        case "week":
            return PERIODS[name](EPOCH + dt.timedelta(days=7 * value - DAYS_TO_MONDAY))
        case "day":
            return PERIODS[name](EPOCH + dt.timedelta(days=value))
        case _:
            return value or None


def _of_days(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of a filter on places and days, of capture and of publication, as conditions on days."""
    if wanted.site:
        yield SITE_DAYS.c.site == wanted.site
    if wanted.region:
        yield SITE_DAYS.c.region.between(wanted.region, wanted.region + LAST_CODE)
    for since in filter(None, (wanted.captured_since, wanted.published_since)):
        yield SITE_DAYS.c.day >= (since - EPOCH).days
    for until in filter(None, (wanted.captured_until, wanted.published_until)):
        yield SITE_DAYS.c.day <= (until - EPOCH).days


def _periods_between(name: Dimension, found: Iterable[str]) -> set[str]:
    """Return all periods from the first to the last of some."""
    ends = sorted(found)
    if not ends:
        return set()
    day, last, names = _first_day(name, ends[0]), _first_day(name, ends[-1]), set()
    while day <= last:
        names.add(PERIODS[name](day))
        day += dt.timedelta(days=1)
    return names


def _first_day(name: Dimension, text: str) -> dt.date:
    rest = {"year": "-01-01", "month": "-01", "week": "-1", "day": ""}
    return dt.date.fromisoformat(text + rest[name])
