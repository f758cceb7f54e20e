"""What all classes that read the catalogue have in common."""

from __future__ import annotations

from pipelines.catalogue.database import CatalogueDatabase


class DatabaseReader:
    """Reads from the database of a catalogue."""

    def __init__(self, database: CatalogueDatabase) -> None:
        """Read from a database."""
        self._database = database
