"""The statements that list the entries which a filter accepts, and that count them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.filters import Filter, Order, ordering
from pipelines.catalogue.tables import ENTRIES

_BY_FILTERS = ("INDEXED BY entries_filters", "sqlite")
"""Read the index that has all columns of a filter. For a period of publication SQLite would read each row in it, and
for a rare reason each row until it has enough."""

_SORTED = ("id", "published_on", "fetched_us", "score")
"""The columns by which entries are sorted."""


def count_query(wanted: Filter, dialect: str, *, scored: bool) -> sa.Select[Any]:
    """Return the statement for the number of entries; with `scored` of those only that have a score."""
    query = sa.select(sa.func.count()).select_from(ENTRIES).where(*wanted.conditions(dialect))
    query = query.where(ENTRIES.c.score.is_not(None)) if scored else query
    return query.with_hint(ENTRIES, *_BY_FILTERS) if _selects_many(wanted) else query


def list_query(wanted: Filter, order: Order, limit: int | None, dialect: str) -> sa.Select[Any]:
    """Return the statement for the ids and documents of the entries in order; by `score` of those that have one."""
    conditions = wanted.conditions(dialect)
    if order == "score":
        conditions.append(ENTRIES.c.score.is_not(None))
    in_order = ordering(order, ENTRIES.c)
    query = sa.select(ENTRIES.c.id, ENTRIES.c.document).order_by(*in_order)
    if limit and _selects_many(wanted) and (wanted.publication or wanted.reason):
        first = sa.select(ENTRIES.c.id).with_hint(ENTRIES, *_BY_FILTERS).where(*conditions)
        return query.where(ENTRIES.c.id.in_(first.order_by(*in_order).limit(limit)))
    if limit and _is_of_place(wanted, order, dialect):
        of_place = sa.select(*(ENTRIES.c[name] for name in _SORTED)).where(*conditions).cte("of_place")
        of_place = of_place.prefix_with("MATERIALIZED")
        first = sa.select(of_place.c.id).order_by(*ordering(order, of_place.c)).limit(limit)
        return query.where(ENTRIES.c.id.in_(first))
    return query.where(*conditions).limit(limit)


def _selects_many(wanted: Filter) -> bool:
    """Return whether a filter has no condition that selects few captures by an index."""
    return not (wanted.site or wanted.region or wanted.query or wanted.ids is not None)


def _is_of_place(wanted: Filter, order: Order, dialect: str) -> bool:
    """Return whether PostgreSQL must find what is sorted first.

    It takes the captures of a site for spread evenly over all days and scores, and would read the index of these until
    it has enough: 250,000 rows for a site with 225 captures, the last of which is a year old.
    """
    return dialect == "postgresql" and bool(wanted.site or wanted.region) and order != "captured"
