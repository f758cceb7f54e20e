"""Turn a catalogue, in SQLite or PostgreSQL, into one that an earlier version of fangzhi wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from pipelines.catalogue.packing import unpack

COUNTED_3 = ("site", "region", "published_on", "verdict", "source_name", "column_name")
"""The columns of articles with an index in version 3; later ones have the first three."""


_ROWS_6 = (
    "ALTER TABLE anchors RENAME TO arrays",
    "ALTER INDEX anchors_pkey RENAME TO arrays_pkey",
    "CREATE TABLE anchors (anchor BIGINT, fetched_us BIGINT, mark BIGINT, size SMALLINT NOT NULL, "
    "PRIMARY KEY (anchor, fetched_us, mark))",
    "INSERT INTO anchors SELECT unnest(anchors || crowded), fetched_us, mark, cardinality(anchors || crowded) "
    "FROM arrays",
    "DROP TABLE arrays",
    "DROP INDEX digests_start",
    "ALTER TABLE digests ADD PRIMARY KEY (kind, digest, fetched_us, id)",
)


def version_1(url: str) -> None:
    """Turn a catalogue into one of version 1: without the index, and without the columns that came with it."""
    version_2(url)
    with _changing(url) as connection:
        _drop(connection, "TABLE", "articles", "catalogue_schema")
        if connection.dialect.name == "sqlite":
            _drop(connection, "TABLE", "article_index")
        _drop(connection, "INDEX", "entries_flags", "entries_region", "entries_published")
        _drop_columns(connection, "entries", "region", "flags")


def version_2(url: str) -> None:
    """Turn a catalogue into one of version 2: without sums and requisites, with documents that are not compressed."""
    version_3(url)
    with _changing(url) as connection:
        _drop(connection, "TABLE", "site_sums", "site_days", "publication_days", "requisites")
        _drop(connection, "INDEX", "entries_site", "entries_filters", "entries_suspects")
        _drop(connection, "INDEX", *(f"articles_{name}" for name in (*COUNTED_3, "repeats", "copies", "further")))
        _drop_columns(connection, "articles", "source_name", "column_name", "first_key")
        _drop_columns(connection, "entries", "facts")
        _unpack_documents(connection)
        columns = "site, outcome, reason, verdict, published_on, fetched_us"
        connection.exec_driver_sql(f"CREATE INDEX entries_counts ON entries ({columns})")
        connection.exec_driver_sql("UPDATE catalogue_schema SET version = 2")


def version_3(url: str) -> None:
    """Turn a catalogue into one of version 3: without sums of articles, with an index for each counted column."""
    version_4(url)
    with _changing(url) as connection:
        _drop(connection, "TABLE", "article_sums")
        _drop(connection, "INDEX", "entries_suspect_urls", "articles_varied")
        _drop_columns(connection, "articles", "varied")
        for name in COUNTED_3[3:]:
            connection.exec_driver_sql(f"CREATE INDEX articles_{name} ON articles ({name})")
        connection.exec_driver_sql("UPDATE catalogue_schema SET version = 3")


def version_4(url: str) -> None:
    """Turn a catalogue into one of version 4: without stale keys, and without SQLite's index of single characters."""
    version_5(url)
    with _changing(url) as connection:
        _drop(connection, "INDEX", "articles_chains")
        _drop(connection, "TABLE", "stale_keys")
        if connection.dialect.name == "sqlite":
            _drop(connection, "TABLE", "character_index")
        connection.exec_driver_sql("UPDATE catalogue_schema SET version = 4")


def version_5(url: str) -> None:
    """Turn a catalogue into one of version 5: in PostgreSQL with a column of lexemes and without their function."""
    version_6(url)
    with _changing(url) as connection:
        if connection.dialect.name == "postgresql":
            columns = 'title, body, source, "column", author, number'
            connection.exec_driver_sql("ALTER TABLE articles ADD COLUMN lexemes TSVECTOR")
            connection.exec_driver_sql(f"UPDATE articles SET lexemes = article_lexemes({columns})")
            connection.exec_driver_sql("ALTER TABLE articles ALTER COLUMN lexemes SET NOT NULL")
            connection.exec_driver_sql("DROP FUNCTION article_lexemes CASCADE")
            connection.exec_driver_sql("CREATE INDEX articles_lexemes ON articles USING gin (lexemes)")
        connection.exec_driver_sql("UPDATE catalogue_schema SET version = 5")


def version_6(url: str) -> None:
    """Turn a catalogue into one of version 6: in PostgreSQL with a row for each fingerprint."""
    with _changing(url) as connection:
        if connection.dialect.name == "postgresql":
            _drop(connection, "INDEX", "anchors_anchors", "anchors_crowded")
            for statement in _ROWS_6:
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql("UPDATE catalogue_schema SET version = 6")


def layout(url: str) -> list[str]:
    """Return the columns, indexes and keys of all tables of a catalogue, in order."""
    postgresql = (
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, character_maximum_length) "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
    )
    sqlite = (
        "SELECT name || ' ' || tbl_name FROM sqlite_master",
        "SELECT m.name || ' ' || c.name || ' ' || c.type || c.pk "
        "FROM sqlite_master AS m, pragma_table_info(m.name) AS c",
    )
    with _changing(url) as connection:
        queries = sqlite if connection.dialect.name == "sqlite" else postgresql
        return sorted(row for query in queries for row in connection.exec_driver_sql(query).scalars())


def rows(url: str, *tables: sa.Table) -> list[list[tuple[object, ...]]]:
    """Return the rows of each table, in order."""
    with _changing(url) as connection:
        return [sorted(map(tuple, connection.execute(sa.select(table))), key=str) for table in tables]


def change(url: str, statement: str) -> None:
    """Execute a statement."""
    with _changing(url) as connection:
        connection.exec_driver_sql(statement)


def found(url: str, query: str) -> list[tuple[object, ...]]:
    """Return the rows that a query finds."""
    with _changing(url) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@contextmanager
def _changing(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _drop(connection: sa.Connection, kind: str, *names: str) -> None:
    for name in names:
        connection.exec_driver_sql(f"DROP {kind} {name}")


def _drop_columns(connection: sa.Connection, table: str, *names: str) -> None:
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")


def _unpack_documents(connection: sa.Connection) -> None:
    documents = connection.exec_driver_sql("SELECT id, document FROM entries").all()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE entries ALTER COLUMN document TYPE TEXT USING ''")
    plain = [{"id": key, "document": unpack(bytes(document))} for key, document in documents]
    if plain:
        connection.execute(sa.text("UPDATE entries SET document = :document WHERE id = :id"), plain)
