"""The room of the sample archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipelines.model import Entry
from tests.crawler.web.rooms import archived, opened, record_crawl, sample


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with the sample, and with the log of a crawl."""
    folder = tmp_path_factory.mktemp("room")
    archived(folder, sample())
    record_crawl(folder)
    return folder


@pytest.fixture(scope="session")
def room(sample_archive: Path) -> Iterator[TestClient]:
    """A client of its room; tests only read."""
    with opened(sample_archive) as client:
        yield client


@pytest.fixture(scope="session")
def entries() -> list[Entry]:
    """The entries of the sample."""
    return sample()
