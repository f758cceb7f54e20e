"""Build a new catalogue beside the one in use, and swap it in once it is complete."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import sqlalchemy as sa

from pipelines.catalogue import fingerprint_index, lexemes
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.faults import store_error
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.tables import METADATA
from pipelines.errors import ConfigError, StoreError, StoreUnavailable
from pipelines.messages import gettext as _

SUFFIX = ".rebuilding"
SCHEMA = "rebuilding"


class Replacement:
    """A new catalogue for a URL: a file beside the old one or, with PostgreSQL, a schema in the same database.

    One that was begun earlier is continued. The old catalogue stays unchanged until `swap`; if `swap` is not called,
    the new one is kept for the next time, unless it is empty.
    """

    def __init__(self, url: str) -> None:
        """Open the new catalogue, or create it; raises ConfigError for a catalogue in memory."""
        self._url = sa.make_url(url)
        self._file = self._url.get_backend_name() == "sqlite"
        if self._file and not self._url.database:
            raise ConfigError(
                _("{url} is in memory and cannot be rebuilt", url=url), _("name a catalogue with --catalogue")
            )
        self._swapped = False
        self.catalogue = self._open()

    def restart(self) -> None:
        """Delete what was built and begin again."""
        self._delete()
        self.catalogue = self._open()

    def swap(self) -> None:
        """Put the new catalogue in place of the old one, atomically; raises StoreUnavailable while others use it."""
        self.catalogue.close()
        if self._file:
            _checkpoint(Path(str(self._url.database)))
            self._path.replace(str(self._url.database))
        else:
            tables = (*METADATA.tables, fingerprint_index.TABLE)
            drops = [f'DROP TABLE IF EXISTS "{name}"' for name in tables]
            moves = [f'ALTER TABLE {SCHEMA}."{name}" SET SCHEMA "{{home}}"' for name in tables]
            drops.append(f"DROP FUNCTION IF EXISTS {lexemes.FUNCTION}")
            moves.append(f'ALTER FUNCTION {SCHEMA}.{lexemes.FUNCTION} SET SCHEMA "{{home}}"')
            self._execute(*drops, *moves, f"DROP SCHEMA {SCHEMA}")
        self._swapped = True

    def close(self) -> None:
        """Close the new catalogue, and delete it if nothing was built."""
        with suppress(StoreError):  # what cannot be deleted now is continued by the next rebuild
            if not self._swapped and self.catalogue.count(Filter()) == 0:
                self._delete()
        self.catalogue.close()

    def _delete(self) -> None:
        self.catalogue.close()
        if self._file:
            for path in _database_files(self._path):
                path.unlink(missing_ok=True)
        else:
            self._execute(f"DROP SCHEMA {SCHEMA} CASCADE")

    @property
    def _path(self) -> Path:
        return Path(f"{self._url.database}{SUFFIX}")

    def _open(self) -> Catalogue:
        if self._file:
            return Catalogue(self._url.set(database=str(self._path)).render_as_string(hide_password=False))
        self._execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        in_schema = self._url.update_query_dict({"options": f"-csearch_path={SCHEMA}"})
        return Catalogue(in_schema.render_as_string(hide_password=False))

    def _execute(self, *statements: str) -> None:
        """Run statements in one transaction; `{home}` in them is the schema of the old catalogue."""
        engine = sa.create_engine(self._url)
        try:
            with engine.begin() as connection:
                home = connection.scalar(sa.func.current_schema())
                for statement in statements:
                    connection.exec_driver_sql(statement.format(home=home))
        except sa.exc.SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise store_error(_("the database of the new catalogue"), cause) from error
        finally:
            engine.dispose()


def _checkpoint(path: Path) -> None:
    """Fold the write-ahead log of the old file into it: beside the new file it would be read as that file's log."""
    if path.exists():
        try:
            with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as old:
                old.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreUnavailable(
                    _("the catalogue {path} is in use; the new one is kept beside it", path=path),
                    _(
                        "stop the crawls and servers that use it, then run fangzhi rebuild again: it "
                        "continues from here"
                    ),
                ) from error
        except sqlite3.DatabaseError:
            pass  # the old file is corrupt and is replaced anyway
    for log in _database_files(path)[1:]:
        log.unlink(missing_ok=True)


def _database_files(path: Path) -> list[Path]:
    """Return the paths of a database and of the two files of its write-ahead log."""
    return [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm")]
