"""A query as a condition on the table `articles`, for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.query import PLACE_FIELDS, And, Node, Not, Or, Term, terms
from pipelines.catalogue.query_match import searched_fields, title_patterns
from pipelines.catalogue.tables import ARTICLES
from pipelines.catalogue.text_index import PREFIXES
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
    if dialect == "sqlite" and (match := _fts_match(node)):
        return _matches_fts(match)
    match node:
        case Term():
            return _place(node) if node.field in PLACE_FIELDS else _in_postgresql(node)
        case And(parts):
            return sa.and_(*_parts(parts, dialect, And))
        case Or(parts):
            return sa.or_(*_parts(parts, dialect, Or))
        case Not(part):
            return sa.not_(condition(part, dialect))


def relevance(node: Node | None, dialect: str) -> sa.ColumnElement[int]:
    """Return the number of terms of a query that occur in the title."""
    patterns = title_patterns(node)[:MAX_RELEVANCE_TERMS]
    in_title = (condition(Term("title", pattern, ""), dialect) for pattern in patterns)
    return sum((sa.case((each, 1), else_=0) for each in in_title), sa.literal(0))


def _parts(parts: Sequence[Node], dialect: str, kind: type[And | Or]) -> list[Condition]:
    """Return a condition for each part, in SQLite one for all parts that FTS5 can combine by itself."""
    texts = tuple(part for part in parts if not _has_place(part))
    if dialect == "sqlite" and 1 < len(texts) < len(parts):
        return [condition(kind(texts), dialect), *(condition(part, dialect) for part in parts if part not in texts)]
    return [condition(part, dialect) for part in parts]


def _has_place(node: Node) -> bool:
    return any(term.field in PLACE_FIELDS for term in terms(node, positive=False))


def _place(term: Term) -> Condition:
    column = ARTICLES.c[term.field]
    matches = column == term.pattern if term.field == "site" else column.startswith(term.pattern, autoescape=True)
    return sa.and_(column.is_not(None), matches)  # never NULL, so that NOT is its opposite


def _matches_fts(match: str) -> Condition:
    found = sa.select(sa.literal_column("rowid", sa.Integer)).select_from(sa.table("article_index"))
    return ARTICLES.c.key.in_(found.where(sa.literal_column("article_index").op("MATCH")(match)))


def _fts_match(node: Node) -> str | None:
    """Return a query as an expression of FTS5; None if it has a field that is not in its table, or excludes only."""
    match node:
        case Term():
            return None if node.field in PLACE_FIELDS else _fts_phrase(node)
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
