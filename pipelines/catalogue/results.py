"""The results of a search: which captures match, in order, with copies of one text folded into one result."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import islice
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from pipelines.catalogue.filters import Filter, Order, ordering, value_rows
from pipelines.catalogue.query_sql import relevance
from pipelines.catalogue.tables import ARTICLES

_KEPT = ("id", "relation", "copy_of", "fetched_us", "published_on", "score")

MARGIN = 40
"""Further rows that are read at first, in case that some are copies, or articles of one page."""

_MATCHES = sa.table("matches", sa.column("key"), schema="temp")
_CREATE_MATCHES = sa.text("CREATE TEMPORARY TABLE IF NOT EXISTS matches (key INTEGER PRIMARY KEY)")

Conditions = Sequence[sa.ColumnElement[bool]]


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

    Only what is shown is sorted. The totals are counted: all matching articles, less the further ones of their pages,
    less the copies of texts that match otherwise.
    """
    conditions = _matched(connection, wanted.article_conditions(connection.dialect.name))
    rare = [sa.func.sum(sa.case((each, 1), else_=0)) for each in (ARTICLES.c.ordinal > 0, _is_copy(ARTICLES))]
    articles, further, copies = connection.execute(sa.select(sa.func.count(), *rare).where(*conditions)).one()
    captures = articles - (_further(connection, conditions) if further else 0)
    total = captures - (_folded(connection, conditions) if folded and copies else 0)
    every = _with_relevance(wanted if order == "relevance" else Filter(), conditions, connection.dialect.name)
    every = every.order_by(*ordering(order, every.selected_columns))
    shown = _first(connection, every, order, min(limit or total, total), folded=folded and bool(copies))
    prints = _prints(connection, conditions, set(shown)) if folded and copies else {}
    return Results(
        found=tuple(Found(id=key, copies=prints.get(root, 1) - 1) for root, key in shown.items()),
        total=total,
        captures=captures,
    )


def _matched(connection: sa.Connection, conditions: Conditions) -> Conditions:
    """Return conditions that select the same articles, in SQLite from a temporary table.

    A search evaluates them several times, and FTS5 takes longer for a frequent word than everything else.
    """
    if connection.dialect.name != "sqlite":
        return conditions
    connection.execute(_CREATE_MATCHES)
    connection.execute(sa.delete(_MATCHES))
    connection.execute(sa.insert(_MATCHES).from_select(["key"], sa.select(ARTICLES.c.key).where(*conditions)))
    return [ARTICLES.c.key.in_(sa.select(_MATCHES.c.key))]


def _with_relevance(wanted: Filter, conditions: Conditions, dialect: str) -> sa.Select[Any]:
    columns = (ARTICLES.c[name] for name in _KEPT)
    return sa.select(*columns, relevance(wanted.query, dialect).label("relevance")).where(*conditions)


def _first(
    connection: sa.Connection, every: sa.Select[Any], order: Order, limit: int, *, folded: bool
) -> dict[str, str]:
    """Return the first captures of a query in order, each by its root; without `folded` each is its own root."""
    found, rows = dict[str, str](), limit
    while len(found) < limit:
        rows += MARGIN
        hits = every.limit(rows).cte("hits")
        query = _rooted(hits) if folded else sa.select(hits.c.id, hits.c.id.label("root"))
        found = {}
        for row in connection.execute(query.order_by(*ordering(order, hits.c))):
            found.setdefault(row.root, row.id)
        rows *= 4
    return dict(islice(found.items(), limit))


def _further(connection: sa.Connection, conditions: Conditions) -> int:
    """Return how many matching articles are further ones of captures that match anyway."""
    several = ARTICLES.alias("several")
    pages = sa.select(several.c.id).where(several.c.ordinal > 0)
    number = sa.func.count() - sa.func.count(ARTICLES.c.id.distinct())
    return int(connection.execute(sa.select(number).where(ARTICLES.c.id.in_(pages), *conditions)).scalar_one())


def _folded(connection: sa.Connection, conditions: Conditions) -> int:
    """Return how many matching captures another one with the same root stands for."""
    copies = _rooted(_hits([*conditions, _is_copy(ARTICLES)])).cte("copies")
    originals = sa.select(sa.func.count(ARTICLES.c.id.distinct())).where(
        ARTICLES.c.id.in_(sa.select(copies.c.root)), sa.not_(_is_copy(ARTICLES)), *conditions
    )
    of_copies = sa.select(sa.func.count() - sa.func.count(copies.c.root.distinct())).select_from(copies)
    query = sa.select(of_copies.scalar_subquery() + originals.scalar_subquery())
    return int(connection.execute(query).scalar_one())


def _prints(connection: sa.Connection, conditions: Conditions, roots: Set[str]) -> dict[str, int]:
    """Return the number of matching captures of each root; chains of copies have three steps at most."""
    dialect = connection.dialect.name
    found, last = set(roots), set(roots)
    for _ in range(3):
        copies = sa.select(ARTICLES.c.id).where(ARTICLES.c.copy_of.in_(value_rows(sorted(last), dialect)))
        last = {*connection.execute(copies).scalars()} - found
        found |= last
    rooted = _rooted(_hits([ARTICLES.c.id.in_(value_rows(sorted(found), dialect)), *conditions])).subquery()
    query = sa.select(rooted.c.root, sa.func.count(rooted.c.id.distinct())).group_by(rooted.c.root)
    return {root: number for root, number in connection.execute(query) if root in roots}


def _hits(conditions: Conditions) -> sa.CTE:
    """Return the captures of matching articles, each once."""
    columns = (ARTICLES.c[name] for name in ("id", "copy_of", "relation"))
    return sa.select(*columns).where(*conditions).distinct().cte("hits")


def _rooted(hits: sa.CTE) -> sa.Select[Any]:
    """Return the hits with the capture at which their chain of copies ends, after three steps at most.

    An exact copy is one of a near copy or of an exact copy by other means, and only a near copy is left after that.
    """
    first, second = ARTICLES.alias("first"), ARTICLES.alias("second")
    end = sa.func.coalesce(second.c.copy_of, first.c.copy_of, hits.c.copy_of)
    return (
        sa.select(hits.c.id, sa.case((_is_copy(hits), end), else_=hits.c.id).label("root"))
        .select_from(hits)
        .outerjoin(first, sa.and_(_is_copy(hits), first.c.id == hits.c.copy_of, first.c.ordinal == 0, _goes_on(first)))
        .outerjoin(second, sa.and_(second.c.id == first.c.copy_of, second.c.ordinal == 0, _goes_on(second)))
    )


def _is_copy(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.copy_of.is_not(None), _goes_on(table))


def _goes_on(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return table.c.relation.is_distinct_from("contains")
