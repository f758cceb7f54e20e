"""Opening the frontier by its address: the path of a file, or the URL of a database in PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from crawler.frontier.connections import FrontierDatabase
from crawler.frontier.database import FrontierFile
from pipelines.line.patience import Patience

SERVER = "postgresql+psycopg://"
"""What the URL of a frontier begins with that several machines share."""


def is_server(address: str | Path) -> bool:
    """Tell whether an address is that of a server."""
    return str(address).startswith(SERVER)


def open_database(address: str | Path, *, patience: Patience | None = None) -> FrontierDatabase:
    """Open a frontier, and create it if it does not exist; raises StoreError.

    With patience, a server that is away is waited for: now for 30 seconds, in later calls without end.
    """
    if is_server(address):
        from crawler.frontier.server import FrontierServer

        return FrontierServer(str(address), patience=patience)
    return FrontierFile(Path(address))


def frontier_exists(address: str | Path) -> bool:
    """Tell whether there is a frontier at an address; raises StoreError if its server does not answer."""
    if is_server(address):
        from crawler.frontier.server import FrontierServer

        with closing(FrontierServer(str(address), create=False)) as server:
            return server.exists()
    return Path(address).exists()
