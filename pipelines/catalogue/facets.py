"""The facets of a result: how its articles are spread over months, places, sources and verdicts, read in one pass."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.counting import COLUMNS, is_repeated
from pipelines.catalogue.dimensions import PERIODS, Dimension, value_text
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.tables import ARTICLES

FACETS: tuple[Dimension, ...] = ("month", "site", "region", "source", "column", "verdict")

ROWS = 10_000
"""Rows that are counted at a time, in some 5 MB."""

Facets = Mapping[Dimension, list[tuple[str | None, int]]]
"""For each dimension its values and their numbers of articles: months in the order of time, all others with the highest
number first. What has no value comes last."""


def facets(connection: sa.Connection, wanted: Filter, *, once: bool) -> Facets:
    """Return the facets of the articles that a filter accepts; for `once` see `counting.count_articles`.

    The rows are counted column by column, by functions that are compiled, and a value becomes a text only once: a
    frequent word has as many rows as half of the catalogue.
    """
    columns = [sa.type_coerce(COLUMNS[name], sa.Text).label(name) for name in FACETS]
    page = sa.case((is_repeated(), sa.func.coalesce(ARTICLES.c.first_key, ARTICLES.c.key)), else_=None)
    query = sa.select(page if once else sa.null(), *columns)
    counts: dict[Dimension, Counter[str | None]] = {name: Counter() for name in FACETS}
    of_repeated: dict[Dimension, set[tuple[str | None, int]]] = {name: set() for name in FACETS}
    texts = {name: _Texts(name) for name in FACETS}
    for part in _parts(connection, query.where(*wanted.article_conditions(connection.dialect.name))):
        first_keys = [row[0] for row in part]
        is_single = [key is None for key in first_keys]
        repeated = [key for key in first_keys if key is not None]
        for place, name in enumerate(FACETS, 1):
            column = [*map(itemgetter(place), part)]
            for value, number in Counter(compress(column, is_single)).items():
                counts[name][texts[name][value]] += number
            found = map(texts[name].__getitem__, compress(column, first_keys))
            of_repeated[name].update(zip(found, repeated, strict=True))
    for name, pairs in of_repeated.items():
        counts[name].update(map(itemgetter(0), pairs))
    return {name: _in_order(name, counter) for name, counter in counts.items()}


class _Texts(dict[Any, str | None]):
    """The values of a dimension as texts, each made once. SQLite gives days as text, PostgreSQL as dates."""

    def __init__(self, name: Dimension) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, value: str | dt.date | None) -> str | None:
        is_day = self._name in PERIODS and isinstance(value, str)
        self[value] = value_text(self._name, dt.date.fromisoformat(str(value)) if is_day else value)
        return self[value]


def _parts(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the rows of a query as the driver gives them: SQLAlchemy's rows cost as much as all else together."""
    with connection.execute(query) as result:
        cursor: Any = result.cursor
        while part := cursor.fetchmany(ROWS):
            yield part


def _in_order(name: Dimension, counts: Counter[str | None]) -> list[tuple[str | None, int]]:
    def place(item: tuple[str | None, int]) -> tuple[object, ...]:
        return item[0] is None, 0 if name in PERIODS else -item[1], item[0] or ""

    return sorted(counts.items(), key=place)
