"""Lines sorted by byte, on disk: the index of an archive outgrows memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self


class SortedLines:
    """A set of lines that come out sorted, gone when it is closed."""

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
