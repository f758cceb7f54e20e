"""The results of a search: which captures match, in order, with copies of one text folded into one result."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterator, Sequence, Set
from itertools import islice
from typing import Any

import sqlalchemy as sa
from attrs import evolve, frozen

from pipelines.catalogue.filters import Filter, Order, json_rows, ordering
from pipelines.catalogue.prepared import Prepared
from pipelines.catalogue.query import Node
from pipelines.catalogue.query_sql import in_title, in_whole_title, matching_keys, relevance, separate
from pipelines.catalogue.tables import ARTICLES, ENTRIES, STALE_KEYS

_KEPT = ("id", "relation", "copy_of", "fetched_us", "published_on", "score")

MARGIN = 40
"""Further rows that are read at first, in case that some are copies, or articles of one page."""

MANY = 20_000
"""Matching articles from which on the newest captures are searched first, and from which on SQLite looks for copies
among all copies of the catalogue, rather than among those articles: reading 20,000 rows takes 5 ms, as does reading the
index of 20,000 copies of a catalogue of 130,000 texts."""

RECENT = 2_000
"""The newest captures, in which the first results of words in many articles are sought. It takes 20 ms."""

BY_CHAINS = ("INDEXED BY articles_chains", "sqlite")

_MATCHES = sa.table("matches", sa.column("key"), schema="temp")
_CREATE_MATCHES = Prepared(sa.text("CREATE TEMPORARY TABLE IF NOT EXISTS matches (key INTEGER PRIMARY KEY)"))
_DELETE_MATCHES = Prepared(sa.delete(_MATCHES))
_DELETE_STALE = Prepared(sa.delete(_MATCHES).where(_MATCHES.c.key.in_(sa.select(STALE_KEYS.c.key))))
_IS_FURTHER = ARTICLES.c.ordinal > sa.literal_column("0")  # no parameter, so that it is the condition of an index
_ANY_FURTHER = Prepared(sa.select(sa.literal_column("1")).select_from(ARTICLES).where(_IS_FURTHER).limit(1))

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


@frozen
class _Matched:
    """The conditions on the articles that match: for all of them, and for some that are found by another condition.

    SQLite would use the condition for all of them to read all of them. `in_table` is whether they are those of a
    temporary table. In PostgreSQL, `apart` are conditions of which each of them fulfils one, but not two. `number` is
    how many there are, once it is known.
    """

    all: Conditions
    among: Conditions
    apart: Sequence[Conditions] = ()
    in_table: bool = False
    number: int | None = None


_IN_TABLE = _Matched(
    [ARTICLES.c.key.in_(sa.select(_MATCHES.c.key))],
    [(ARTICLES.c.key + 0).in_(sa.select(_MATCHES.c.key))],
    in_table=True,
)
"""The conditions in SQLite, the same for every search, so that the statements with them are prepared."""


def search(connection: sa.Connection, wanted: Filter, order: Order, limit: int | None, *, folded: bool) -> Results:
    """Return the captures with an article that a filter accepts.

    With `folded`, the first one in the order stands for all captures of the same text: those whose chain of copies ends
    at the same capture. A text that contains an earlier one and more is not a copy.

    Only what is shown is sorted. The totals are counted: all matching articles, less the further ones of their pages,
    less the copies of texts that match otherwise.
    """
    matched = _counted(connection, _matched(connection, wanted))
    if not matched.number:
        return Results(found=(), total=0, captures=0)
    further = _has_further(connection, matched)
    captures = matched.number - (_further(connection, matched) if further else 0)
    total = captures - (_folded(connection, matched, several=further) if folded else 0)
    shown = _shown(connection, wanted, matched, order, min(limit or total, total), folded=folded)
    prints = _prints(connection, matched, set(shown)) if folded else {}
    return Results(
        found=tuple(Found(id=key, copies=prints.get(root, 1) - 1) for root, key in shown.items()),
        total=total,
        captures=captures,
    )


def _matched(connection: sa.Connection, wanted: Filter) -> _Matched:
    """Return the conditions that select the articles of a filter, in SQLite from a temporary table.

    A search evaluates them several times, and FTS5 takes longer for a frequent word than everything else. If a query is
    all of the filter, the table has the keys as the index gives them, without reading a row for each.
    """
    conditions = wanted.article_conditions(connection.dialect.name)
    if connection.dialect.name != "sqlite":
        queries = separate(wanted.query) if wanted.query else (None,)
        apart = [evolve(wanted, query=query).article_conditions(connection.dialect.name) for query in queries]
        return _Matched(conditions, wanted.article_conditions(connection.dialect.name, indexed=False), apart)
    keys = matching_keys(wanted.query) if wanted.query and wanted == Filter(query=wanted.query) else None
    if keys is None:
        keys = sa.select(ARTICLES.c.key).where(*conditions)
    _CREATE_MATCHES.execute(connection, {})
    _DELETE_MATCHES.execute(connection, {})
    number = connection.execute(sa.insert(_MATCHES).from_select(["key"], keys)).rowcount
    number -= _DELETE_STALE.execute(connection, {}).rowcount
    return evolve(_IN_TABLE, number=number)


def _counted(connection: sa.Connection, matched: _Matched) -> _Matched:
    """Return the conditions with the number of articles that match; PostgreSQL counts them in the index alone."""
    if matched.number is not None:
        return matched
    counts = (sa.select(sa.func.count()).select_from(ARTICLES).where(*each) for each in matched.apart)
    return evolve(matched, number=sum(connection.execute(each).scalar_one() for each in counts))


def _has_further(connection: sa.Connection, matched: _Matched) -> bool:
    """Return whether some of the matching articles are further ones of their pages."""
    if _ANY_FURTHER.execute(connection, {}).fetchone() is None:
        return False
    further = sa.select(ARTICLES.c.key).where(_IS_FURTHER, *matched.all).limit(1)
    return connection.execute(further).first() is not None


def _shown(
    connection: sa.Connection, wanted: Filter, matched: _Matched, order: Order, limit: int, *, folded: bool
) -> dict[str, str]:
    """Return the first captures in order, each by its root; without `folded` each is its own root.

    Those that come next are read until there are enough: see `_steps`.
    """
    dialect = connection.dialect.name
    ranked = wanted.query if order == "relevance" else None
    found = dict[str, str]()
    for by, conditions in _steps(matched, order, ranked, dialect):
        number = relevance(ranked if by == "relevance" else None, dialect)
        every = sa.select(*(ARTICLES.c[name] for name in _KEPT), number.label("relevance")).where(*conditions)
        every = every.order_by(*ordering(by, every.selected_columns))
        for root, key in _first(connection, every, limit, folded=folded).items():
            found.setdefault(root, key)
        if len(found) >= limit:
            break
    return dict(islice(found.items(), limit))


def _steps(matched: _Matched, order: Order, ranked: Node | None, dialect: str) -> Iterator[tuple[Order, Conditions]]:
    """Yield conditions, each for what comes next if those before gave too few results, and how that is ordered.

    By relevance, articles with a word in the title come first: the others are only sorted if there are too few of them.
    Of words that many articles have, the newest captures mostly have enough, so not even all of those are sorted.
    """
    of_title, among_title = in_title(ranked, dialect), in_title(ranked, dialect, indexed=False)
    recent = sa.select(ENTRIES.c.id).order_by(ENTRIES.c.fetched_us.desc(), ENTRIES.c.id.desc()).limit(RECENT)
    is_recent = ARTICLES.c.id.in_(recent)
    recent_first = (matched.number or 0) > MANY and order in ("captured", "relevance")
    if of_title is not None:
        if recent_first:
            yield "captured", [is_recent, in_whole_title(ranked, dialect), *matched.among]
        yield order, [of_title, *matched.among]
    if recent_first:
        yield "captured", [is_recent, *([] if among_title is None else [sa.not_(among_title)]), *matched.among]
    yield order, matched.all


def _first(connection: sa.Connection, every: sa.Select[Any], limit: int, *, folded: bool) -> dict[str, str]:
    """Return the first captures of a query in order by their roots; fewer than the limit if it gives no more."""
    found, rows, is_all = dict[str, str](), limit + MARGIN, False
    while len(found) < limit and not is_all:
        read = connection.execute(every.limit(rows)).all()
        copies = {row.id for row in read if folded and row.copy_of is not None and row.relation != "contains"}
        roots, is_all, found = _roots(connection, copies), len(read) < rows, {}
        for row in read:
            found.setdefault(roots.get(row.id, row.id), row.id)
        rows = 4 * rows + MARGIN
    return dict(islice(found.items(), limit))


def _roots(connection: sa.Connection, copies: Collection[str]) -> dict[str, str]:
    """Return the captures at which the chains of some copies end."""
    return dict(_rows(connection, _roots_statement(connection.dialect.name), copies)) if copies else {}


def _further(connection: sa.Connection, matched: _Matched) -> int:
    """Return how many matching articles are further ones of captures that match anyway."""
    several = ARTICLES.alias("several")
    pages = sa.select(several.c.id).where(several.c.ordinal > 0)
    number = sa.func.count() - sa.func.count(ARTICLES.c.id.distinct())
    return int(connection.execute(sa.select(number).where(ARTICLES.c.id.in_(pages), *matched.all)).scalar_one())


def _folded(connection: sa.Connection, matched: _Matched, *, several: bool) -> int:
    """Return how many matching captures another one with the same root stands for.

    Of each root it is all copies but one, and this one too if the root itself matches. `several` is whether some of
    the matching articles are further ones of their pages.
    """
    if not matched.in_table:
        return int(connection.execute(_folded_query(matched, several=several, many=False)).scalar() or 0)
    statement = _folded_in_table(several=several, many=(matched.number or 0) > MANY)
    return int(statement.execute(connection, {}).fetchone()[0] or 0)


@functools.cache
def _folded_in_table(*, several: bool, many: bool) -> Prepared:
    return Prepared(_folded_query(_IN_TABLE, several=several, many=many))


def _folded_query(matched: _Matched, *, several: bool, many: bool) -> sa.Select[Any]:
    if many:
        copies = _hits([*matched.among, _is_copy(ARTICLES)]).with_hint(ARTICLES, *BY_CHAINS)
    else:
        found = [_hits([*each, _is_copy(ARTICLES)]) for each in matched.apart or [matched.all]]
        copies = found[0] if len(found) == 1 else sa.select(sa.union_all(*found).subquery())
    rooted = _rooted((copies.distinct() if several else copies).cte("hits")).subquery()
    of_root = sa.select(rooted.c.root, sa.func.count().label("copies")).group_by(rooted.c.root).cte("of_root")
    chain = ARTICLES.alias("chain")
    root_matches = sa.and_(
        sa.exists(sa.select(ARTICLES.c.key).where(ARTICLES.c.id == of_root.c.root, *matched.among)),
        ~sa.exists(sa.select(chain.c.id).where(chain.c.id == of_root.c.root, _is_copy(chain))),
    )
    return sa.select(sa.func.sum(of_root.c.copies - sa.case((root_matches, 0), else_=1)))


def _prints(connection: sa.Connection, matched: _Matched, roots: Set[str]) -> dict[str, int]:
    """Return the number of matching captures of each root; chains of copies have three steps at most."""
    dialect = connection.dialect.name
    found, last = set(roots), set(roots)
    for _ in range(3):
        last = {key for (key,) in _rows(connection, _copies_statement(dialect), last)} - found
        if not last:
            break
        found |= last
    if not matched.in_table:
        read = connection.execute(_prints_query(matched, dialect), {"ids": json.dumps(sorted(found))}).all()
    else:
        read = _rows(connection, _prints_in_table(dialect), found)
    return {root: number for root, number in read if root in roots}


def _rows(connection: sa.Connection, statement: Prepared, ids: Collection[str]) -> list[Any]:
    """Return the rows of a statement for the captures with some ids."""
    rows: list[Any] = statement.execute(connection, {"ids": json.dumps(sorted(ids))}).fetchall()
    return rows


@functools.cache
def _copies_statement(dialect: str) -> Prepared:
    """Return the statement for the captures that were compared with some others, and are copies of them."""
    return Prepared(sa.select(ARTICLES.c.id).where(ARTICLES.c.copy_of.in_(_ids(dialect))))


@functools.cache
def _roots_statement(dialect: str) -> Prepared:
    """Return the statement for the captures at which the chains of some copies end."""
    return Prepared(_rooted(_hits([ARTICLES.c.id.in_(_ids(dialect)), _is_copy(ARTICLES)]).cte("hits")))


@functools.cache
def _prints_in_table(dialect: str) -> Prepared:
    return Prepared(_prints_query(_IN_TABLE, dialect))


def _prints_query(matched: _Matched, dialect: str) -> sa.Select[Any]:
    hits = _hits([ARTICLES.c.id.in_(_ids(dialect)), *matched.among])
    rooted = _rooted(hits.distinct().cte("hits")).subquery()
    return sa.select(rooted.c.root, sa.func.count(rooted.c.id.distinct())).group_by(rooted.c.root)


def _ids(dialect: str) -> sa.Select[Any]:
    """Return the ids that a statement is given, as rows."""
    return json_rows(sa.bindparam("ids", type_=sa.Text), dialect)


def _hits(conditions: Conditions) -> sa.Select[Any]:
    """Return the captures of matching articles, one for each article."""
    return sa.select(*(ARTICLES.c[name] for name in ("id", "copy_of", "relation"))).where(*conditions)


def _rooted(hits: sa.CTE) -> sa.Select[Any]:
    """Return the hits with the capture at which their chain of copies ends, after three steps at most.

    An exact copy is one of a near copy or of an exact copy by other means, and only a near copy is left after that.
    """
    first, second = ARTICLES.alias("first"), ARTICLES.alias("second")
    end = sa.func.coalesce(second.c.copy_of, first.c.copy_of, hits.c.copy_of)
    return (
        sa.select(hits.c.id, sa.case((_is_copy(hits), end), else_=hits.c.id).label("root"))
        .select_from(hits)
        .outerjoin(first, sa.and_(_is_copy(hits), first.c.id == hits.c.copy_of, first.c.ordinal == 0, _is_copy(first)))
        .outerjoin(second, sa.and_(second.c.id == first.c.copy_of, second.c.ordinal == 0, _is_copy(second)))
    )


def _is_copy(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.copy_of.is_not(None), table.c.relation.is_distinct_from("contains"))
