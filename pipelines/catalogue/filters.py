"""The filter of captures, one for all commands, and the orders in which captures are listed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, Self

import sqlalchemy as sa
from attrs import evolve, frozen
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from pipelines.catalogue.attachments import FILE_REASON
from pipelines.catalogue.query import Node, all_of, parse_query, with_places
from pipelines.catalogue.query_sql import condition, row_condition
from pipelines.catalogue.tables import ARTICLES, ENTRIES
from pipelines.times import CHINA, to_us

Order = Literal["published", "captured", "score", "relevance"]
"""Newest publication first, newest capture first, lowest quality score first, most words in the title first."""

LAST_CODE = "9" * 6
"""Follows, after the beginning of a code, all codes that begin so; digits have the same order in each collation."""

Columns = ReadOnlyColumnCollection[str, Any] | sa.ColumnCollection[str, Any]


@frozen(kw_only=True)
class Filter:
    """Conditions on captures; a capture must meet all that are given.

    `region` is what the codes of a region and of all regions below it begin with. Days are days in China:
    `captured_since` and `captured_until` of the capture, `published_since` and `published_until` of the publication of
    the first article of a page.

    `copies=False` leaves out captures whose bytes or text were captured before, or nearly so; a text that contains an
    earlier one and more is not a copy. `files=False` leaves out attachments and pictures. `min_score` is the lowest
    quality score, `flags` are quality flags that the texts must have. At least one article must match `query`. `ids`
    are the only captures that are accepted.
    """

    site: str | None = None
    region: str | None = None
    outcome: str | None = None
    reason: str | None = None
    verdict: str | None = None
    copies: bool = True
    files: bool = True
    captured_since: dt.date | None = None
    captured_until: dt.date | None = None
    published_since: dt.date | None = None
    published_until: dt.date | None = None
    min_score: float | None = None
    flags: tuple[str, ...] = ()
    query: Node | None = None
    ids: frozenset[str] | None = None

    def with_query(self, text: str, places: Mapping[str, Callable[[str], str]]) -> Self:
        """Return the filter with a query added; `places` translate what its sites and regions are called.

        Raises ConfigError, which shows the place, for a query that is not valid.
        """
        return evolve(self, query=all_of(with_places(parse_query(text), places), self.query))

    @property
    def publication(self) -> bool:
        """Return whether a period of publication is given."""
        return bool(self.published_since or self.published_until)

    def spans(self, moment: dt.datetime) -> bool:
        """Return whether the day of a time is neither before `captured_since` nor after `captured_until`."""
        day = moment.astimezone(CHINA).date()
        since, until = self.captured_since, self.captured_until
        return (since is None or day >= since) and (until is None or day <= until)

    def conditions(self, dialect: str) -> list[sa.ColumnElement[bool]]:
        """Return the filter as WHERE conditions on the table `entries`."""
        found = [*self._conditions(ENTRIES.c, dialect)]
        if self.reason:
            found.append(ENTRIES.c.reason == self.reason)
        if not self.files:
            found.append(ENTRIES.c.reason.is_distinct_from(FILE_REASON))
        if self.query:
            found.append(ENTRIES.c.id.in_(sa.select(ARTICLES.c.id).where(condition(self.query, dialect))))
        return found

    def article_conditions(self, dialect: str, *, indexed: bool = True) -> list[sa.ColumnElement[bool]]:
        """Return the filter as WHERE conditions on the table `articles`: only captures with articles are in it.

        With `indexed=False`, which PostgreSQL has, they are for a few rows that are found by another condition.
        """
        found = [*self._conditions(ARTICLES.c, dialect)]
        if self.reason:
            found.append(sa.false())
        if self.query:
            found.append(condition(self.query, dialect) if indexed else row_condition(self.query))
        return found

    def _conditions(self, columns: Columns, dialect: str) -> list[sa.ColumnElement[bool]]:
        """Return the conditions on columns that both tables have; the last day belongs to a period."""
        found = [columns[name] == value for name in ("site", "outcome", "verdict") if (value := getattr(self, name))]
        if self.region:
            found.append(columns.region.between(self.region, self.region + LAST_CODE))
        if not self.copies:
            found.append(sa.or_(columns.verdict.in_(("new", "new-version")), columns.relation == "contains"))
        if self.captured_since:
            found.append(columns.fetched_us >= _midnight(self.captured_since))
        if self.captured_until:
            found.append(columns.fetched_us < _midnight(self.captured_until + dt.timedelta(days=1)))
        if self.published_since:
            found.append(columns.published_on >= self.published_since)
        if self.published_until:
            found.append(columns.published_on <= self.published_until)
        if self.min_score is not None:
            found.append(columns.score >= self.min_score)
        found += [
            sa.and_(columns.flags.is_not(None), columns.flags.contains(f",{flag},", autoescape=True))
            for flag in self.flags
        ]
        if self.ids is not None:
            found.append(columns.id.in_(value_rows(sorted(self.ids), dialect)))
        return found


def ordering(order: Order, columns: Columns) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the ORDER BY of captures; captures that are equal in it come newest first."""
    newest = (columns.fetched_us.desc(), columns.id.desc())
    match order:
        case "published":
            return (columns.published_on.desc().nulls_last(), *newest)
        case "score":
            return (columns.score.asc().nulls_last(), *newest)
        case "relevance":
            return (columns.relevance.desc(), *newest)
        case "captured":
            return newest


def value_rows(values: list[str], dialect: str) -> sa.Select[Any]:
    """Return values as rows, passed as one JSON list: the number of parameters of a statement is limited."""
    return json_rows(sa.literal(json.dumps(values)), dialect)


def json_rows(text: sa.ColumnElement[str], dialect: str) -> sa.Select[Any]:
    """Return the texts of a JSON list as rows."""
    name = {"sqlite": "json_each", "postgresql": "json_array_elements_text"}[dialect]
    table = getattr(sa.func, name)(text if dialect == "sqlite" else sa.cast(text, sa.JSON)).table_valued("value")
    return sa.select(sa.cast(table.c.value, sa.Text))


def _midnight(day: dt.date) -> int:
    return to_us(dt.datetime.combine(day, dt.time(), CHINA))
