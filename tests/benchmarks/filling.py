"""Fill a catalogue with any number of other texts: entries, digests and fingerprints, by the million."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import sqlalchemy as sa

from crawler.demo.prose import compose
from pipelines.catalogue import fingerprint_index
from pipelines.catalogue.fingerprint_index import MAX_CAPTURES_PER_FINGERPRINT, Moment
from pipelines.catalogue.packing import pack
from pipelines.catalogue.rows import entry_row
from pipelines.catalogue.tables import DIGESTS, ENTRIES, id_of
from pipelines.dedupe.winnowing import fingerprints
from pipelines.times import to_us
from tests.pipelines.made import capture, entry

FINGERPRINTS_PER_TEXT = 29
"""The average of the texts of the demo city."""

COMMON_PER_TEXT = 3
"""How many of these come from common phrases: more captures have them than a lookup considers."""

DIGESTS_PER_TEXT = 10
"""A million texts come with ten million digests: most captures repeat bytes or text."""

ROWS_PER_LOAD = 20_000
BEGIN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

Row = tuple[object, ...]
Load = Callable[[str, Iterable[Row]], None]


def fill(url: str, numbers: range) -> dict[str, int]:
    """Insert texts, captured one per second since 2000; return by how many bytes the database grew, by table."""
    load, size = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
    grown = dict[str, int]()
    fingerprints = FingerprintRows(sa.make_url(url).get_backend_name())
    tables = {
        ENTRIES.name: _entry_rows,
        DIGESTS.name: _digest_rows,
        fingerprint_index.TABLE: functools.partial(_fingerprint_rows, fingerprints),
    }
    for table, rows in tables.items():
        before = size()
        for at in range(0, len(numbers), ROWS_PER_LOAD):
            load(table, rows(numbers[at : at + ROWS_PER_LOAD]))
        grown[table] = size() - before
    return grown


def random_fingerprints(chance: random.Random) -> tuple[int, ...]:
    """Return the fingerprints of a new text that shares only some phrases with other texts."""
    new = {chance.getrandbits(48) for _ in range(FINGERPRINTS_PER_TEXT - COMMON_PER_TEXT)}
    return tuple(sorted(new.union(chance.sample(common_fingerprints(), COMMON_PER_TEXT))))


class FingerprintRows:
    """The rows that made texts get in the index of fingerprints, if they come in the order of their captures."""

    def __init__(self, dialect: str, holders: Mapping[int, int] | None = None) -> None:
        """Begin with an empty index, or with one that has so many `holders` of each common fingerprint."""
        self._dialect = dialect
        self._holders = dict.fromkeys(common_fingerprints(), 0) | dict(holders or {})

    def of(self, fingerprints: Sequence[int], moment: Moment) -> Iterator[Row]:
        """Yield the rows of a capture."""
        if self._dialect == "sqlite":
            yield from ((each, *moment, len(fingerprints)) for each in fingerprints)
        elif fingerprints:
            crowded = [each for each in fingerprints if self._holders.get(each, 0) >= MAX_CAPTURES_PER_FINGERPRINT]
            for each in self._holders.keys() & fingerprints:
                self._holders[each] += 1
            yield (*moment, [each for each in fingerprints if each not in crowded], crowded)


@functools.cache
def common_fingerprints() -> list[int]:
    """Return fingerprints of the demo city's prose: pages that are crawled later have the same phrases."""
    made = (compose(f"phrases/{number}", "news", dt.date(2024, 3, 5)).text for number in range(200))
    return sorted({fingerprint for text in made for fingerprint in fingerprints(text)})


def _entry_rows(numbers: range) -> Iterator[Row]:
    row = entry_row(entry(capture()))
    row |= {"published_on": "2024-03-05", "document": pack(row["document"])}
    for number in numbers:
        url, (us, mark) = f"http://other.example/{number}.html", _moment(number)
        own = {"id": id_of(us, mark), "url": url, "final_url": url, "fetched_us": us, "payload": _digest(number, 0)}
        yield tuple((row | own).values())


def _digest_rows(numbers: range) -> Iterator[Row]:
    for number in numbers:
        us, mark = _moment(number)
        capture_id = id_of(us, mark)
        yield from ((each % 2, _digest(number, each), us, capture_id) for each in range(DIGESTS_PER_TEXT))


def _fingerprint_rows(rows: FingerprintRows, numbers: range) -> Iterator[Row]:
    chance = random.Random(numbers.start)
    for number in numbers:
        yield from rows.of(random_fingerprints(chance), _moment(number))


def _moment(number: int) -> tuple[int, int]:
    return to_us(BEGIN) + number * 1_000_000, int.from_bytes(_digest(number, 0)[:6], "big")


def _digest(number: int, each: int) -> bytes:
    return hashlib.sha256(b"%d/%d" % (number, each)).digest()


def _sqlite(url: str) -> tuple[Load, Callable[[], int]]:
    """Return a function that inserts rows into an SQLite file, and one that returns its size in bytes."""
    path = Path(str(sa.make_url(url).database))

    def load(table: str, rows: Iterable[Row]) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            columns = connection.execute("SELECT count(*) FROM pragma_table_info(?)", (table,)).fetchone()[0]
            placeholders = ", ".join("?" * columns)
            connection.execute("PRAGMA cache_size = -1000000")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executemany(f"INSERT INTO {table} VALUES ({placeholders})", rows)

    def size() -> int:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.stat().st_size

    return load, size


def _postgresql(url: str) -> tuple[Load, Callable[[], int]]:
    """Return the same functions for a PostgreSQL database."""
    address = url.replace("+psycopg", "")

    def load(table: str, rows: Iterable[Row]) -> None:
        command = f"COPY {table} FROM STDIN"
        with psycopg.connect(address) as connection, connection.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row(row)

    def size() -> int:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ANALYZE")
            (found,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        return int(found)

    return load, size
