"""Fill a catalogue with made entries by the million: the rows that `Catalogue.put` would write, in large groups.

Other processes make the rows of the entries, and what is added up is computed once at the end. So an entry takes a
third of the time. All indexes are there from the beginning: they are as large as those of a crawl.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from typing import Any, Self

import sqlalchemy as sa
from attrs import evolve, frozen

from pipelines.catalogue import article_sums, character_index, fingerprint_index, text_index
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.engine import CACHE_KB
from pipelines.catalogue.fingerprint_index import Moment
from pipelines.catalogue.packing import pack
from pipelines.catalogue.query_match import SEARCHED, canonical_forms
from pipelines.catalogue.rows import digest_rows, entry_row, indexed_fingerprints
from pipelines.catalogue.sums import CHINA_OFFSET_US, DAY_US
from pipelines.catalogue.tables import (
    ARTICLE_SUMS,
    ARTICLES,
    DIGESTS,
    ENTRIES,
    PUBLICATION_DAYS,
    SITE_DAYS,
    SITE_SUMS,
    id_mark,
)
from pipelines.model import Entry
from pipelines.text.tokens import canonical, index_tokens
from pipelines.times import to_us
from tests.benchmarks.filling import FingerprintRows, common_fingerprints
from tests.benchmarks.index_entries import CHUNK, made_chunk

MAKERS = 2
"""Processes that make rows."""

CHUNKS_PER_TRANSACTION = 100

FAST = ("journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF", "cache_size = -6000000")
NORMAL = ("journal_mode = WAL", "synchronous = FULL", f"cache_size = -{CACHE_KB}")
"""What SQLite is set to while it is filled, and afterwards: a cache of 6 GB, no journal, and no waiting for the disk.
After a crash the file is of no use."""

PENDING_KB = 65_536
"""The size of the list in which PostgreSQL collects lexemes before it moves them to their places in the index; with its
default of 4 MB this takes half a millisecond more for an entry. The list's pages become pages of the index."""

SUMS = (
    """INSERT INTO site_sums SELECT coalesce(site, ''), outcome, coalesce(reason, ''), verdict, coalesce(relation, ''),
    count(*) FROM entries GROUP BY 1, 2, 3, 4, 5""",
    f"""INSERT INTO site_days SELECT coalesce(site, ''), coalesce(region, ''),
    (fetched_us + {CHINA_OFFSET_US}) / {DAY_US}, count(*) FROM entries GROUP BY 1, 2, 3""",
    """INSERT INTO publication_days SELECT coalesce(site, ''), coalesce(CAST(published_on AS TEXT), ''), count(*),
    min(fetched_us), max(fetched_us) FROM entries
    WHERE outcome = 'article' AND (published_on IS NOT NULL OR verdict = 'new') GROUP BY 1, 2""",
)

Row = tuple[Any, ...]


@frozen
class Rows:
    """The rows of some entries by the names of their tables, their fingerprints, and their articles."""

    tables: Mapping[str, list[Row]]
    fingerprints: Sequence[tuple[Moment, list[int]]]
    articles: Sequence[MadeArticle]


@frozen
class MadeArticle:
    """An article by its URL: the values of its row, still without keys, and what the full-text index gets."""

    url: str
    values: dict[str, Any]
    indexed: Row = ()


def fill(catalogue: Catalogue, count: int, first: int = 0) -> None:
    """Put the entries from one number to another; those before must be there."""
    engine = catalogue._database._engine
    dialect = engine.dialect.name
    chunks = _made_rows(range(first, count), dialect)
    with closing(engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        keys, anchors = _Keys.of(driver), _fingerprint_rows(driver, dialect)
        (_fill_sqlite if dialect == "sqlite" else _fill_postgresql)(driver, _placed(chunks, anchors), keys)
    with engine.begin() as connection:
        for table in (SITE_SUMS, SITE_DAYS, PUBLICATION_DAYS, ARTICLE_SUMS):
            connection.execute(sa.delete(table))
        for statement in SUMS:
            connection.exec_driver_sql(statement)
        article_sums.fill(connection)
    if dialect == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


class _Keys:
    """The keys of articles: the next one, and the first one of each URL. A made page has one article."""

    def __init__(self, first_keys: dict[str, int], last: int) -> None:
        self._first_keys, self._last = first_keys, last

    @classmethod
    def of(cls, driver: Any) -> Self:
        found = driver.execute(
            "SELECT final_url, min(key) FROM articles JOIN entries ON entries.id = articles.id GROUP BY final_url"
        ).fetchall()
        (last,) = driver.execute("SELECT coalesce(max(key), 0) FROM articles").fetchone()
        return cls(dict(found), last)

    def add(self, url: str) -> dict[str, int | None]:
        """Return the key of the next article, and the first one of its URL if it is another one."""
        self._last += 1
        first = self._first_keys.setdefault(url, self._last)
        return {"key": self._last, "first_key": None if first == self._last else first}


def _fingerprint_rows(driver: Any, dialect: str) -> FingerprintRows:
    """Return what makes the rows of fingerprints, after those that are there."""
    if dialect == "sqlite":
        return FingerprintRows(dialect)
    counts = "SELECT anchor, count(*) FROM anchors, unnest(anchors) AS anchor WHERE anchor = ANY(%s) GROUP BY anchor"
    return FingerprintRows(dialect, dict(driver.execute(counts, [common_fingerprints()]).fetchall()))


def _placed(chunks: Iterable[Rows], anchors: FingerprintRows) -> Iterator[Rows]:
    """Add the rows of fingerprints, which depend on earlier ones."""
    for each in chunks:
        rows = [row for moment, found in each.fingerprints for row in anchors.of(found, moment)]
        yield evolve(each, tables={**each.tables, fingerprint_index.TABLE: rows})


def _fill_sqlite(driver: Any, chunks: Iterator[Rows], keys: _Keys) -> None:
    _set(driver, FAST)
    driver.execute("BEGIN")
    for at, rows in enumerate(chunks, 1):
        _insert_sqlite(driver, rows, keys)
        if at % CHUNKS_PER_TRANSACTION == 0:
            driver.execute("COMMIT")
            driver.execute("BEGIN")
    driver.execute("COMMIT")
    _set(driver, NORMAL)


def _set(driver: Any, pragmas: Iterable[str]) -> None:
    for pragma in pragmas:
        driver.execute(f"PRAGMA {pragma}").fetchall()


def _insert_sqlite(driver: Any, rows: Rows, keys: _Keys) -> None:
    for name, of_table in rows.tables.items():
        if of_table:
            driver.executemany(f"INSERT INTO {name} VALUES ({_places(of_table[0])})", of_table)
    articles = [(keys.add(each.url), each) for each in rows.articles]
    names = [column.name for column in ARTICLES.columns if column.name != "varied"]
    values = [tuple((each.values | key)[name] for name in names) for key, each in articles]
    driver.executemany(f"INSERT INTO articles ({', '.join(names)}) VALUES ({_places(names)})", values)
    tokens = [(key["key"], *each.indexed) for key, each in articles]
    words = ("rowid", *SEARCHED)
    statement = f"INSERT INTO article_index ({', '.join(words)}) VALUES ({_places(words)})"
    driver.executemany(statement, [each[:-1] for each in tokens])
    driver.executemany(
        "INSERT INTO character_index (rowid, characters) VALUES (?, ?)", [(each[0], each[-1]) for each in tokens]
    )


def _fill_postgresql(driver: Any, chunks: Iterator[Rows], keys: _Keys) -> None:
    names = [*(column.name for column in ARTICLES.columns if column.name != "varied"), *SEARCHED]
    driver.execute(f"ALTER INDEX articles_lexemes SET (gin_pending_list_limit = {PENDING_KB})")
    for rows in chunks:
        articles = [each.values | keys.add(each.url) for each in rows.articles]
        tables = dict(rows.tables)
        columns = ", ".join(f'"{name}"' for name in names)
        tables |= {f"articles ({columns})": [tuple(each[name] for name in names) for each in articles]}
        for table, of_table in tables.items():
            with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in of_table:
                    copy.write_row(row)
        driver.execute("SELECT setval(pg_get_serial_sequence('articles', 'key'), max(key)) FROM articles")
        driver.commit()
    driver.execute("ALTER INDEX articles_lexemes RESET (gin_pending_list_limit)")
    driver.commit()


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)


def _made_rows(numbers: range, dialect: str) -> Iterator[Rows]:
    """Yield the rows of made entries in chunks, made by other processes meanwhile."""
    firsts = range(numbers.start, numbers.stop, CHUNK)
    with ProcessPoolExecutor(MAKERS) as pool:
        waiting = [pool.submit(_rows, first, numbers.stop, dialect) for first in firsts[: 4 * MAKERS]]
        for at in range(len(firsts)):
            yield waiting.pop(0).result()
            if at + 4 * MAKERS < len(firsts):
                waiting.append(pool.submit(_rows, firsts[at + 4 * MAKERS], numbers.stop, dialect))


def _rows(first: int, count: int, dialect: str) -> Rows:
    tables: dict[str, list[Row]] = {table.name: [] for table in (ENTRIES, DIGESTS)}
    fingerprints: list[tuple[Moment, list[int]]] = []
    articles: list[MadeArticle] = []
    for entry in made_chunk(first, count):
        row = entry_row(entry)
        values = {name: _plain(value, dialect) for name, value in row.items()} | {"document": pack(row["document"])}
        tables[ENTRIES.name].append(tuple(values[column.name] for column in ENTRIES.columns))
        tables[DIGESTS.name] += (
            tuple(each[column.name] for column in DIGESTS.columns) for each in digest_rows(row, entry.digests)
        )
        moment = to_us(entry.fetched_at), id_mark(entry.id)
        fingerprints.append((moment, sorted(indexed_fingerprints(entry))))
        articles += _articles(entry, values, dialect)
    return Rows(tables, fingerprints, articles)


def _plain(value: Any, dialect: str) -> Any:
    return f"{value}" if dialect == "sqlite" and isinstance(value, dt.date) else value


def _articles(entry: Entry, row: Mapping[str, Any], dialect: str) -> Iterator[MadeArticle]:
    for number, article in enumerate(entry.articles):
        forms = canonical_forms(evolve(article, text_hans="")) | {"body": _form(article.text_hans)}
        values = text_index._columns(row) | text_index.counted_values(article)
        values |= {"ordinal": number, "checksum": text_index.checksum(forms)}
        if dialect == "postgresql":
            yield MadeArticle(entry.final_url, values | forms)
            continue
        tokens = {name: _tokens(form) for name, form in forms.items()} | {
            "body": " ".join(map(_tokens, filter(None, map(_form_of_sentence, article.text_hans.split("。")))))
        }
        yield MadeArticle(entry.final_url, values, (*tokens.values(), character_index._tokens(forms)))


def _form(text: str) -> str:
    """Return the canonical form of a text whose sentences occur again and again."""
    return f" {' '.join(filter(None, map(_form_of_sentence, text.split('。'))))} "


@functools.lru_cache(50_000)
def _form_of_sentence(sentence: str) -> str:
    return canonical(sentence).strip()


@functools.lru_cache(50_000)
def _tokens(form: str) -> str:
    return " ".join(index_tokens(form))
