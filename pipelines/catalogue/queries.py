"""The SQL statements of the catalogue, built once.

Building a statement costs more than executing it, so values are parameters: `payload` and `text` are digests of a
capture, `url` is its URL, `us` and `id` are its moment, the pair by which captures are ordered.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from pipelines.catalogue.prepared import Prepared
from pipelines.catalogue.tables import DIGEST_START, DIGESTS, ENTRIES, PAYLOAD, SITE_SUMS, SUSPECT, TEXT

_REFERENCE = (ENTRIES.c.id, ENTRIES.c.final_url, ENTRIES.c.fetched_us)
_MOMENT = sa.tuple_(bindparam("us", type_=sa.BigInteger), bindparam("id", type_=sa.String))
_DIGEST_MOMENT = sa.tuple_(DIGESTS.c.fetched_us, DIGESTS.c.id)
_ARTICLE_OF_URL = (ENTRIES.c.final_url == bindparam("url"), ENTRIES.c.outcome == "article")


def _has_digest(kind: int, parameter: str) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `digests` has a digest, for the indexes of both kinds of databases."""
    digest = bindparam(parameter, type_=sa.LargeBinary)
    start = sa.literal_column(DIGEST_START) == sa.func.substr(digest, 1, 8)
    return sa.and_(DIGESTS.c.kind == kind, DIGESTS.c.digest == digest, start)


def _first(kind: int, parameter: str) -> sa.Select[Any]:
    """Return the statement for the first capture with a digest before a moment."""
    earlier = (_has_digest(kind, parameter), _DIGEST_MOMENT < _MOMENT)
    query = sa.select(*_REFERENCE).join(DIGESTS, DIGESTS.c.id == ENTRIES.c.id).where(*earlier)
    return query.order_by(DIGESTS.c.fetched_us, DIGESTS.c.id).limit(1)


FIRST_OWN_PAYLOAD = Prepared(_first(PAYLOAD, "payload").where(ENTRIES.c.own))
"""The first capture with a payload before a moment whose bytes are in our own archive."""

_LAST_ARTICLE_OF_URL = (
    sa.select(*_REFERENCE)
    .where(*_ARTICLE_OF_URL, ENTRIES.c.fetched_us < bindparam("us"))
    .order_by(ENTRIES.c.fetched_us.desc())
    .limit(1)
)
_PRIOR = {
    "same_bytes": _first(PAYLOAD, "payload"),
    "same_text": _first(TEXT, "text"),
    "previous": _LAST_ARTICLE_OF_URL,
}
"""The statement for each field of `PriorCaptures`."""


def _prior(*fields: str) -> sa.CompoundSelect[Any]:
    """Return one statement for several fields of `PriorCaptures`; its column `field` names the field of a row."""
    subqueries = ((name, _PRIOR[name].subquery()) for name in fields)
    return sa.union_all(*(sa.select(sa.literal(name).label("field"), each) for name, each in subqueries))


PRIOR_BY_BYTES = Prepared(_prior("same_bytes"))
"""The first capture with a payload before a moment."""

PRIOR_BY_BYTES_TEXT_AND_URL = Prepared(_prior("same_bytes", "same_text", "previous"))
"""Also the first capture with a text, and the last article that a URL returned, both before the moment."""

OWN_DOCUMENTS_OF_URL = (
    sa.select(ENTRIES.c.document)
    .where(ENTRIES.c.final_url == bindparam("url"), ENTRIES.c.own, ENTRIES.c.fetched_us < bindparam("us"))
    .order_by(ENTRIES.c.fetched_us.desc())
)
"""The entries of a URL before a moment whose bytes are in our own archive, newest first."""

SITES = sa.select(SITE_SUMS.c.site).where(SITE_SUMS.c.site != "").distinct().order_by(SITE_SUMS.c.site)
"""The sites that have captures."""

SITE_OF_URLS = (
    sa.select(ENTRIES.c.site)
    .where(
        ENTRIES.c.final_url >= bindparam("first"),
        ENTRIES.c.final_url < bindparam("after_all"),
        ENTRIES.c.site.is_not(None),
    )
    .limit(1)
)
"""The site of a capture in a range of URLs."""

_IDS = {
    "sqlite": "SELECT value FROM json_each(:ids)",
    "postgresql": "SELECT json_array_elements_text(CAST(:ids AS JSON))",
}
"""Some ids as a table: they are passed as one JSON list, so a statement is always the same and is compiled once."""


def references_by_ids(connection: sa.Connection, ids: Sequence[str]) -> Sequence[Any]:
    """Return the captures with some ids, as rows with the id, the final URL and the time."""
    return _by_ids(connection, "id, final_url, fetched_us", ids)


def documents_by_ids(connection: sa.Connection, ids: Sequence[str]) -> Sequence[Any]:
    """Return the entries with some ids, as rows with the id and the entry as it is stored."""
    return _by_ids(connection, "id, document", ids)


def _by_ids(connection: sa.Connection, columns: str, ids: Sequence[str]) -> Sequence[Any]:
    statement = _statement_by_ids(columns, connection.dialect.name)
    found: Sequence[Any] = statement.execute(connection, {"ids": json.dumps(ids)}).fetchall() if ids else ()
    return found


@functools.cache
def _statement_by_ids(columns: str, dialect: str) -> Prepared:
    return Prepared(sa.text(f"SELECT {columns} FROM entries WHERE id IN ({_IDS[dialect]})"))  # noqa: S608 - our names


ROW_BY_ID = sa.select(ENTRIES).where(ENTRIES.c.id == bindparam("id"))
"""The row of an entry, which is needed to replace it."""

ANY_LATER = (
    sa.select(ENTRIES.c.id).where(ENTRIES.c.fetched_us >= bindparam("us"), ENTRIES.c.id != bindparam("id")).limit(1)
)
"""Any other capture that was not made before a moment; there is none while captures arrive in order."""

NEWEST = Prepared(sa.select(sa.func.max(ENTRIES.c.fetched_us)))
"""The time of the newest capture."""

INSERT_ENTRY = Prepared(sa.insert(ENTRIES))

INSERT_DIGEST = Prepared(sa.insert(DIGESTS))

DELETE_ENTRY = sa.delete(ENTRIES).where(ENTRIES.c.id == bindparam("id"))

DELETE_DIGEST = sa.delete(DIGESTS).where(
    sa.literal_column(DIGEST_START) == sa.func.substr(bindparam("digest", type_=sa.LargeBinary), 1, 8),
    *(column == bindparam(column.name) for column in DIGESTS.c),
)


@functools.cache
def later_captures(*names: str) -> sa.Select[Any]:
    """Return the statement for captures after a moment that have a payload or a text, or are the next article of a URL.

    `names` are its parameters apart from the moment: some of `payload`, `text` and `url`.
    """
    found = [_later_with(PAYLOAD, "payload")] if "payload" in names else []
    found += [_later_with(TEXT, "text")] if "text" in names else []
    found += [_next_article_of_url()] if "url" in names else []
    return sa.select(*_REFERENCE).where(ENTRIES.c.id.in_(sa.union_all(*found)))


def _later_with(kind: int, parameter: str) -> sa.Select[Any]:
    return sa.select(DIGESTS.c.id).where(_has_digest(kind, parameter), _DIGEST_MOMENT > _MOMENT)


def _next_article_of_url() -> sa.Select[Any]:
    after = sa.select(ENTRIES.c.id).where(*_ARTICLE_OF_URL, ENTRIES.c.fetched_us > bindparam("us"))
    return sa.select(after.order_by(ENTRIES.c.fetched_us).limit(1).subquery().c.id)


@functools.cache
def possibly_missing(*, site: bool, since: bool) -> sa.Select[Any]:
    """Return the statement for URLs that had an article and an answer that may mean that the page was missing.

    With `site` and `since` it has a parameter each: `site`, and `us`, the time since which a URL must have been
    requested.
    """
    other = ENTRIES.alias("other")
    had_article = sa.exists().where(
        sa.or_(other.c.url == ENTRIES.c.url, other.c.final_url == ENTRIES.c.url), other.c.outcome == "article"
    )
    query = sa.select(ENTRIES.c.url).where(sa.text(SUSPECT), had_article).distinct()
    if site:
        query = query.where(ENTRIES.c.site == bindparam("site"))
    if since:
        requested = sa.select(other.c.url).where(other.c.fetched_us >= bindparam("us"))
        query = query.where(ENTRIES.c.url.in_(requested))
    return query.order_by(ENTRIES.c.url)
