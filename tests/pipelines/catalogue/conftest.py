"""A real PostgreSQL server for the session, and an empty catalogue in each kind of database for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from pipelines.catalogue.catalogue import Catalogue
from tests.pipelines.catalogue.server import installed, postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if not installed():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql(durable=False) as url:
        yield url


@pytest.fixture
def database(server: str) -> str:
    return _new_database(server)


def _new_database(server: str) -> str:
    name = f"d{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server.rpartition('/')[0]}/{name}"


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
    return _new_database(request.getfixturevalue("server"))


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    with closing(Catalogue(url)) as opened:
        yield opened
