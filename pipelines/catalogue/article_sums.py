"""Numbers of articles that are kept with the index, so that counts without words do not read all articles.

A page whose captures were made on other days has one article, but a row in the index for each capture. So each sum has
two numbers: that of the rows, and that of the pages which have such a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy import bindparam

from pipelines.catalogue import additions
from pipelines.catalogue.prepared import Prepared, typed
from pipelines.catalogue.tables import ARTICLE_SUMS, ARTICLES

DIMENSIONS = {"day": "published_on", "source": "source_name", "column": "column_name", "verdict": "verdict"}
"""What is summed up for each site and region, with the column of `articles` that has it."""

COLUMNS = ("site", "region", *DIMENSIONS.values())
"""The columns of `articles` by which sums differ."""

SumKey = tuple[str, str, str, str]
"""Dimension, site, region and value: the key of a sum, in which what is NULL in `articles` is empty."""

_KEY = ("dimension", "site", "region", "value")
_IS_CELL = sa.and_(*(ARTICLE_SUMS.c[name] == bindparam(f"of_{name}") for name in _KEY))
_ADD = Prepared(
    typed(
        """INSERT INTO article_sums (dimension, site, region, value, articles, pages)
        VALUES (:dimension, :site, :region, :value, :articles, :pages)
        ON CONFLICT (dimension, site, region, value) DO UPDATE SET
        articles = article_sums.articles + excluded.articles, pages = article_sums.pages + excluded.pages""",
        {column.name: column.type for column in ARTICLE_SUMS.c},
    )
)
_LESS = (
    sa.update(ARTICLE_SUMS)
    .where(_IS_CELL)
    .values(articles=ARTICLE_SUMS.c.articles - 1, pages=ARTICLE_SUMS.c.pages - bindparam("less_pages"))
)
_EMPTY = sa.delete(ARTICLE_SUMS).where(_IS_CELL, ARTICLE_SUMS.c.articles <= 0)
_OF_PAGE = sa.or_(ARTICLES.c.key == bindparam("page"), ARTICLES.c.first_key == bindparam("page"))
_OTHERS = Prepared(
    sa.select(*(ARTICLES.c[name] for name in COLUMNS)).where(_OF_PAGE, ARTICLES.c.key != bindparam("own"))
)
_SET_VARIED = sa.update(ARTICLES).where(_OF_PAGE).values(varied=True)

ArticleRow = Mapping[str, Any]
"""The values of an article for `COLUMNS`."""


@frozen
class Place:
    """Which row of the index it is, and which one was the first for the same article of the same page."""

    key: int
    first_key: int | None

    @property
    def page(self) -> int:
        """Return what all rows of this article of this page have in common."""
        return self.key if self.first_key is None else self.first_key


def change(
    connection: sa.Connection, place: Place, old: ArticleRow | None, new: ArticleRow | None, *, alone: bool = False
) -> None:
    """Move an article from the sums of its old values to those of its new ones.

    `old` is None for an article that is added, `new` for one that is removed. With `alone` no other capture of its page
    is in the index.
    """
    before, after = (_cells(row) if row else frozenset() for row in (old, new))
    if before == after:
        return
    others = [] if alone else _others(connection, place)
    elsewhere = {cell for other in others for cell in _cells(other)}
    if before - after:
        additions.flush(connection)
    for cell in sorted(before - after):
        key = {f"of_{name}": value for name, value in zip(_KEY, cell, strict=True)}
        connection.execute(_LESS, key | {"less_pages": int(cell not in elsewhere)})
        connection.execute(_EMPTY, key)
    for cell in after - before:
        numbers = {"articles": 1, "pages": int(cell not in elsewhere)}
        additions.add(connection, _ADD, dict(zip(_KEY, cell, strict=True)) | numbers)
    if new and any(_varies(new, other) for other in others):
        connection.execute(_SET_VARIED, {"page": place.page})


def fill(connection: sa.Connection) -> None:
    """Compute all sums from `articles`, in which `varied` has no value yet."""
    page = sa.func.coalesce(ARTICLES.c.first_key, ARTICLES.c.key)
    for dimension in DIMENSIONS:
        site, region, value = (column.label(name) for name, column in _expressions(connection, dimension).items())
        numbers = (sa.func.count().label("articles"), sa.func.count(page.distinct()).label("pages"))
        rows = sa.select(sa.literal(dimension), site, region, value, *numbers).group_by(site, region, value)
        connection.execute(sa.insert(ARTICLE_SUMS).from_select([*_KEY, "articles", "pages"], rows))
    of_page = sa.select(ARTICLES.c.first_key.label("page")).where(ARTICLES.c.first_key.is_not(None)).distinct()
    for each in connection.execute(of_page).scalars().all():
        rows_of_page = _OTHERS.execute(connection, {"page": each, "own": -1}).fetchall()
        first, *rest = (dict(zip(COLUMNS, row, strict=True)) for row in rows_of_page)
        if any(_varies(first, other) for other in rest):
            connection.execute(_SET_VARIED, {"page": each})


def _others(connection: sa.Connection, place: Place) -> list[ArticleRow]:
    found = _OTHERS.execute(connection, {"page": place.page, "own": place.key}).fetchall()
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def _cells(row: ArticleRow) -> frozenset[SumKey]:
    site, region = row["site"] or "", row["region"] or ""
    return frozenset((name, site, region, str(row[column] or "")) for name, column in DIMENSIONS.items())


def _varies(row: ArticleRow, other: ArticleRow) -> bool:
    """Return whether two captures of a page differ in anything but the verdict."""
    return {cell for cell in _cells(row) ^ _cells(other) if cell[0] != "verdict"} != set()


def _expressions(connection: sa.Connection, dimension: str) -> dict[str, sa.ColumnElement[str]]:
    """Return what cells are made of, by the columns of their table: site, region and value as texts, never NULL."""
    value: sa.ColumnElement[Any] = ARTICLES.c[DIMENSIONS[dimension]]
    if dimension == "day":
        is_text = connection.dialect.name == "sqlite"
        value = sa.type_coerce(value, sa.Text) if is_text else sa.func.to_char(value, "YYYY-MM-DD")
    columns = {"site": ARTICLES.c.site, "region": ARTICLES.c.region, "value": value}
    return {name: sa.func.coalesce(column, "") for name, column in columns.items()}
