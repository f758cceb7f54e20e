"""The catalogue's database: a transaction for each thing that is asked, or one for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from pipelines.catalogue.engine import open_engine
from pipelines.catalogue.upgrade import prepare
from pipelines.errors import StoreUnavailable


class Database:
    """The database behind a URL, with the catalogue's tables; whatever goes wrong with it is a StoreUnavailable.

    Use it from one thread at a time.
    """

    def __init__(self, url: str, *, create: bool) -> None:
        """Open it and make what is missing of its tables; with `create=False` it must be there."""
        self._engine = open_engine(url, create=create)
        self.url = self._engine.url.render_as_string() if "@" in url else url
        self._writer = self._engine.execution_options(writes=True)
        self._shared: sa.Connection | None = None
        with self._translated():
            prepare(self._writer, self.url)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection on which all that is read is of one moment."""
        with self._translated():
            if self._shared:
                yield self._shared
            else:
                with self._engine.connect() as connection:
                    yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection beside which nobody else writes; at the end all is kept, after an error nothing."""
        with self._translated():
            if self._shared:
                yield self._shared
            else:
                with self._writer.begin() as connection:
                    yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that is read and written within."""
        if self._shared:
            yield
            return
        with self.writing() as connection:
            self._shared = connection
            try:
                yield
            finally:
                self._shared = None

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            hint = "check that its folder is there and can be written to, and that the disk is not full"
            raise StoreUnavailable(f"the catalogue {self.url} cannot be used: {cause}", hint) from error
