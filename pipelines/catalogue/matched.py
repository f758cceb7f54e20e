"""The articles that match a filter: as conditions in PostgreSQL, as a temporary table in SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from attrs import evolve, frozen

from pipelines.catalogue.copies import Conditions
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.prepared import Prepared
from pipelines.catalogue.query_sql import matching_keys, separate
from pipelines.catalogue.tables import ARTICLES, STALE_KEYS

_MATCHES = sa.table("matches", sa.column("key"), schema="temp")
_CREATE_MATCHES = Prepared(sa.text("CREATE TEMPORARY TABLE IF NOT EXISTS matches (key INTEGER PRIMARY KEY)"))
_DELETE_MATCHES = Prepared(sa.delete(_MATCHES))
_DELETE_STALE = Prepared(sa.delete(_MATCHES).where(_MATCHES.c.key.in_(sa.select(STALE_KEYS.c.key))))


@frozen
class Matched:
    """The conditions on the articles that match: for all of them, and for some that are found by another condition.

    SQLite would use the condition for all of them to read all of them; it has them in a temporary table, and
    `in_table_number` is how many there are. In PostgreSQL, `apart` are conditions of which each of them fulfils one,
    but not two.
    """

    all: Conditions
    among: Conditions
    apart: Sequence[Conditions] = ()
    in_table_number: int | None = None


IN_TABLE = Matched(
    [ARTICLES.c.key.in_(sa.select(_MATCHES.c.key))],
    [(ARTICLES.c.key + 0).in_(sa.select(_MATCHES.c.key))],
)
"""The conditions in SQLite, the same for every search, so that the statements with them are prepared."""


def find_matched(connection: sa.Connection, wanted: Filter) -> Matched:
    """Return the conditions that select the articles of a filter, in SQLite from a temporary table.

    A search evaluates them several times, and FTS5 takes longer for a frequent word than everything else. If a query is
    all of the filter, the table has the keys as the index gives them, without reading a row for each.
    """
    conditions = wanted.article_conditions(connection.dialect.name)
    if connection.dialect.name != "sqlite":
        queries = separate(wanted.query) if wanted.query else (None,)
        apart = [evolve(wanted, query=query).article_conditions(connection.dialect.name) for query in queries]
        return Matched(conditions, wanted.article_conditions(connection.dialect.name, indexed=False), apart)
    keys = matching_keys(wanted.query) if wanted.query and wanted == Filter(query=wanted.query) else None
    if keys is None:
        keys = sa.select(ARTICLES.c.key).where(*conditions)
    _CREATE_MATCHES.execute(connection, {})
    _DELETE_MATCHES.execute(connection, {})
    number = connection.execute(sa.insert(_MATCHES).from_select(["key"], keys)).rowcount
    number -= _DELETE_STALE.execute(connection, {}).rowcount
    return evolve(IN_TABLE, in_table_number=number)
