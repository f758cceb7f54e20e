"""Copies of one text as conditions and statements: which captures are copies, and where their chains end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue.tables import ARTICLES

Conditions = Sequence[sa.ColumnElement[bool]]


def hits_of(conditions: Conditions) -> sa.Select[Any]:
    """Return the captures of matching articles, one for each article."""
    return sa.select(*(ARTICLES.c[name] for name in ("id", "copy_of", "relation"))).where(*conditions)


def with_roots(hits: sa.CTE) -> sa.Select[Any]:
    """Return the hits with the capture at which their chain of copies ends, after three steps at most.

    An exact copy is one of a near copy or of an exact copy by other means, and only a near copy is left after that.
    """
    first, second = ARTICLES.alias("first"), ARTICLES.alias("second")
    end = sa.func.coalesce(second.c.copy_of, first.c.copy_of, hits.c.copy_of)
    return (
        sa.select(hits.c.id, sa.case((is_copy(hits), end), else_=hits.c.id).label("root"))
        .select_from(hits)
        .outerjoin(first, sa.and_(is_copy(hits), first.c.id == hits.c.copy_of, first.c.ordinal == 0, is_copy(first)))
        .outerjoin(second, sa.and_(second.c.id == first.c.copy_of, second.c.ordinal == 0, is_copy(second)))
    )


def is_copy(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return the condition that a row is of a copy; a text that contains an earlier one and more is none."""
    return sa.and_(table.c.copy_of.is_not(None), table.c.relation.is_distinct_from("contains"))
