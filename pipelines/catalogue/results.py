"""The results of a search: which captures match, in order, with copies of one text folded into one result."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterable, Iterator, Set
from itertools import islice
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from pipelines.catalogue.copies import Conditions, hits_of, is_copy, with_roots
from pipelines.catalogue.filters import Filter, Order, json_rows, ordering
from pipelines.catalogue.matched import IN_TABLE, Matched, find_matched
from pipelines.catalogue.prepared import Prepared
from pipelines.catalogue.query import Node
from pipelines.catalogue.query_sql import in_title, in_whole_title, relevance
from pipelines.catalogue.result_sizes import count_results
from pipelines.catalogue.tables import ARTICLES, ENTRIES

_KEPT = ("id", "relation", "copy_of", "fetched_us", "published_on", "score")

MARGIN = 40
"""Further rows that are read at first, in case that some are copies, or articles of one page."""

MANY = 20_000
"""Matching articles from which on the newest captures are searched first: to read 20,000 rows takes 5 ms."""

RECENT = 2_000
"""The newest captures, in which the first results of words in many articles are sought. It takes 20 ms."""

Step = tuple[Order, Conditions]
"""An order, and the conditions on the articles that are sorted by it."""


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
    matched = find_matched(connection, wanted)
    sizes = count_results(connection, matched, folded=folded)
    if not sizes.articles:
        return Results(found=(), total=0, captures=0)
    total = sizes.captures - sizes.copies
    ranked = wanted.query if order == "relevance" else None
    steps = _steps(matched, order, ranked, connection.dialect.name, many=sizes.articles > MANY)
    shown = _shown(connection, steps, ranked, min(limit or total, total), folded=folded)
    prints = _prints(connection, matched, set(shown)) if folded else {}
    return Results(
        found=tuple(Found(id=key, copies=prints.get(root, 1) - 1) for root, key in shown.items()),
        total=total,
        captures=sizes.captures,
    )


def _shown(
    connection: sa.Connection, steps: Iterable[Step], ranked: Node | None, limit: int, *, folded: bool
) -> dict[str, str]:
    """Return the first captures in order, each by its root; without `folded` each is its own root.

    The steps are taken until there are enough.
    """
    found = dict[str, str]()
    for by, conditions in steps:
        number = relevance(ranked if by == "relevance" else None, connection.dialect.name)
        every = sa.select(*(ARTICLES.c[name] for name in _KEPT), number.label("relevance")).where(*conditions)
        every = every.order_by(*ordering(by, every.selected_columns))
        for root, key in _first(connection, every, limit, folded=folded).items():
            found.setdefault(root, key)
        if len(found) >= limit:
            break
    return dict(islice(found.items(), limit))


def _steps(matched: Matched, order: Order, ranked: Node | None, dialect: str, *, many: bool) -> Iterator[Step]:
    """Yield what comes next if the steps before gave too few results.

    By relevance, articles with a word in the title come first: the others are only sorted if there are too few of them.
    Of words that many articles have, the newest captures mostly have enough, so not even all of those are sorted.
    """
    of_title, among_title = in_title(ranked, dialect), in_title(ranked, dialect, indexed=False)
    recent = sa.select(ENTRIES.c.id).order_by(ENTRIES.c.fetched_us.desc(), ENTRIES.c.id.desc()).limit(RECENT)
    is_recent = ARTICLES.c.id.in_(recent)
    recent_first = many and order in ("captured", "relevance")
    if of_title is not None:
        if recent_first:
            yield "captured", [is_recent, in_whole_title(ranked, dialect, indexed=False), *matched.among]
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


def _prints(connection: sa.Connection, matched: Matched, roots: Set[str]) -> dict[str, int]:
    """Return the number of matching captures of each root; chains of copies have three steps at most."""
    dialect = connection.dialect.name
    found, last = set(roots), set(roots)
    for _ in range(3):
        last = {key for (key,) in _rows(connection, _copies_statement(dialect), last)} - found
        if not last:
            break
        found |= last
    if matched.in_table_number is None:
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
    return Prepared(with_roots(hits_of([ARTICLES.c.id.in_(_ids(dialect)), is_copy(ARTICLES)]).cte("hits")))


@functools.cache
def _prints_in_table(dialect: str) -> Prepared:
    return Prepared(_prints_query(IN_TABLE, dialect))


def _prints_query(matched: Matched, dialect: str) -> sa.Select[Any]:
    hits = hits_of([ARTICLES.c.id.in_(_ids(dialect)), *matched.among])
    rooted = with_roots(hits.distinct().cte("hits")).subquery()
    return sa.select(rooted.c.root, sa.func.count(rooted.c.id.distinct())).group_by(rooted.c.root)


def _ids(dialect: str) -> sa.Select[Any]:
    """Return the ids that a statement is given, as rows."""
    return json_rows(sa.bindparam("ids", type_=sa.Text), dialect)
