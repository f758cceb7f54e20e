"""The full-text index of articles.

It is a contentless FTS5 table in SQLite, and a GIN index in PostgreSQL. Both have the tokens of
`pipelines.text.tokens`. FTS5 keeps their positions, so it finds phrases by itself. PostgreSQL keeps no more than 256
positions of a lexeme; there the lexemes only preselect rows, and a phrase is compared with the canonical forms in the
row. A function of the server computes the lexemes of these forms (`lexemes`): as a column they would take 4 KB for an
article, a third of the catalogue.

A contentless FTS5 table can only delete a row if it is given the very tokens of that row. (SQLite 3.43 has an option
without this condition, but older versions cannot open such a table.) They are computed again from the old entry; if the
checksum shows that an earlier version computed other ones, the row stays in the index. Its key is noted as stale, so it
is never found; `fangzhi rebuild` leaves it out.

In SQLite single characters have an index of their own (`character_index`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy import bindparam

from pipelines.catalogue import additions, article_sums, character_index, lexemes
from pipelines.catalogue.article_sums import Place
from pipelines.catalogue.prepared import Prepared
from pipelines.catalogue.query_match import SEARCHED, canonical_forms
from pipelines.catalogue.tables import ARTICLES, ENTRIES, INDEXED, METADATA, STALE_KEYS
from pipelines.model import Article, Entry
from pipelines.model.fields import column_text
from pipelines.text.tokens import index_tokens

COLUMNS = ", ".join(SEARCHED)

CREATE = {
    "sqlite": (f"CREATE VIRTUAL TABLE article_index USING fts5({COLUMNS}, content='', tokenize='ascii')",),
    "postgresql": (
        *(f'ALTER TABLE articles ADD COLUMN "{name}" TEXT NOT NULL' for name in SEARCHED),
        *lexemes.CREATE,
    ),
}

_FTS = sa.table("article_index", *map(sa.column, ("article_index", "rowid", *SEARCHED)))
_FTS_VALUES = sa.insert(_FTS).values({name: bindparam(name) for name in ("rowid", *SEARCHED)})
_INSERT_FTS = Prepared(_FTS_VALUES)
_DELETE_FTS = _FTS_VALUES.values(article_index="delete")
_OF_ARTICLE = ("ordinal", "checksum", "source_name", "column_name", "first_key")
_POSTGRESQL_ARTICLES = sa.table(
    ARTICLES.name,
    *(sa.column(name, ARTICLES.c[name].type) for name in (*INDEXED, *_OF_ARTICLE)),
    *(sa.column(name, sa.Text) for name in SEARCHED),
)
_POSTGRESQL_VALUES = sa.insert(_POSTGRESQL_ARTICLES).values(
    {column: bindparam(column.name, type_=column.type) for column in _POSTGRESQL_ARTICLES.c}
)
_INSERT_POSTGRESQL = Prepared(_POSTGRESQL_VALUES)
_INSERT_WITH_KEY = Prepared(_POSTGRESQL_VALUES.returning(sa.column("key")))
_INSERT = Prepared(sa.insert(ARTICLES).values({name: bindparam(name) for name in (*INDEXED, *_OF_ARTICLE)}))
_UPDATE = (
    sa.update(ARTICLES)
    .where(ARTICLES.c.key == bindparam("at_key"))
    .values({name: bindparam(name) for name in (*INDEXED, "source_name", "column_name")})
)
_DELETE = sa.delete(ARTICLES).where(ARTICLES.c.key == bindparam("at_key"))
_OF_ENTRY = sa.select(
    *(ARTICLES.c[name] for name in ("key", "ordinal", "checksum", "first_key", *article_sums.COLUMNS))
).where(ARTICLES.c.id == bindparam("of_id"))
_KNOWN = Prepared(
    sa.union_all(
        sa.select(ARTICLES.c.ordinal, sa.func.coalesce(ARTICLES.c.first_key, ARTICLES.c.key).label("first_key"))
        .join(ENTRIES, ENTRIES.c.id == ARTICLES.c.id)
        .where(ENTRIES.c.final_url == bindparam("url"), ENTRIES.c.id != bindparam("of_id")),
        sa.select(sa.literal_column("-1"), sa.literal_column("0")).where(
            sa.exists().where(ENTRIES.c.id == bindparam("of_id"))
        ),
    )
)
"""The first keys of the articles of a URL, from any other captures; a row with -1 if the capture itself is there."""


@frozen
class _Indexed:
    """An article as the index has it."""

    forms: Mapping[str, str]
    checksum: int


def create(connection: sa.Connection) -> None:
    """Create the tables of the index, or what they lack."""
    METADATA.create_all(connection, tables=[ARTICLES])
    for statement in CREATE[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "sqlite":
        character_index.set_merging(connection, "article_index")
        character_index.create(connection)


@frozen
class KnownCapture:
    """What is there of a capture and its URL: whether it has an entry, and the first key of each article."""

    has_entry: bool
    first_keys: Mapping[int, int]


def find_known(connection: sa.Connection, entry: Entry) -> KnownCapture:
    """Return whether a capture has an entry, and the first keys of the articles that other captures of its URL have."""
    found = dict(_KNOWN.execute(connection, {"url": entry.final_url, "of_id": entry.id}).fetchall())
    return KnownCapture(found.pop(-1, None) is not None, found)


def has_known(connection: sa.Connection, entries: Sequence[Entry]) -> list[bool]:
    """Return for each of some captures whether `find_known` finds anything, in one statement of PostgreSQL."""
    values = [{"url": entry.final_url, "of_id": entry.id} for entry in entries]
    return [*map(bool, _KNOWN.fetch_for_each(connection, values))]


def put(
    connection: sa.Connection,
    row: Mapping[str, Any],
    entry: Entry,
    before: Entry | None,
    known: KnownCapture | None = None,
) -> None:
    """Index the articles of an entry, whose row in `entries` is given; `before` is the entry that it replaces.

    With `known` nothing is read for an entry that replaces none.
    """
    indexed = dict(enumerate(_indexed(entry)))
    old = _old_rows(connection, before) if before else {}
    kept = old if before and before.final_url == entry.final_url else {}
    same = {number for number, each in kept.items() if number in indexed and each.checksum == indexed[number].checksum}
    for number in same:
        values = _columns(row) | counted_values(entry.articles[number])
        connection.execute(_UPDATE, values | {"at_key": old[number].key})
        article_sums.change(connection, _place(old[number]), old[number]._mapping, values)
    if before:
        _delete(connection, {number: old[number] for number in old.keys() - same}, before)
    new = sorted(indexed.keys() - same)
    first_keys = (known or find_known(connection, entry)).first_keys if new else {}
    for number in new:
        values = _columns(row) | counted_values(entry.articles[number])
        values |= {"ordinal": number, "checksum": indexed[number].checksum, "first_key": first_keys.get(number)}
        first_key = first_keys.get(number)
        key = _insert(connection, values, indexed[number].forms, wants_key=first_key is not None)
        article_sums.change(connection, Place(key, first_key), None, values, alone=first_key is None)


def remove(connection: sa.Connection, entry: Entry) -> None:
    """Remove the articles of an entry from the index."""
    _delete(connection, _old_rows(connection, entry), entry)


def note_stale_keys(connection: sa.Connection) -> None:
    """Find the rows of SQLite's index that have no article, which earlier versions did not note."""
    indexed: sa.Select[Any] = sa.select(sa.column("id")).select_from(sa.table("article_index_docsize"))
    stale = indexed.except_(sa.select(ARTICLES.c.key))
    connection.execute(sa.insert(STALE_KEYS).from_select(["key"], stale))


def add_characters(connection: sa.Connection, entry: Entry) -> None:
    """Index the single characters of articles that are in `articles` and in the index of their words."""
    rows, indexed = _old_rows(connection, entry), dict(enumerate(_indexed(entry)))
    for number in sorted(rows.keys() & indexed.keys()):
        character_index.insert(connection, rows[number].key, indexed[number].forms)


def counted_values(article: Article) -> dict[str, str | None]:
    """Return the source and the column of an article as they are counted, by the columns that hold them."""
    return {"source_name": article.source or None, "column_name": column_text(article.column) or None}


def _insert(connection: sa.Connection, values: Mapping[str, Any], forms: Mapping[str, str], *, wants_key: bool) -> int:
    """Insert an article and return the key of its row, 0 unless it is wanted: the row waits for other ones."""
    if connection.dialect.name == "sqlite":
        key = int(_INSERT.execute(connection, values).lastrowid)
        _INSERT_FTS.execute(connection, _tokens(forms) | {"rowid": key})
        character_index.insert(connection, key, forms)
        return key
    if wants_key:
        return int(_INSERT_WITH_KEY.execute(connection, {**values, **forms}).fetchone()[0])
    additions.insert(connection, _INSERT_POSTGRESQL, [{**values, **forms}])
    return 0


def _delete(connection: sa.Connection, rows: Mapping[int, Any], entry: Entry) -> None:
    """Delete rows of an entry, which are given by the numbers of its articles."""
    for row in rows.values():
        connection.execute(_DELETE, {"at_key": row.key})
        article_sums.change(connection, _place(row), row._mapping, None)
    if not rows or connection.dialect.name != "sqlite":
        return
    indexed = dict(enumerate(_indexed(entry)))
    for number, row in rows.items():
        if number in indexed and indexed[number].checksum == row.checksum:
            connection.execute(_DELETE_FTS, _tokens(indexed[number].forms) | {"rowid": row.key})
            character_index.delete(connection, row.key, indexed[number].forms)
        else:
            connection.execute(sa.insert(STALE_KEYS), {"key": row.key})


def _place(row: Any) -> Place:
    return Place(row.key, row.first_key)


def _old_rows(connection: sa.Connection, entry: Entry) -> dict[int, Any]:
    return {row.ordinal: row for row in connection.execute(_OF_ENTRY, {"of_id": entry.id})}


def _indexed(entry: Entry) -> Iterator[_Indexed]:
    for article in entry.articles:
        forms = canonical_forms(article)
        yield _Indexed(forms, checksum(forms))


def checksum(forms: Mapping[str, str]) -> int:
    """Return the checksum of the canonical forms of an article."""
    data = "\n".join(forms.values()).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), signed=True)


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in INDEXED}


def _tokens(forms: Mapping[str, str]) -> dict[str, str]:
    return {name: " ".join(index_tokens(form)) for name, form in forms.items()}
