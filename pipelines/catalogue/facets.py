"""The facets of a result: how its articles are spread over months, places, sources and verdicts, read in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.counting import COLUMNS, is_repeated
from pipelines.catalogue.dimensions import PERIODS, Dimension, value_text
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.tables import ARTICLES

FACETS: tuple[Dimension, ...] = ("month", "site", "region", "source", "column", "verdict")

Facets = Mapping[Dimension, list[tuple[str | None, int]]]
"""For each dimension its values and their numbers of articles: months in the order of time, all others with the highest
number first. What has no value comes last."""


def facets(connection: sa.Connection, wanted: Filter, *, once: bool) -> Facets:
    """Return the facets of the articles that a filter accepts; for `once` see `counting.count_articles`."""
    columns = [COLUMNS[name].label(name) for name in FACETS]
    page = sa.case((is_repeated(), sa.func.coalesce(ARTICLES.c.first_key, ARTICLES.c.key)), else_=None)
    query = sa.select(page if once else sa.null(), *columns)
    counts: dict[Dimension, Counter[Any]] = {name: Counter() for name in FACETS}
    of_repeated = set[tuple[Dimension, str | None, int]]()
    for first_key, *values in connection.execute(query.where(*wanted.article_conditions(connection.dialect.name))):
        for name, value in zip(FACETS, values, strict=True):
            if first_key is None:
                counts[name][value] += 1
            else:
                of_repeated.add((name, value_text(name, value), first_key))
    texts: dict[Dimension, Counter[str | None]] = {name: Counter() for name in FACETS}
    for name, counter in counts.items():
        for value, number in counter.items():
            texts[name][value_text(name, value)] += number
    for name, text, _ in of_repeated:
        texts[name][text] += 1
    return {name: _in_order(name, counter) for name, counter in texts.items()}


def _in_order(name: Dimension, counts: Counter[str | None]) -> list[tuple[str | None, int]]:
    def place(item: tuple[str | None, int]) -> tuple[object, ...]:
        return item[0] is None, 0 if name in PERIODS else -item[1], item[0] or ""

    return sorted(counts.items(), key=place)
