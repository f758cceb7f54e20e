"""An empty catalogue in each kind of database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.catalogue.catalogue import Catalogue
from tests.pipelines.catalogue.server import new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a catalogue that does not exist yet, in each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/catalogue.sqlite"
    return str(request.getfixturevalue("database"))


@pytest.fixture
def other_url(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a second catalogue that does not exist yet, in the same kind of database."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/other.sqlite"
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    with closing(Catalogue(url)) as opened:
        yield opened
