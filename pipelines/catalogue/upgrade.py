"""Create the tables of a catalogue, or bring one of an earlier version to the version of this program."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy import bindparam

from pipelines.catalogue import text_index
from pipelines.catalogue.rows import entry_row
from pipelines.catalogue.tables import COPIES, ENTRIES, FINGERPRINTS, FLAGS, METADATA, REQUISITES, SCHEMA
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.model.serialize import entry_from_json

logger = logging.getLogger(__name__)

VERSION = 3
"""The version of the tables. 2 has no requisites; 1 no full-text index, no regions and no flags in columns; 0 no
fingerprints.

Raise it when tables, tokens or canonical forms change, and add the step from the version before to `_migrate`."""

ENTRIES_PER_STEP = 500
"""Entries that are read at a time while a catalogue is migrated: some 3 MB."""

ENTRIES_PER_SECOND = 400
"""Entries that a migration indexes in a second on a slow core, for the message about its time."""

_NEW_COLUMNS = (
    "ALTER TABLE entries ADD COLUMN region VARCHAR(12)",
    "ALTER TABLE entries ADD COLUMN flags TEXT",
    "CREATE INDEX entries_region ON entries (region, fetched_us)",
    "CREATE INDEX entries_published ON entries (published_on, fetched_us)",
)
_AFTER = sa.select(ENTRIES.c.id, ENTRIES.c.document).where(ENTRIES.c.id > bindparam("after")).order_by(ENTRIES.c.id)
_SET_COLUMNS = (
    sa.update(ENTRIES)
    .where(ENTRIES.c.id == bindparam("at_id"))
    .values(region=bindparam("region"), flags=bindparam("flags"))
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
    if tables.has_table(FINGERPRINTS.name):
        return 1
    return 0 if tables.has_table(ENTRIES.name) else None


def _migrate(connection: sa.Connection, version: int | None, name: str) -> None:
    if version is None:
        METADATA.create_all(connection)
        text_index.create(connection)
    elif version == 2:
        METADATA.create_all(connection, tables=[REQUISITES])
    else:
        if version == 0:
            _add_fingerprints(connection, name)
        _add_index(connection, name)
    connection.execute(sa.delete(SCHEMA))
    connection.execute(sa.insert(SCHEMA), {"version": VERSION})


def _add_fingerprints(connection: sa.Connection, name: str) -> None:
    """Add the fingerprints of version 1; those of the entries that are there need a rebuild."""
    connection.exec_driver_sql("ALTER TABLE entries ADD COLUMN relation VARCHAR(8)")
    connection.exec_driver_sql("ALTER TABLE entries ADD COLUMN copy_of VARCHAR(32)")
    connection.execute(COPIES)
    METADATA.create_all(connection, tables=[FINGERPRINTS])
    if connection.execute(sa.select(ENTRIES.c.id).limit(1)).first() is not None:
        logger.warning("near copies of the texts already in %s can only be found after fangzhi rebuild", name)


def _add_index(connection: sa.Connection, name: str) -> None:
    """Add the full-text index of version 2 and the columns for filters, with what the entries have for them."""
    for statement in _NEW_COLUMNS:
        connection.exec_driver_sql(statement)
    connection.execute(FLAGS)
    METADATA.create_all(connection)
    text_index.create(connection)
    count = int(connection.execute(sa.select(sa.func.count()).select_from(ENTRIES)).scalar_one())
    if count > ENTRIES_PER_STEP:
        logger.warning(
            "%s is of an earlier version: its %d entries are indexed for the search, which takes about %d s",
            *(name, count, count // ENTRIES_PER_SECOND),
        )
    after = ""
    while rows := connection.execute(_AFTER.limit(ENTRIES_PER_STEP), {"after": after}).all():
        for key, document in rows:
            entry = _entry(document, name)
            row = entry_row(entry)
            connection.execute(_SET_COLUMNS, {"at_id": key, "region": row["region"], "flags": row["flags"]})
            text_index.put(connection, row, entry, None)
        after = rows[-1].id


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
