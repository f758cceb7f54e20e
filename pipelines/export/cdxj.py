"""One CDXJ index of an archive, for players that read the archive itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import BinaryIO, Self

from pipelines.archive.cdxj import cdxj_key
from pipelines.export.offsets import index_lines
from pipelines.export.selection import RecordSelection
from pipelines.storage import Storage


class SortedLines:
    """A set of lines sorted by byte, in a temporary database: the index of an archive does not fit into memory."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE lines (line BLOB PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("BEGIN")  # never committed: the database is temporary

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, lines: Iterable[str]) -> None:
        """Add lines, each with its line end."""
        self._db.executemany("INSERT OR IGNORE INTO lines VALUES (?)", ((line.encode(),) for line in lines))

    def __iter__(self) -> Iterator[bytes]:
        return (line for (line,) in self._db.execute("SELECT line FROM lines ORDER BY line"))


def write_cdxj(storage: Storage, selection: RecordSelection, file: BinaryIO) -> int:
    """Write the index lines of the selected captures as one sorted index, and return their number.

    The file names in it are keys of the archive, so that pywb reads the WARC files where they are.
    """
    count = 0
    with SortedLines() as lines:
        for key, wanted in selection.files.items():
            found = index_lines(storage.read(cdxj_key(key)))
            lines.add(line.text() for line in found if wanted is None or line.offset in wanted)
        for line in lines:
            file.write(line)
            count += 1
    return count
