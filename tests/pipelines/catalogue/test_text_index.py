"""The full-text index finds what a look at every entry finds, in SQLite and in PostgreSQL, whatever was changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.catalogue import text_index, upgrade
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.packing import unpack
from pipelines.catalogue.query import Node, parse_query
from pipelines.catalogue.query_match import SEARCHED
from pipelines.catalogue.tables import ARTICLES, COUNTED, ENTRIES, PUBLICATION_DAYS, SCHEMA, SITE_DAYS, SITE_SUMS
from pipelines.errors import StoreUnavailable
from pipelines.model import Entry, Region
from pipelines.text.tokens import canonical, index_tokens, phrase_pattern, phrase_tokens
from tests.pipelines.catalogue.searching import CHARS, entries, queries, scan
from tests.pipelines.catalogue.summing import check_sums
from tests.pipelines.made import capture, entry

SLOW_TO_OPEN = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
"""A catalogue is opened once for a test and emptied for each example."""

FOUR_ENTRIES = st.tuples(*(entries(number) for number in range(4)))


TABLES = (ENTRIES, ARTICLES, SITE_SUMS, SITE_DAYS, PUBLICATION_DAYS)


def found(catalogue: Catalogue, query: Node) -> list[str]:
    """Return the ids that a search finds, after a check of its totals and of the filter of entries."""
    results = catalogue.search(Filter(query=query), folded=False)
    ids = [each.id for each in results.found]
    assert results.total == results.captures == len(ids)
    assert {each.id for each in catalogue.entries(Filter(query=query))} == set(ids)
    assert [hit.entry.id for hit in catalogue.hits(query, results.found)] == ids
    return ids


@SLOW_TO_OPEN
@given(FOUR_ENTRIES, FOUR_ENTRIES, st.lists(queries, min_size=3, max_size=6), st.integers(0, 3))
def test_the_index_finds_what_a_scan_finds_also_after_edits_and_removals(
    catalogue: Catalogue, first: tuple[Entry, ...], second: tuple[Entry, ...], asked: list[Node], removed: int
) -> None:
    for each in first:
        catalogue.put(each)
    for query in asked:
        assert found(catalogue, query) == scan(first, query)
    check_sums(catalogue, first)
    edited = [catalogue.get(each.id) or each for each in first]
    for at, each in enumerate(second[:2]):  # the same captures, read again with another result
        changed = {name: getattr(each, name) for name in ("articles", "region", "site", "outcome", "verdict")}
        edited[at] = evolve(edited[at], **changed)
        catalogue.put(edited[at])
    catalogue.remove(edited[removed].id)
    left = [each for at, each in enumerate(edited) if at != removed]
    for query in asked:
        assert found(catalogue, query) == scan(left, query)
    check_sums(catalogue, left)
    for each in left:
        catalogue.remove(each.id)
    assert not any(found(catalogue, query) for query in asked)
    check_sums(catalogue, [])


@given(st.text(CHARS, max_size=40), st.text(CHARS, max_size=5))
def test_tokens_in_order_are_the_same_as_a_part_of_the_canonical_form(text: str, phrase: str) -> None:
    pattern = phrase_pattern(phrase)
    if not pattern:
        return
    tokens, prefix = phrase_tokens(pattern)
    indexed = index_tokens(canonical(text))

    def is_at(place: int) -> bool:
        *exact, last = indexed[place : place + len(tokens)]
        return exact == tokens[:-1] and (last.startswith(tokens[-1]) if prefix else last == tokens[-1])

    in_order = any(is_at(place) for place in range(len(indexed) - len(tokens) + 1))
    assert in_order == (pattern in canonical(text))


def ids(catalogue: Catalogue, query: str) -> list[str]:
    return found(catalogue, parse_query(query))


def test_writers_at_once_leave_one_row_for_each_article(url: str) -> None:
    Catalogue(url).close()

    def write(writer: int) -> None:
        with closing(Catalogue(url)) as catalogue:
            for number in range(20):
                catalogue.put(entry(capture(number), text=f"电梯{'小区' if number % 2 else ''}{writer}"))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, range(3)))
    with closing(Catalogue(url)) as catalogue:
        assert len(ids(catalogue, "电梯")) == 20
        assert len(ids(catalogue, "小区")) == 10
        assert sum(len(ids(catalogue, f"{writer}")) for writer in range(3)) == 20


def test_a_transaction_that_fails_leaves_the_index_as_it_was(catalogue: Catalogue) -> None:
    catalogue.put(entry(capture(1), text="电梯"))

    def fail() -> None:
        with catalogue.transaction():
            catalogue.put(entry(capture(1), text="小区"))
            catalogue.put(entry(capture(2), text="小区"))
            assert len(ids(catalogue, "小区")) == 2
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ids(catalogue, "小区") == []
    assert len(ids(catalogue, "电梯")) == 1


def test_long_texts_are_searched_to_a_limit(catalogue: Catalogue) -> None:
    filler = "".join(map(chr, range(0x4E00, 0x9000))) * 6
    text = f"电梯{filler[:90_000]}小区{filler[:90_000]}防汛"
    catalogue.put(entry(capture(1), text=text))
    assert [len(ids(catalogue, query)) for query in ("电梯", "小区", "防汛")] == [1, 1, 0]


def test_words_of_any_length_are_indexed(catalogue: Catalogue) -> None:
    word = "5a" * 3000
    catalogue.put(entry(capture(1), text=f"电梯{word}小区"))
    assert len(ids(catalogue, word)) == len(ids(catalogue, f"电梯{word}小区")) == 1


def version_1(path: Path) -> None:
    """Turn a catalogue into one of version 1: without the index, and without the columns that came with it."""
    version_2(path)
    with closing(sqlite3.connect(path)) as db, db:
        for table in ("articles", "article_index", "catalogue_schema"):
            db.execute(f"DROP TABLE {table}")
        for index in ("flags", "region", "published"):
            db.execute(f"DROP INDEX entries_{index}")
        for column in ("region", "flags"):
            db.execute(f"ALTER TABLE entries DROP COLUMN {column}")


def version_2(path: Path) -> None:
    """Turn a catalogue into one of version 2: without sums, with documents that are not compressed."""
    with closing(sqlite3.connect(path)) as db, db:
        db.create_function("unpacked", 1, unpack)
        for table in ("site_sums", "site_days", "publication_days"):
            db.execute(f"DROP TABLE {table}")
        for index in ("entries_site", "entries_filters", "entries_suspects"):
            db.execute(f"DROP INDEX {index}")
        for name in (*COUNTED, "repeats", "copies", "further"):
            db.execute(f"DROP INDEX articles_{name}")
        for column in ("source_name", "column_name", "first_key"):
            db.execute(f"ALTER TABLE articles DROP COLUMN {column}")
        db.execute("ALTER TABLE entries DROP COLUMN facts")
        db.execute("UPDATE entries SET document = unpacked(document)")
        columns = "site, outcome, reason, verdict, published_on, fetched_us"
        db.execute(f"CREATE INDEX entries_counts ON entries ({columns})")
        db.execute("UPDATE catalogue_schema SET version = 2")


@pytest.mark.parametrize("turn_back", [version_1, version_2])
def test_a_migrated_catalogue_is_like_one_of_this_version(tmp_path: Path, turn_back: Callable[[Path], None]) -> None:
    region = Region(code="440783", name="开平")
    made = [
        evolve(entry(capture(number, url=f"http://a.cn/{number % 7}"), text=f"电梯{number}"), region=region)
        for number in range(20)
    ]
    paths = [tmp_path / "new.sqlite", tmp_path / "old.sqlite"]
    for path in paths:
        with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
            for each in made:
                catalogue.put(each)
    turn_back(paths[1])

    def read(path: Path) -> list[list[tuple[object, ...]]]:
        Catalogue(f"sqlite:///{path}").close()
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            queries = [f"SELECT {', '.join(table.columns.keys())} FROM {table.name}" for table in TABLES]
            names = "SELECT name, tbl_name FROM sqlite_master ORDER BY name"
            return [sorted(db.execute(query).fetchall(), key=str) for query in (*queries, names)]

    assert read(paths[0]) == read(paths[1])


def test_a_catalogue_of_version_1_is_migrated_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "catalogue.sqlite"
    region = Region(code="440783", name="开平")
    made = [
        evolve(entry(capture(number), text=f"电梯{number}"), region=region)
        for number in range(upgrade.ENTRIES_PER_STEP + 2)
    ]
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue, catalogue.transaction():
        for each in made:
            catalogue.put(each)
    version_1(path)

    def opened(_: int) -> int:
        with closing(Catalogue(f"sqlite:///{path}", create=False)) as catalogue:
            assert catalogue.count(Filter(region="4407")) == len(made)
            return len(ids(catalogue, "电梯 -7"))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(opened, range(2))) == [len(made) - 1] * 2
    assert caplog.text.count("entries are read once to bring it up to date") == 1


def test_a_catalogue_of_a_later_version_is_refused(url: str) -> None:
    with closing(Catalogue(url)) as catalogue, catalogue._database.writing() as connection:
        connection.execute(sa.update(SCHEMA).values(version=upgrade.VERSION + 1))
    with pytest.raises(StoreUnavailable, match="a later version of fangzhi") as refused:
        Catalogue(url)
    assert "fangzhi rebuild" in str(refused.value.hint)


def test_rows_whose_tokens_are_unknown_stay_in_the_index_and_are_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        with monkeypatch.context() as earlier:  # a version that makes other tokens
            earlier.setattr(text_index, "canonical_forms", lambda _: dict.fromkeys(SEARCHED, " 防汛 "))
            catalogue.put(entry(capture(1), text="电梯"))
        catalogue.put(entry(capture(1), text="小区"))
        catalogue.put(entry(capture(2), text="小区"))
        assert [len(ids(catalogue, query)) for query in ("防汛", "电梯", "小区")] == [0, 0, 2]
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO article_index(article_index) VALUES ('integrity-check')")


def test_a_catalogue_with_entries_of_another_form_needs_a_rebuild(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        catalogue.put(entry(capture(1), text="电梯"))
    version_1(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE entries SET document = '{}'")
    with pytest.raises(StoreUnavailable, match="cannot be indexed") as refused:
        Catalogue(f"sqlite:///{path}")
    assert "fangzhi rebuild" in str(refused.value.hint)
    with closing(sqlite3.connect(path)) as db:
        assert not db.execute("SELECT * FROM sqlite_master WHERE name = 'catalogue_schema'").fetchall()
