"""The results of a search: which captures match, in order, with copies of one text folded into one result."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from attrs import frozen

from pipelines.catalogue.filters import Filter, Order, ordering
from pipelines.catalogue.query_sql import relevance
from pipelines.catalogue.tables import ARTICLES

_KEPT = ("id", "verdict", "relation", "copy_of", "fetched_us", "published_on", "score")


@frozen(kw_only=True)
class Found:
    """A capture that matches, and how many further matching captures are copies of the same text."""

    id: str
    copies: int = 0


@frozen(kw_only=True)
class Results:
    """The first results of a search in order; `total` results are made of `captures` captures."""

    found: tuple[Found, ...]
    total: int
    captures: int


def search(connection: sa.Connection, wanted: Filter, order: Order, limit: int | None, *, folded: bool) -> Results:
    """Return the captures with an article that a filter accepts.

    With `folded`, the first one in the order stands for all captures of the same text: those whose chain of copies ends
    at the same capture. A text that contains an earlier one and more is not a copy.
    """
    dialect = connection.dialect.name
    hits = _hits(wanted, dialect, scored=order == "relevance")
    rooted = _rooted(hits).cte("rooted") if folded else sa.select(hits, hits.c.id.label("root")).cte("rooted")
    by_order = ordering(order, rooted.c)
    same = sa.over(sa.func.count(), partition_by=rooted.c.root)
    place = sa.over(sa.func.row_number(), partition_by=rooted.c.root, order_by=by_order)
    placed = sa.select(rooted, same.label("prints"), place.label("place")).cte("placed")
    every = sa.over(sa.func.count()).label("total"), sa.over(sa.func.sum(placed.c.prints)).label("captures")
    query = sa.select(placed.c.id, placed.c.prints, *every).where(placed.c.place == 1)
    rows = connection.execute(query.order_by(*ordering(order, placed.c)).limit(limit)).all()
    return Results(
        found=tuple(Found(id=row.id, copies=row.prints - 1) for row in rows),
        total=rows[0].total if rows else 0,
        captures=int(rows[0].captures) if rows else 0,
    )


def _hits(wanted: Filter, dialect: str, *, scored: bool) -> sa.CTE:
    """Return the matching captures, each once: the best article of a page counts for relevance."""
    columns = [ARTICLES.c[name] for name in _KEPT]
    best = sa.func.max(relevance(wanted.query, dialect) if scored else sa.literal(0)).label("relevance")
    return sa.select(*columns, best).where(*wanted.article_conditions(dialect)).group_by(*columns).cte("hits")


def _rooted(hits: sa.CTE) -> sa.Select[Any]:
    """Return the hits with the capture at which their chain of copies ends, after three steps at most.

    An exact copy is one of a near copy or of an exact copy by other means, and only a near copy is left after that.
    """
    first, second = ARTICLES.alias("first"), ARTICLES.alias("second")
    is_copy = sa.and_(hits.c.copy_of.is_not(None), hits.c.relation.is_distinct_from("contains"))
    end = sa.func.coalesce(second.c.copy_of, first.c.copy_of, hits.c.copy_of)
    return (
        sa.select(hits, sa.case((is_copy, end), else_=hits.c.id).label("root"))
        .outerjoin(first, sa.and_(is_copy, first.c.id == hits.c.copy_of, first.c.ordinal == 0, _goes_on(first)))
        .outerjoin(second, sa.and_(second.c.id == first.c.copy_of, second.c.ordinal == 0, _goes_on(second)))
    )


def _goes_on(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return table.c.relation.is_distinct_from("contains")
