"""A query as a condition on the table `articles`, for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

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
    if dialect == "sqlite" and (keys := matching_keys(node)) is not None:
        return ARTICLES.c.key.in_(keys)
    match node:
        case Term():
            return _place(node) if node.field in PLACE_FIELDS else _in_postgresql(node)
        case And(parts):
            return sa.and_(*_parts(parts, dialect, And))
        case Or(parts):
            return sa.or_(*_parts(parts, dialect, Or))
        case Not(part):
            return sa.not_(condition(part, dialect))


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
    found = (condition(term, dialect) for term in _title_terms(node))
    return sum((sa.case((each, 1), else_=0) for each in found), sa.literal(0))


def in_title(node: Node | None, dialect: str) -> Condition | None:
    """Return the condition that the relevance of an article is more than 0; None if it is 0 for all."""
    found = _title_terms(node)
    return condition(Or(found), dialect) if found else None


def _title_terms(node: Node | None) -> tuple[Term, ...]:
    return tuple(Term("title", pattern, "") for pattern in title_patterns(node)[:MAX_RELEVANCE_TERMS])


def _parts(parts: Sequence[Node], dialect: str, kind: type[And | Or]) -> list[Condition]:
    """Return a condition for each part, in SQLite one for all parts that one index can combine by itself."""
    groups: dict[str | None, list[Node]] = {}
    for part in parts:
        groups.setdefault(_index_of(part) if dialect == "sqlite" else None, []).append(part)
    joined = {index: group for index, group in groups.items() if index and 1 < len(group) < len(parts)}
    alone = [part for index, group in groups.items() if index not in joined for part in group]
    return [condition(each, dialect) for each in (*(kind(tuple(group)) for group in joined.values()), *alone)]


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


def _in_postgresql(term: Term) -> Condition:
    tokens, prefix = phrase_tokens(term.pattern)
    mark = PREFIXES.get(term.field, "")
    lexemes = [f"'{mark}{token}'" for token in tokens]
    query = " & ".join([*lexemes[:-1], lexemes[-1] + (":*" if prefix else "")])
    preselected = sa.literal_column("articles.lexemes").op("@@", is_comparison=True)(sa.cast(query, _TsQuery()))
    if len(tokens) == 1:
        return preselected
    forms: Iterator[sa.ColumnElement[str]] = (sa.literal_column(f'articles."{name}"') for name in searched_fields(term))
    return sa.and_(preselected, sa.or_(*(sa.func.strpos(form, term.pattern) > 0 for form in forms)))
