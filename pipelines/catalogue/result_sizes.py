"""How many articles match a filter, how many captures have them, and how many of these are copies of others."""

from __future__ import annotations

import functools
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from pipelines.catalogue.copies import hits_of, is_copy, with_roots
from pipelines.catalogue.matched import IN_TABLE, Matched
from pipelines.catalogue.prepared import Prepared
from pipelines.catalogue.tables import ARTICLES

MANY = 20_000
"""Matching articles from which on SQLite looks for copies among all copies of the catalogue, rather than among those
articles: reading 20,000 rows takes 5 ms, as does reading the index of 20,000 copies of a catalogue of 130,000 texts."""

_BY_CHAINS = ("INDEXED BY articles_chains", "sqlite")
_IS_FURTHER = ARTICLES.c.ordinal > sa.literal_column("0")  # no parameter, so that it is the condition of an index
_ANY_FURTHER = Prepared(sa.select(sa.literal_column("1")).select_from(ARTICLES).where(_IS_FURTHER).limit(1))


@frozen
class ResultSizes:
    """Numbers of matching articles, of further ones of pages that match anyway, and of captures that are copies.

    Of all matching captures with the same root one is shown, and the others are its copies.
    """

    articles: int
    further: int = 0
    copies: int = 0

    @property
    def captures(self) -> int:
        """The number of captures with a matching article."""
        return self.articles - self.further


def count_results(connection: sa.Connection, matched: Matched, *, folded: bool) -> ResultSizes:
    """Return the sizes; without `folded` no capture is a copy.

    PostgreSQL finds the articles once for all numbers, because it reads each row in any case.
    """
    any_further = _ANY_FURTHER.execute(connection, {}).fetchone() is not None
    if matched.in_table_number is None:
        row = connection.execute(_sizes_query(matched, several=any_further, folded=folded)).one()
        return ResultSizes(*row)
    if not matched.in_table_number:
        return ResultSizes(0)
    several = any_further and _has_further(connection, matched)
    further = _further(connection, matched) if several else 0
    copies = _folded(connection, matched.in_table_number, several=several) if folded else 0
    return ResultSizes(matched.in_table_number, further, copies)


def _sizes_query(matched: Matched, *, several: bool, folded: bool) -> sa.Select[Any]:
    """Return the statement of PostgreSQL for the fields of `ResultSizes` in their order."""
    hits = sa.union_all(*map(hits_of, matched.apart)).cte("hits")
    articles = sa.select(sa.func.count()).select_from(hits)
    pages = sa.select(ARTICLES.c.id).where(_IS_FURTHER)
    further = sa.select(sa.func.count() - sa.func.count(hits.c.id.distinct())).where(hits.c.id.in_(pages))
    return sa.select(
        articles.scalar_subquery(),
        further.scalar_subquery() if several else sa.literal(0),
        _copies_in(hits, several=several) if folded else sa.literal(0),
    )


def _copies_in(hits: sa.CTE, *, several: bool) -> sa.ColumnElement[int]:
    """Return the number of copies: of each root all but one, and this one too if the root itself matches.

    The roots are looked up in a FILTER: in a WHERE they would become a join, and if PostgreSQL expects few articles for
    words that occur together, it compares each article with each root.
    """
    copies = sa.select(hits).where(is_copy(hits))
    rooted = with_roots((copies.distinct() if several else copies).cte("copies")).cte("rooted")
    roots = sa.select(rooted.c.root).distinct().cte("roots")
    number = sa.select(sa.func.count()).select_from(rooted)
    of_roots = sa.select(sa.func.count()).select_from(roots)
    is_root = hits.c.id.in_(sa.select(roots.c.root))
    matching = sa.func.count(hits.c.id.distinct() if several else hits.c.id)
    matching_roots = sa.select(matching.filter(is_root)).where(sa.not_(is_copy(hits)))
    return number.scalar_subquery() - of_roots.scalar_subquery() + matching_roots.scalar_subquery()


def _has_further(connection: sa.Connection, matched: Matched) -> bool:
    """Return whether some of the matching articles are further ones of their pages."""
    further = sa.select(ARTICLES.c.key).where(_IS_FURTHER, *matched.all).limit(1)
    return connection.execute(further).first() is not None


def _further(connection: sa.Connection, matched: Matched) -> int:
    """Return how many matching articles are further ones of captures that match anyway."""
    several = ARTICLES.alias("several")
    pages = sa.select(several.c.id).where(several.c.ordinal > 0)
    number = sa.func.count() - sa.func.count(ARTICLES.c.id.distinct())
    return int(connection.execute(sa.select(number).where(ARTICLES.c.id.in_(pages), *matched.all)).scalar_one())


def _folded(connection: sa.Connection, number: int, *, several: bool) -> int:
    """Return how many matching captures of SQLite another one with the same root stands for.

    `several` is whether some of the matching articles are further ones of their pages.
    """
    statement = _folded_in_table(several=several, many=number > MANY)
    return int(statement.execute(connection, {}).fetchone()[0] or 0)


@functools.cache
def _folded_in_table(*, several: bool, many: bool) -> Prepared:
    copies = hits_of([*(IN_TABLE.among if many else IN_TABLE.all), is_copy(ARTICLES)])
    copies = copies.with_hint(ARTICLES, *_BY_CHAINS) if many else copies
    rooted = with_roots((copies.distinct() if several else copies).cte("hits")).subquery()
    of_root = sa.select(rooted.c.root, sa.func.count().label("copies")).group_by(rooted.c.root).cte("of_root")
    chain = ARTICLES.alias("chain")
    root_matches = sa.and_(
        sa.exists(sa.select(ARTICLES.c.key).where(ARTICLES.c.id == of_root.c.root, *IN_TABLE.among)),
        ~sa.exists(sa.select(chain.c.id).where(chain.c.id == of_root.c.root, is_copy(chain))),
    )
    return Prepared(sa.select(sa.func.sum(of_root.c.copies - sa.case((root_matches, 0), else_=1))))
