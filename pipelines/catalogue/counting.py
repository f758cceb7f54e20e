"""Counts of articles by day, place, source or verdict, and of the days on which sites were crawled."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

import sqlalchemy as sa
from attrs import evolve, frozen

from pipelines.catalogue.filters import Filter
from pipelines.catalogue.tables import ARTICLES, ENTRIES
from pipelines.model.fields import column_text
from pipelines.times import CHINA, from_us

Dimension = Literal["year", "month", "week", "day", "site", "region", "source", "column", "verdict"]
Key = tuple[str | None, ...]
"""A value for each dimension, None where an article has none."""

PERIODS: Mapping[str, Callable[[dt.date], str]] = {
    "year": lambda day: f"{day:%Y}",
    "month": lambda day: f"{day:%Y-%m}",
    "week": lambda day: f"{day:%G-W%V}",
    "day": lambda day: f"{day:%Y-%m-%d}",
}
"""The periods of publication, written as in ISO 8601: a week begins on Monday, and its year is that of its Thursday."""

PLACES = ("site", "region")
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

CHINA_OFFSET_US = CHINA.utcoffset(None) // dt.timedelta(microseconds=1)
DAY_US = dt.timedelta(days=1) // dt.timedelta(microseconds=1)


@frozen(kw_only=True)
class Count:
    """The articles of one combination of values.

    `of` is the number of articles without the query. `crawled_days` is the number of days on which a site was crawled
    in the period, or in all if no period is counted; None if places or periods are not what is counted.
    """

    key: Key
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
    Sources and columns are read from the documents.
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


def _articles(connection: sa.Connection, wanted: Filter, by: Sequence[Dimension], *, once: bool) -> Counter[Key]:
    dialect = connection.dialect.name
    columns = [_column(name, dialect).label(f"by_{number}") for number, name in enumerate(by)]
    table: sa.FromClause = ARTICLES
    if once or {*by} & {"source", "column"}:
        table = ARTICLES.join(ENTRIES, ENTRIES.c.id == ARTICLES.c.id)
    page = ENTRIES.c.final_url + sa.literal(" ") + sa.cast(ARTICLES.c.ordinal, sa.Text)
    number = sa.func.count(page.distinct()) if once else sa.func.count()
    query = sa.select(*columns, number).select_from(table).where(*wanted.article_conditions(dialect))
    query = query.group_by(*columns)
    counts: Counter[Key] = Counter()
    for *values, found in connection.execute(query):
        counts[tuple(_value(name, value) for name, value in zip(by, values, strict=True))] += found
    return counts


def _column(name: Dimension, dialect: str) -> sa.ColumnElement[Any]:
    """Return what SQL groups by; weeks are made of days, because few databases know those of ISO 8601."""
    day = ARTICLES.c.published_on
    if name in ("source", "column"):
        return _in_document(name, dialect)
    if name in ("year", "month"):
        chars = len("2024") if name == "year" else len("2024-03")
        text = sa.type_coerce(day, sa.Text) if dialect == "sqlite" else sa.func.to_char(day, "YYYY-MM-DD")
        return sa.func.substr(text, 1, chars)
    return day if name in PERIODS else ARTICLES.c[name]


def _in_document(name: str, dialect: str) -> sa.ColumnElement[Any]:
    """Return a value of an article in the JSON of its entry; a list is its JSON."""
    if dialect == "sqlite":
        path = sa.literal("$.articles[") + sa.cast(ARTICLES.c.ordinal, sa.Text) + sa.literal(f"].{name}")
        return sa.func.json_extract(ENTRIES.c.document, path)
    document, number = sa.cast(ENTRIES.c.document, sa.JSON), sa.cast(ARTICLES.c.ordinal, sa.Text)
    return sa.func.json_extract_path_text(document, "articles", number, name)


def _value(name: Dimension, value: object) -> str | None:
    """Return a value as text, None if there is none."""
    if isinstance(value, dt.date):
        return PERIODS[name](value)
    if name == "column" and isinstance(value, str):
        return column_text(json.loads(value)) or None
    return str(value) if value else None


def crawled_days(connection: sa.Connection, wanted: Filter, by: Sequence[Dimension]) -> Counter[Key]:
    """Return the number of days with captures by place and period; of the filter only places and days count."""
    only = Filter(
        site=wanted.site,
        region=wanted.region,
        captured_since=wanted.captured_since,
        captured_until=wanted.captured_until,
    )
    number = (ENTRIES.c.fetched_us + CHINA_OFFSET_US) // DAY_US
    places = [ENTRIES.c[name] for name in by if name in PLACES]
    query = sa.select(number, *places).where(*only.conditions(connection.dialect.name)).distinct()
    days: Counter[Key] = Counter()
    for since_epoch, *values in connection.execute(query):
        day = from_us(since_epoch * DAY_US).date()
        if (wanted.published_since or day) <= day <= (wanted.published_until or day):
            place = iter(values)
            days[tuple(PERIODS[name](day) if name in PERIODS else next(place) for name in by)] += 1
    return days


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
