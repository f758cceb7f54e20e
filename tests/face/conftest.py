"""One archive for all tests of the package `fangzhi`: they only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import fangzhi
from tests.face.archived import build


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("face") / "archive"
    build(str(folder), f"sqlite:///{folder}/catalogue.sqlite")
    return folder


@pytest.fixture
def archive(folder: Path) -> Iterator[fangzhi.Archive]:
    with fangzhi.open(folder) as archive:
        yield archive
