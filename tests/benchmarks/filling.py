"""A catalogue that holds as many other texts as wanted: rows, digests and anchors, put in by the million."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import sqlalchemy as sa

from crawler.demo.prose import compose
from pipelines.catalogue.rows import entry_row
from pipelines.catalogue.tables import DIGESTS, ENTRIES, FINGERPRINTS, id_of
from pipelines.dedupe.winnowing import fingerprints
from pipelines.times import to_us
from tests.pipelines.made import capture, entry

A_TEXT = 29
"""Anchors of the city's texts on average."""

COMMON = 3
"""How many of them stand for phrases that others have as well, more of them than are looked at."""

DIGESTS_A_TEXT = 10
"""Ten million digests stand beside a million texts: of most captures nothing is new."""

AT_ONCE = 20_000
BEGIN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

Row = tuple[object, ...]
Load = Callable[[sa.Table, Iterable[Row]], None]


def fill(url: str, numbers: range) -> dict[str, int]:
    """Put texts in, one a second since 2000, and return by table by how many bytes the database grew."""
    load, size = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
    grown = dict[str, int]()
    for table, rows in ((ENTRIES, _entries), (DIGESTS, _digests), (FINGERPRINTS, _anchors)):
        before = size()
        for at in range(0, len(numbers), AT_ONCE):
            load(table, rows(numbers[at : at + AT_ONCE]))
        grown[table.name] = size() - before
    return grown


def sketch(chance: random.Random) -> tuple[int, ...]:
    """Return the anchors of a text whose words were nowhere before, but for some phrases."""
    new = {chance.getrandbits(48) for _ in range(A_TEXT - COMMON)}
    return tuple(sorted(new.union(chance.sample(_phrases(), COMMON))))


@functools.cache
def _phrases() -> list[int]:
    """Anchors of the city's prose: what is crawled later has the same phrases."""
    made = (compose(f"phrases/{number}", "news", dt.date(2024, 3, 5)).text for number in range(200))
    return sorted({anchor for text in made for anchor in fingerprints(text)})


def _entries(numbers: range) -> Iterator[Row]:
    row = entry_row(entry(capture())) | {"published_on": "2024-03-05"}
    for number in numbers:
        url, (us, mark) = f"http://other.example/{number}.html", _made(number)
        own = {"id": id_of(us, mark), "url": url, "final_url": url, "fetched_us": us, "payload": _digest(number, 0)}
        yield tuple((row | own).values())


def _digests(numbers: range) -> Iterator[Row]:
    for number in numbers:
        us, mark = _made(number)
        of = id_of(us, mark)
        yield from ((each % 2, _digest(number, each), us, of) for each in range(DIGESTS_A_TEXT))


def _anchors(numbers: range) -> Iterator[Row]:
    chance = random.Random(numbers.start)
    for number in numbers:
        us, mark = _made(number)
        yield from ((anchor, us, mark, A_TEXT) for anchor in sketch(chance))


def _made(number: int) -> tuple[int, int]:
    return to_us(BEGIN) + number * 1_000_000, int.from_bytes(_digest(number, 0)[:6], "big")


def _digest(number: int, each: int) -> bytes:
    return hashlib.sha256(b"%d/%d" % (number, each)).digest()


def _sqlite(url: str) -> tuple[Load, Callable[[], int]]:
    """Return how rows are put into a file, and how large it is. In any order they would be put in by a crawl."""
    path = Path(str(sa.make_url(url).database))

    def load(table: sa.Table, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" for _ in table.columns)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA cache_size = -1000000")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)

    def size() -> int:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.stat().st_size

    return load, size


def _postgresql(url: str) -> tuple[Load, Callable[[], int]]:
    """The same for a server's database."""
    address = url.replace("+psycopg", "")

    def load(table: sa.Table, rows: Iterable[Row]) -> None:
        command = f"COPY {table.name} FROM STDIN"
        with psycopg.connect(address) as connection, connection.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row(row)

    def size() -> int:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ANALYZE")
            (found,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        return int(found)

    return load, size
