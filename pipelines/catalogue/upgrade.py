"""What a catalogue of an earlier version lacks, added where that can be done without reading it all."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from pipelines.catalogue.tables import ANCHORS, COPIES, ENTRIES, METADATA

log = logging.getLogger(__name__)


def prepare(engine: sa.Engine, name: str) -> None:
    """Make the tables of a new catalogue, or what an old one lacks; says so where the old one's texts stay unknown.

    `engine` must wait for its turn to write; `name` is what people know the catalogue by.
    """
    if sa.inspect(engine).has_table(ANCHORS.name):
        return
    with engine.begin() as connection:
        there = sa.inspect(connection)
        if there.has_table(ANCHORS.name):
            return
        old = there.has_table(ENTRIES.name)
        if old:
            connection.exec_driver_sql("ALTER TABLE entries ADD COLUMN relation VARCHAR(8)")
            connection.exec_driver_sql("ALTER TABLE entries ADD COLUMN copy_of VARCHAR(32)")
            connection.execute(COPIES)
        METADATA.create_all(connection)
        held = old and connection.execute(sa.select(ENTRIES.c.id).limit(1)).first() is not None
    if held:
        log.warning("copies of what %s holds already are all known once fangzhi rebuild has been run", name)
