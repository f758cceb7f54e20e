"""Numbers of articles without words, from the sums that are kept with the index."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.article_sums import DIMENSIONS
from pipelines.catalogue.dimensions import PERIODS, PLACES, CountKey, Dimension
from pipelines.catalogue.filters import LAST_CODE, Filter
from pipelines.catalogue.tables import ARTICLE_SUMS, ARTICLES

CHARS = {"year": len("2024"), "month": len("2024-03")}
"""How many characters of a day name a period. Weeks are named in Python: few databases know those of ISO 8601."""


def sums_have(wanted: Filter, by: Sequence[Dimension]) -> bool:
    """Return whether the sums have what a filter accepts, and its numbers by these values.

    They are sums by site and region, either by day or by one other value.
    """
    places = Filter(site=wanted.site, region=wanted.region)
    days = Filter(
        site=wanted.site,
        region=wanted.region,
        published_since=wanted.published_since,
        published_until=wanted.published_until,
    )
    values = [name for name in by if name not in PLACES]
    return wanted == days if all(name in PERIODS for name in values) else wanted == places and len(values) == 1


def summed_articles(
    connection: sa.Connection, wanted: Filter, by: Sequence[Dimension], *, once: bool
) -> Counter[CountKey]:
    """Return the number of articles by some values; see `counting.count_articles`."""
    dimension = next((name for name in by if name in DIMENSIONS and name not in PERIODS), "day")
    columns = [_column(name).label(f"by_{at}") for at, name in enumerate(by)]
    number = sa.func.sum(ARTICLE_SUMS.c.pages if once else ARTICLE_SUMS.c.articles)
    query = sa.select(*columns, number).where(*_conditions(wanted, dimension)).group_by(*columns)
    counts: Counter[CountKey] = Counter()
    for *values, articles in connection.execute(query):
        counts[tuple(map(_name, by, values))] += int(articles)
    if once:
        counts.subtract(_counted_again(connection, wanted, by, dimension))
    return counts


def _counted_again(
    connection: sa.Connection, wanted: Filter, by: Sequence[Dimension], dimension: str
) -> Counter[CountKey]:
    """Return how often pages are in several sums of a combination: those of which captures differ."""
    page = sa.func.coalesce(ARTICLES.c.first_key, ARTICLES.c.key)
    cell = (ARTICLES.c.site, ARTICLES.c.region, ARTICLES.c[DIMENSIONS[dimension]])
    varied = (ARTICLES.c.varied.is_not(None), *wanted.article_conditions(connection.dialect.name))
    sums: Counter[tuple[int, CountKey]] = Counter()
    for at, site, region, value in connection.execute(sa.select(page, *cell).where(*varied).distinct()):
        found = {"site": site, "region": region}
        sums[at, tuple(_name(name, found.get(name) if name in PLACES else str(value or "")) for name in by)] += 1
    again: Counter[CountKey] = Counter()
    for (_page, key), number in sums.items():
        again[key] += number - 1
    return again


def _conditions(wanted: Filter, dimension: str) -> Iterator[sa.ColumnElement[bool]]:
    columns = ARTICLE_SUMS.c
    yield columns.dimension == dimension
    if wanted.site:
        yield columns.site == wanted.site
    if wanted.region:
        yield columns.region.between(wanted.region, wanted.region + LAST_CODE)
    if wanted.publication:
        yield columns.value != ""
    if wanted.published_since:
        yield columns.value >= f"{wanted.published_since}"
    if wanted.published_until:
        yield columns.value <= f"{wanted.published_until}"


def _column(name: Dimension) -> sa.ColumnElement[Any]:
    if name in PLACES:
        return ARTICLE_SUMS.c[name]
    return sa.func.substr(ARTICLE_SUMS.c.value, 1, CHARS[name]) if name in CHARS else ARTICLE_SUMS.c.value


def _name(name: Dimension, value: str | None) -> str | None:
    """Return the name of a value: of a day the period in which it is."""
    return _period(name, value) if value and name in PERIODS else value or None


@functools.lru_cache(4096)
def _period(name: Dimension, text: str) -> str:
    return PERIODS[name](dt.date.fromisoformat(text)) if len(text) == len("2024-03-05") else text
