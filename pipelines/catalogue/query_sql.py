"""A query as a condition on the table `articles`, for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue import lexemes
from pipelines.catalogue.character_index import PREFIXES
from pipelines.catalogue.query import PLACE_FIELDS, And, Node, Not, Or, Term, terms
from pipelines.catalogue.query_match import searched_fields, title_patterns
from pipelines.catalogue.tables import ARTICLES
from pipelines.text.tokens import phrase_tokens

MAX_RELEVANCE_TERMS = 8
"""Terms that count for relevance, the first ones of a query: each one is a further search in titles."""


class _TsQuery(sa.types.UserDefinedType[str]):
    """PostgreSQL's type of a query, without loading its dialect."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Return the name of the type."""
        return "tsquery"


Condition = sa.ColumnElement[bool]


def condition(node: Node, dialect: str) -> Condition:
    """Return the condition that an article, a row of `articles`, matches a query."""
    if dialect == "postgresql":
        return _in_postgresql(node)
    if (keys := matching_keys(node)) is not None:
        return ARTICLES.c.key.in_(keys)
    match node:
        case Term():
            return _place(node)
        case And(parts):
            return sa.and_(*_parts(parts, And))
        case Or(parts):
            return sa.or_(*_parts(parts, Or))
        case Not(part):
            return sa.not_(condition(part, dialect))


def row_condition(node: Node) -> Condition:
    """Return the condition for PostgreSQL as one that compares the forms in a row and uses no index."""
    match node:
        case Term():
            return _place(node) if node.field in PLACE_FIELDS else _occurs(node)
        case And(parts):
            return sa.and_(*map(row_condition, parts))
        case Or(parts):
            return sa.or_(*map(row_condition, parts))
        case Not(part):
            return sa.not_(row_condition(part))


def separate(node: Node) -> tuple[Node, ...]:
    """Return queries for PostgreSQL that together match what a query matches, of which no article matches two.

    Of alternatives, those that the index alone can tell come first: only for the others the forms in rows are compared.
    """
    if not isinstance(node, Or):
        return (node,)
    exact = tuple(part for part in node.parts if _is_exact(part))
    others = Or(tuple(part for part in node.parts if not _is_exact(part)))
    if not exact or not others.parts or _ts_query(others) is None:
        return (node,)
    return Or(exact), And((others, Not(Or(exact))))


def matching_keys(node: Node) -> sa.Select[int] | None:
    """Return the query of SQLite for the keys of the articles that match; None if one index alone cannot tell."""
    index = _index_of(node)
    match = _fts_match(node) if index else None
    if not index or not match:
        return None
    found: sa.Select[int] = sa.select(sa.literal_column("rowid", sa.Integer)).select_from(sa.table(index))
    return found.where(sa.literal_column(index).op("MATCH")(match))


def relevance(node: Node | None, dialect: str) -> sa.ColumnElement[int]:
    """Return the number of terms of a query that occur in the title."""
    found = (
        row_condition(term) if dialect == "postgresql" else condition(term, dialect) for term in _title_terms(node)
    )
    return sum((sa.case((each, 1), else_=0) for each in found), sa.literal(0))


def in_title(node: Node | None, dialect: str, *, indexed: bool = True) -> Condition | None:
    """Return the condition that the relevance of an article is more than 0; None if it is 0 for all.

    With `indexed=False` it is for articles that other conditions find: in PostgreSQL it then uses no index.
    """
    found = _title_terms(node)
    if not found:
        return None
    return _title_condition(Or(found), dialect, indexed=indexed)


def in_whole_title(node: Node | None, dialect: str, *, indexed: bool = True) -> Condition:
    """Return the condition that the relevance of an article is the highest: all terms occur in the title.

    `indexed` is as in `in_title`.
    """
    return _title_condition(And(_title_terms(node)), dialect, indexed=indexed)


def _title_condition(node: Node, dialect: str, *, indexed: bool) -> Condition:
    return condition(node, dialect) if indexed or dialect != "postgresql" else row_condition(node)


def _title_terms(node: Node | None) -> tuple[Term, ...]:
    return tuple(Term("title", pattern, "") for pattern in title_patterns(node)[:MAX_RELEVANCE_TERMS])


def _parts(parts: Sequence[Node], kind: type[And | Or]) -> list[Condition]:
    """Return a condition of SQLite for each part, one for all parts that one index can combine by itself."""
    groups: dict[str | None, list[Node]] = {}
    for part in parts:
        groups.setdefault(_index_of(part), []).append(part)
    joined = {index: group for index, group in groups.items() if index and 1 < len(group) < len(parts)}
    alone = [part for index, group in groups.items() if index not in joined for part in group]
    return [condition(each, "sqlite") for each in (*(kind(tuple(group)) for group in joined.values()), *alone)]


def _index_of(node: Node) -> str | None:
    """Return the table of SQLite in which all terms of a node are searched; None if they are in several or in none."""
    indexes = {
        None if term.field in PLACE_FIELDS else "character_index" if len(term.pattern) == 1 else "article_index"
        for term in terms(node, positive=False)
    }
    return indexes.pop() if len(indexes) == 1 else None


def _place(term: Term) -> Condition:
    column = ARTICLES.c[term.field]
    matches = column == term.pattern if term.field == "site" else column.startswith(term.pattern, autoescape=True)
    return sa.and_(column.is_not(None), matches)  # never NULL, so that NOT is its opposite


def _fts_match(node: Node) -> str | None:
    """Return a query, whose terms are all in one index, as an expression of FTS5; None if it excludes only."""
    match node:
        case Term():
            return _fts_phrase(node)
        case Or(parts):
            found = [_fts_match(part) for part in parts]
            return f"({' OR '.join(filter(None, found))})" if all(found) else None
        case And(parts):
            wanted = [_fts_match(part) for part in parts if not isinstance(part, Not)]
            excluded = [_fts_match(part.part) for part in parts if isinstance(part, Not)]
            if not wanted or not all((*wanted, *excluded)):
                return None
            both = " AND ".join(filter(None, wanted))
            return f"(({both}) NOT ({' OR '.join(filter(None, excluded))}))" if excluded else f"({both})"
        case Not():
            return None


def _fts_phrase(term: Term) -> str:
    if len(term.pattern) == 1:
        return f'"{PREFIXES.get(term.field, "")}{term.pattern}"'
    tokens, prefix = phrase_tokens(term.pattern)
    return f'{{{" ".join(searched_fields(term))}}} : "{" ".join(tokens)}"{" *" if prefix else ""}'


def _in_postgresql(node: Node) -> Condition:
    """Return a condition of one query of the index, and of the forms in the rows for what the index cannot tell."""
    query = _ts_query(node)
    if query is None:
        return row_condition(node)
    indexed = sa.literal_column(lexemes.CALL).op("@@", is_comparison=True)(sa.cast(query, _TsQuery()))
    parts = node.parts if isinstance(node, And) else (node,)
    return sa.and_(indexed, *(row_condition(part) for part in parts if not _is_exact(part)))


def _ts_query(node: Node) -> str | None:
    """Return the query of the index in PostgreSQL that finds at least all articles that match; None if it is all."""
    match node:
        case Term():
            return None if node.field in PLACE_FIELDS else _ts_term(node)
        case And(parts):
            wanted = [*filter(None, map(_ts_query, parts))]
            excluded = [_ts_query(part.part) for part in parts if isinstance(part, Not) and _is_exact(part)]
            return f"({' & '.join([*wanted, *(f'!{each}' for each in excluded)])})" if wanted else None
        case Or(parts):
            found = [_ts_query(part) for part in parts]
            return f"({' | '.join(filter(None, found))})" if all(found) else None
        case Not():
            return None


def _is_exact(node: Node) -> bool:
    """Return whether the index in PostgreSQL alone can tell if a part of a conjunction matches."""
    match node:
        case Term():
            return node.field not in PLACE_FIELDS and len(phrase_tokens(node.pattern)[0]) == 1
        case And(parts) | Or(parts):
            return _ts_query(node) is not None and all(map(_is_exact, parts))
        case Not(part):
            return _ts_query(part) is not None and _is_exact(part)


def _ts_term(term: Term) -> str:
    tokens, prefix = phrase_tokens(term.pattern)
    found = [f"'{PREFIXES.get(term.field, '')}{token}'" for token in tokens]
    return f"({' & '.join([*found[:-1], found[-1] + (':*' if prefix else '')])})"


def _occurs(term: Term) -> Condition:
    forms: Iterator[sa.ColumnElement[str]] = (sa.literal_column(f'articles."{name}"') for name in searched_fields(term))
    return sa.or_(*(sa.func.strpos(form, term.pattern) > 0 for form in forms))
