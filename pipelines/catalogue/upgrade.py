"""Create the tables of a catalogue, or add what one of an earlier version lacks, without reading its documents."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from pipelines.catalogue.tables import COPIES, ENTRIES, FINGERPRINTS, METADATA

logger = logging.getLogger(__name__)


def prepare(engine: sa.Engine, name: str) -> None:
    """Create the tables that are missing; warns if the texts of an old catalogue stay without fingerprints.

    `engine` must take the write lock when a transaction begins; `name` is the catalogue's name for the warning.
    """
    if sa.inspect(engine).has_table(FINGERPRINTS.name):
        return
    with engine.begin() as connection:
        tables = sa.inspect(connection)
        if tables.has_table(FINGERPRINTS.name):
            return
        old = tables.has_table(ENTRIES.name)
        if old:
            connection.exec_driver_sql("ALTER TABLE entries ADD COLUMN relation VARCHAR(8)")
            connection.exec_driver_sql("ALTER TABLE entries ADD COLUMN copy_of VARCHAR(32)")
            connection.execute(COPIES)
        METADATA.create_all(connection)
        has_entries = old and connection.execute(sa.select(ENTRIES.c.id).limit(1)).first() is not None
    if has_entries:
        logger.warning("near copies of the texts already in %s can only be found after fangzhi rebuild", name)
