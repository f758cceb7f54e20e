"""The catalogue's database: one transaction for each access, or one for many."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from pipelines.catalogue import additions
from pipelines.catalogue.engine import open_engine, refuse_writes
from pipelines.catalogue.faults import store_error
from pipelines.catalogue.upgrade import prepare
from pipelines.errors import ConfigError, StoreAway
from pipelines.masking import mask
from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S

logger = logging.getLogger(__name__)

RETRY_PAUSE_S = 0.5
"""Seconds between two tries to reach a server at the start."""


class CatalogueDatabase:
    """The database at a URL, with the catalogue's tables; every database error is raised as StoreUnavailable.

    Use it from one thread at a time.
    """

    def __init__(self, url: str, *, create: bool) -> None:
        """Open a database and create the tables that are missing; with `create=False` it must exist.

        With `create`, a server that is away is waited for: otherwise a crawl that starts while its database restarts
        would fail.
        """
        self._engine = open_engine(url, create=create)
        self.url = mask(url)
        self._writer = self._engine.execution_options(writes=True)
        self._shared: sa.Connection | None = None
        self._prepare(BUSY_S if create else 0)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection on which all reads see the same state of the database, with what the transaction has put.

        Raises ConfigError for a text that is no Unicode, which only the command line can give.
        """
        try:
            with self._translated():
                if self._shared:
                    additions.flush_rows(self._shared)
                    yield self._shared
                else:
                    with self._engine.connect() as connection:
                        yield connection
        except UnicodeEncodeError as error:
            raise ConfigError(_("{text!r} is not valid UTF-8", text=error.object)) from None

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection that holds the write lock; commits at the end, rolls back after an error."""
        with self._translated():
            if self._shared:
                yield self._shared
            else:
                with self._writer.begin() as connection:
                    yield connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all reads and writes in the block one transaction; an inner block joins the outer one."""
        if self._shared:
            yield
            return
        with self.writing() as connection:
            self._shared = connection
            try:
                yield
            finally:
                self._shared = None

    def refuse_writes(self) -> None:
        """Make every connection from now on refuse to write."""
        refuse_writes(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _prepare(self, patience_s: int) -> None:
        """Create what is missing; a server that is away is tried again for so many seconds."""
        until, is_first = time.monotonic() + patience_s, True
        while True:
            is_last = time.monotonic() >= until
            try:
                with self._translated():
                    return prepare(self._writer, self.url)
            except StoreAway as error:
                if is_last:
                    raise
                if is_first:
                    logger.warning("%s; trying again for %d s", error, patience_s)
            is_first = False
            time.sleep(RETRY_PAUSE_S)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise store_error(_("the catalogue {url}", url=self.url), cause) from error
