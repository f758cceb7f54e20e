"""Create the tables of a catalogue, or bring one of an earlier version to the version of this program."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy import bindparam

from pipelines.catalogue import article_sums, character_index, fingerprint_index, lexemes, sums, text_index
from pipelines.catalogue.rows import entry_row
from pipelines.catalogue.tables import (
    ARTICLES,
    ENTRIES,
    METADATA,
    PARTIAL_INDEXES,
    PUBLISHED,
    SCHEMA,
    SHORT_DIGESTS,
)
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.model.serialize import entry_from_json

logger = logging.getLogger(__name__)

VERSION = 7
"""The version of the tables. 6 has a row for each fingerprint and long keys of digests in PostgreSQL, and documents in
UTF-8, which are still read; 5 has a column of lexemes in PostgreSQL, and is the same in SQLite; 4 has no stale keys,
and no index of single characters in SQLite; 3 has no sums of articles, but further indexes to count them; 2 has no sums
at all, no requisites, no sources and columns in columns, and documents that are not compressed; 1 has no full-text
index, no regions and no flags in columns; 0 has no fingerprints.

Raise it when tables, tokens or canonical forms change. Missing columns and indexes are added by themselves."""

ENTRIES_PER_STEP = 500
"""Entries that are read at a time while a catalogue is migrated: some 3 MB."""

ENTRIES_PER_SECOND = 400
"""Entries that a migration indexes in a second on a slow core, for the message about its time."""

_OBSOLETE_INDEXES = ("entries_counts", "articles_source_name", "articles_column_name", "articles_verdict")
_PUBLISHED_2 = "DROP INDEX IF EXISTS entries_published"
"""Version 3 has another index of this name."""

_BYTES = "ALTER TABLE entries ALTER COLUMN document TYPE BYTEA USING convert_to(document, 'UTF8')"
"""PostgreSQL's columns have one type for all rows; those of SQLite have not."""

_WITHOUT_LEXEMES = ("ALTER TABLE articles DROP COLUMN lexemes", "CLUSTER articles USING articles_pkey")
"""The second statement writes the table anew, without the values of the column. The column's index goes with it."""

_FIRST_KEYS = (
    """UPDATE articles SET first_key = (SELECT min(first.key) FROM entries AS own
    JOIN entries AS other ON other.final_url = own.final_url
    JOIN articles AS first ON first.id = other.id AND first.ordinal = articles.ordinal WHERE own.id = articles.id)""",
    "UPDATE articles SET first_key = NULL WHERE first_key = key",
)
_AFTER = (
    sa.select(ENTRIES.c.id, ENTRIES.c.document)
    .where(ENTRIES.c.id > bindparam("after"))
    .order_by(ENTRIES.c.id)
    .limit(ENTRIES_PER_STEP)
)
_SET_COLUMNS = (
    sa.update(ENTRIES)
    .where(ENTRIES.c.id == bindparam("at_id"))
    .values({name: bindparam(name) for name in ("region", "flags", "facts", "document")})
)
_SET_COUNTED = (
    sa.update(ARTICLES)
    .where(ARTICLES.c.id == bindparam("at_id"), ARTICLES.c.ordinal == bindparam("at_ordinal"))
    .values({name: bindparam(name) for name in ("source_name", "column_name")})
)


def prepare(engine: sa.Engine, name: str) -> None:
    """Create the tables that are missing, or migrate those of an earlier version, in one transaction.

    `engine` must take the write lock when a transaction begins; `name` is the catalogue's name for messages. Warns if
    the texts of an old catalogue stay without fingerprints. Raises StoreUnavailable for a catalogue of a later version,
    and for a file of an earlier version that this user may not write.
    """
    with engine.connect().execution_options(writes=False) as connection:
        version = _version(connection)
    if version == VERSION:
        return
    if version is not None and version > VERSION:
        raise _too_new(name, version)
    try:
        with engine.begin() as connection:
            if _version(connection) == version:  # else another process was first
                _migrate(connection, version, name)
    except sa.exc.OperationalError as error:
        if version is not None and getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_READONLY"):
            raise _too_old(name) from error
        raise


def _version(connection: sa.Connection) -> int | None:
    """Return the version of a catalogue's tables; None if there are none."""
    tables = sa.inspect(connection)
    if tables.has_table(SCHEMA.name):
        return int(connection.execute(sa.select(SCHEMA.c.version)).scalar_one())
    if tables.has_table(fingerprint_index.TABLE):
        return 1
    return 0 if tables.has_table(ENTRIES.name) else None


def _migrate(connection: sa.Connection, version: int | None, name: str) -> None:
    if version is None:
        METADATA.create_all(connection)
        fingerprint_index.create(connection)
        text_index.create(connection)
    else:
        if version == 0:
            _warn_of_fingerprints(connection, name)
        _add_tables(connection, version)
        _compact(connection, version)
        if version == 2:
            for statement in _FIRST_KEYS:
                connection.exec_driver_sql(statement)
        if version < 3 or (version < 5 and connection.dialect.name == "sqlite"):
            _convert(connection, version, name)
        if 2 <= version < 4:
            article_sums.fill(connection)
    connection.execute(sa.delete(SCHEMA))
    connection.execute(sa.insert(SCHEMA), {"version": VERSION})


def _warn_of_fingerprints(connection: sa.Connection, name: str) -> None:
    """Warn that the entries of version 0 have no fingerprints."""
    if connection.execute(sa.select(ENTRIES.c.id).limit(1)).first() is not None:
        logger.warning("near copies of the texts already in %s can only be found after fangzhi rebuild", name)


def _add_tables(connection: sa.Connection, version: int) -> None:
    """Add the tables, columns and indexes that an earlier version lacks, still without values."""
    statements = [f"DROP INDEX IF EXISTS {name}" for name in _OBSOLETE_INDEXES]
    if version < 3:
        statements += [_PUBLISHED_2, *([_BYTES] if connection.dialect.name == "postgresql" else [])]
    for statement in statements:
        connection.exec_driver_sql(statement)
    for table in (ENTRIES, ARTICLES) if version >= 2 else (ENTRIES,):
        _add_columns(connection, table)
    METADATA.create_all(connection)
    for index in [*ENTRIES.indexes, *ARTICLES.indexes]:
        index.create(connection, checkfirst=True)
    for partial in PARTIAL_INDEXES:
        connection.execute(partial)
    connection.exec_driver_sql(PUBLISHED[connection.dialect.name])
    if version < 2:
        text_index.create(connection)
    elif version < 6 and connection.dialect.name == "postgresql":
        for statement in (*_WITHOUT_LEXEMES, *lexemes.CREATE):
            connection.exec_driver_sql(statement)
    elif version < 5 and connection.dialect.name == "sqlite":
        character_index.create(connection)
        text_index.note_stale_keys(connection)


def _add_columns(connection: sa.Connection, table: sa.Table) -> None:
    known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in known:
            kind = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")


def _compact(connection: sa.Connection, version: int) -> None:
    """Add the index of fingerprints to version 0, and give what PostgreSQL stores the form of version 7."""
    if version == 0:
        fingerprint_index.create(connection)
    if connection.dialect.name == "postgresql":
        if version > 0:
            fingerprint_index.migrate(connection)
        for statement in SHORT_DIGESTS:
            connection.exec_driver_sql(statement)


def _convert(connection: sa.Connection, version: int, name: str) -> None:
    """Fill what was added with what the entries have for it: columns, sums, and the full-text index or a part of it."""
    count = int(connection.execute(sa.select(sa.func.count()).select_from(ENTRIES)).scalar_one())
    if count > ENTRIES_PER_STEP:
        logger.warning(
            "%s is of an earlier version: its %d entries are read once to bring it up to date, which takes about %d s",
            *(name, count, count // ENTRIES_PER_SECOND),
        )
    after = ""
    while rows := connection.execute(_AFTER, {"after": after}).all():
        for _key, document in rows:
            entry = _entry(document, name)
            if version < 3:
                _fill(connection, version, entry)
            if version >= 2 and connection.dialect.name == "sqlite":
                text_index.add_characters(connection, entry)
        after = rows[-1].id


def _fill(connection: sa.Connection, version: int, entry: Entry) -> None:
    """Fill the columns and sums that version 3 added with what an entry has for them."""
    row = entry_row(entry)
    values = {column: row[column] for column in ("region", "flags", "facts", "document")}
    connection.execute(_SET_COLUMNS, values | {"at_id": entry.id})
    sums.change(connection, None, row)
    if version < 2:
        text_index.put(connection, row, entry, None)
        return
    for number, article in enumerate(entry.articles):
        at = {"at_id": entry.id, "at_ordinal": number}
        connection.execute(_SET_COUNTED, text_index.counted_values(article) | at)


def _entry(document: str, name: str) -> Entry:
    """Return an entry; raises StoreUnavailable if an earlier version wrote it in another form."""
    try:
        return entry_from_json(document)
    except StoreCorrupt as error:
        raise StoreUnavailable(
            _("the catalogue {url} has entries of an earlier version of fangzhi that cannot be indexed", url=name),
            _("`fangzhi rebuild` makes a new one from the archive"),
        ) from error


def _too_old(name: str) -> StoreUnavailable:
    return StoreUnavailable(
        _("the catalogue {url} was written by an earlier version of fangzhi", url=name),
        _("run `fangzhi status` once as a user who may write there: it brings the catalogue up to date"),
    )


def _too_new(name: str, version: int) -> StoreUnavailable:
    return StoreUnavailable(
        _(
            "the catalogue {url} was written by a later version of fangzhi (its tables have version {found}, this "
            "program knows {known})",
            url=name,
            found=version,
            known=VERSION,
        ),
        _("install that version, or make a catalogue of this one with `fangzhi rebuild`"),
    )
