"""A catalogue built beside the one in use, which takes its place when it is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.tables import METADATA
from pipelines.errors import ConfigError, StoreUnavailable

SUFFIX = ".rebuilding"
SCHEMA = "rebuilding"


class Replacement:
    """A new catalogue for a URL: in a file or, with PostgreSQL, a schema beside it. One that was begun is gone on with.

    Until `swap` the old one is as it was; without it the new one waits for the next time.
    """

    def __init__(self, url: str) -> None:
        """Open or make it; raises ConfigError for a catalogue that only memory holds."""
        self._url = sa.make_url(url)
        self._file = self._url.get_backend_name() == "sqlite"
        if self._file and not self._url.database:
            raise ConfigError(f"{url} is in memory and cannot be rebuilt", "name a catalogue with --catalogue")
        self.catalogue = self._open()

    def restart(self) -> None:
        """Forget what was begun."""
        self.catalogue.close()
        if self._file:
            for path in _files(self._path):
                path.unlink(missing_ok=True)
        else:
            self._execute(f"DROP SCHEMA {SCHEMA} CASCADE")
        self.catalogue = self._open()

    def swap(self) -> None:
        """Put it in the old one's place, wholly or not at all; raises StoreUnavailable while others use the old one."""
        self.catalogue.close()
        if self._file:
            _settle(Path(str(self._url.database)))
            self._path.replace(str(self._url.database))
        else:
            tables = [f'DROP TABLE IF EXISTS "{name}"' for name in METADATA.tables]
            moves = [f'ALTER TABLE {SCHEMA}."{name}" SET SCHEMA "{{home}}"' for name in METADATA.tables]
            self._execute(*tables, *moves, f"DROP SCHEMA {SCHEMA}")

    def close(self) -> None:
        """Let go of it."""
        self.catalogue.close()

    @property
    def _path(self) -> Path:
        return Path(f"{self._url.database}{SUFFIX}")

    def _open(self) -> Catalogue:
        if self._file:
            return Catalogue(self._url.set(database=str(self._path)).render_as_string(hide_password=False))
        self._execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        there = self._url.update_query_dict({"options": f"-csearch_path={SCHEMA}"})
        return Catalogue(there.render_as_string(hide_password=False))

    def _execute(self, *statements: str) -> None:
        """Run statements in one transaction; `{home}` in them is the schema that the catalogue lies in."""
        engine = sa.create_engine(self._url)
        try:
            with engine.begin() as connection:
                home = connection.scalar(sa.func.current_schema())
                for statement in statements:
                    connection.exec_driver_sql(statement.format(home=home))
        except sa.exc.SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise StoreUnavailable(f"the catalogue cannot be rebuilt: {cause}", "see that it can be written") from error
        finally:
            engine.dispose()


def _settle(path: Path) -> None:
    """Fold an old file's log into it: left beside the new file it would be taken for that one's."""
    if path.exists():
        try:
            with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as old:
                old.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreUnavailable(
                    f"the catalogue {path} is in use; the new one waits beside it",
                    "end the crawls and servers that use it, then call rebuild again: it goes on from here",
                ) from error
        except sqlite3.DatabaseError:
            pass  # what is broken is to be replaced
    for log in _files(path)[1:]:
        log.unlink(missing_ok=True)


def _files(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm")]
