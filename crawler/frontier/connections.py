"""What the queries of the frontier need of a connection: SQLite and PostgreSQL run the same SQL.

Parameters are `?` or `:name`. The function `clock_us()` returns the time of the database in µs since 1970: machines
whose clocks differ agree on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
SqlParameters = Sequence[Any] | Mapping[str, Any]


class FrontierRow(Protocol):
    """A row, read by column name."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the value of a column."""

    def keys(self) -> Any:
        """Return the names of the columns."""


class Cursor(Protocol):
    """The result of a statement; `rowcount` is the number of rows that it changed."""

    @property
    def rowcount(self) -> int:
        """Return the number of rows that the statement changed."""

    def fetchone(self) -> Any:
        """Return the next row, None if there is none."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""


class FrontierConnection(Protocol):
    """A connection within a transaction."""

    @property
    def locks_rows(self) -> bool:
        """Return whether several transactions write at the same time, so that rows are locked."""

    def execute(self, query: str, parameters: SqlParameters = (), /) -> Cursor:
        """Run a statement."""

    def executemany(self, query: str, parameters: Iterable[SqlParameters], /) -> object:
        """Run a statement with each of several lists of parameters."""


Work = Callable[[FrontierConnection], Result]
"""What is done within a transaction; it can be repeated after the loss of a connection, because nothing was written."""


class FrontierDatabase(Protocol):
    """The frontier's database. Use it from one thread; all methods raise StoreError."""

    fence: int | None
    """The number of this crawler: nothing more is written once it is no longer valid, which raises LeaseLost."""

    def read(self, work: Work[Result]) -> Result:
        """Return the result of queries."""

    def write(self, work: Work[Result], *, durable: bool = False) -> Result:
        """Return the result of one transaction, or of a part of the open one.

        What is `durable` outlives a crash of the database's machine; the rest can be lost with its last second.
        """

    def transaction(self) -> AbstractContextManager[None]:
        """Make all reads and writes in the block one transaction."""

    def holding(self) -> AbstractContextManager[None]:
        """Keep the crawler's number valid during the block; raises LeaseLost if it is no longer valid."""

    def close(self) -> None:
        """Close all connections."""


def locked(db: FrontierConnection, query: str, how: str) -> str:
    """Return a query that also locks its rows, `how` as in PostgreSQL; in SQLite the whole file is locked already."""
    return f"{query} FOR {how}" if db.locks_rows else query
