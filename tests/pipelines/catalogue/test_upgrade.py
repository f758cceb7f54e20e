"""A catalogue of an earlier version is brought up to date once; one of a later version is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from attrs import evolve

from pipelines.catalogue import upgrade
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.packing import unpack
from pipelines.catalogue.tables import ARTICLES, COUNTED, ENTRIES, PUBLICATION_DAYS, SCHEMA, SITE_DAYS, SITE_SUMS
from pipelines.errors import StoreUnavailable
from pipelines.model import Region
from tests.pipelines.catalogue.searching import ids
from tests.pipelines.made import capture, entry

TABLES = (ENTRIES, ARTICLES, SITE_SUMS, SITE_DAYS, PUBLICATION_DAYS)


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
