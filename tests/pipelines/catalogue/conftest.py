"""A real PostgreSQL server for the session, and an empty database on it for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from tests.pipelines.catalogue.server import installed, postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if not installed():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql(durable=False) as url:
        yield url


@pytest.fixture
def database(server: str) -> str:
    name = f"d{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server.rpartition('/')[0]}/{name}"
