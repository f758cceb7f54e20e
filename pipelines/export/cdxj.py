"""The indexes of chosen captures as one, for players that read the archive itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import BinaryIO, Self

from pipelines.archive.cdxj import cdxj_key
from pipelines.export.choice import Choice
from pipelines.export.excerpt import index_lines
from pipelines.storage import Storage


class SortedLines:
    """A set of lines sorted by byte, on disk until it is closed: the index of an archive outgrows memory."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE lines (line BLOB PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("BEGIN")  # and never an end: nothing of it is to outlive this

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, lines: Iterable[str]) -> None:
        """Take in lines, each with its end."""
        self._db.executemany("INSERT OR IGNORE INTO lines VALUES (?)", ((line.encode(),) for line in lines))

    def __iter__(self) -> Iterator[bytes]:
        return (line for (line,) in self._db.execute("SELECT line FROM lines ORDER BY line"))


def write_cdxj(storage: Storage, choice: Choice, file: BinaryIO) -> int:
    """Write the indexes of the chosen captures as one, sorted, and return how many there are.

    Its file names are keys of the archive: pywb plays from it what lies there.
    """
    count = 0
    with SortedLines() as lines:
        for key, wanted in choice.files.items():
            found = index_lines(storage.read(cdxj_key(key)))
            lines.add(line.text() for line in found if wanted is None or line.offset in wanted)
        for line in lines:
            file.write(line)
            count += 1
    return count
