"""A new catalogue is built beside the old one and replaces it atomically."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.replacement import SCHEMA, Replacement
from pipelines.errors import ConfigError, StoreUnavailable
from tests.pipelines.made import capture, entry

OLD, NEW = entry(capture(1)), entry(capture(2, b"new"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a catalogue with one entry."""
    address = (
        f"sqlite:///{tmp_path}/catalogue.sqlite" if request.param == "sqlite" else request.getfixturevalue("database")
    )
    with closing(Catalogue(address)) as catalogue:
        catalogue.put(OLD)
    return address


@pytest.fixture
def replacement(url: str) -> Iterator[Replacement]:
    with closing(Replacement(url)) as made:
        yield made


def ids(url: str) -> list[str]:
    with closing(Catalogue(url)) as catalogue:
        return [each.id for each in catalogue.entries()]


def test_the_old_catalogue_is_unchanged_until_the_swap(url: str, replacement: Replacement) -> None:
    replacement.catalogue.put(NEW)
    assert ids(url) == [OLD.id]
    replacement.swap()
    assert ids(url) == [NEW.id]
    with closing(Catalogue(url)) as catalogue:
        assert catalogue.payload_location(NEW.digests.payload) == NEW.location
        assert catalogue.payload_location(OLD.digests.payload) is None


def test_a_replacement_in_which_nothing_was_built_leaves_nothing(url: str, tmp_path: Path) -> None:
    Replacement(url).close()
    if url.startswith("sqlite"):
        assert [path.name for path in tmp_path.iterdir()] == ["catalogue.sqlite"]
    else:
        engine = sa.create_engine(url)
        assert SCHEMA not in sa.inspect(engine).get_schema_names()
        engine.dispose()
    assert ids(url) == [OLD.id]


def test_a_replacement_that_was_begun_is_continued_or_restarted(url: str, replacement: Replacement) -> None:
    replacement.catalogue.put(NEW)
    replacement.close()
    with closing(Replacement(url)) as again:
        assert [each.id for each in again.catalogue.entries()] == [NEW.id]
        again.restart()
        assert list(again.catalogue.entries()) == []
        again.swap()
    assert ids(url) == []


def test_a_file_in_use_is_not_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/catalogue.sqlite"
    with closing(Catalogue(url)) as catalogue:
        catalogue.put(OLD)
        engine = sa.create_engine(url)
        with engine.connect() as reader, closing(Replacement(url)) as new:
            reader.exec_driver_sql("SELECT count(*) FROM entries").scalar()
            new.catalogue.put(NEW)
            with pytest.raises(StoreUnavailable, match="in use"):
                new.swap()
        engine.dispose()
        assert [each.id for each in catalogue.entries()] == [OLD.id]


def test_the_write_ahead_log_of_the_old_file_is_removed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/catalogue.sqlite"
    (tmp_path / "catalogue.sqlite").write_bytes(b"broken" * 99)
    (tmp_path / "catalogue.sqlite-wal").write_bytes(b"log" * 99)
    with closing(Replacement(url)) as new:
        new.catalogue.put(NEW)
        new.swap()
    assert ids(url) == [NEW.id]


def test_a_catalogue_in_memory_cannot_be_rebuilt() -> None:
    with pytest.raises(ConfigError, match="in memory"):
        Replacement("sqlite://")
