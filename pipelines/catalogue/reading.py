"""What all classes that read the catalogue have in common."""

from __future__ import annotations

from pipelines.catalogue.database import Database


class DatabaseReader:
    """Reads from the database of a catalogue."""

    def __init__(self, database: Database) -> None:
        """Read from a database."""
        self._database = database
