"""An archive in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from warcio.checker import Checker

from pipelines.archive import Archive
from pipelines.storage import open_storage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    yield (archive := Archive(open_storage(str(folder))))
    archive.close()


@pytest.fixture
def valid(capsys: pytest.CaptureFixture[str]) -> Callable[[Path], bool]:
    """Run `warcio check` on a file."""

    def check(path: Path) -> bool:
        class Options:
            inputs = (str(path),)
            verbose = True

        status = Checker(Options()).process_all()
        output = capsys.readouterr().out
        return status == 0 and "digest pass" in output and "digest failed" not in output

    return check
