"""A page on which the parser fails is counted, and is in the exit code of replay and rebuild."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import session
from crawler.cli.main import DONE, SOME_FAILED, cli
from pipelines.archive import Archive
from pipelines.parse.extract import article
from pipelines.storage import open_storage
from tests.pipelines.archive.made import digests
from tests.pipelines.pages import page


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of one article."""
    folder = tmp_path / "archive"
    archive = Archive(open_storage(str(folder)))
    archive.put(page(), digests(page()), "jm-gov")
    archive.close()
    return folder


@pytest.mark.parametrize("command", ["replay", "rebuild"])
def test_the_exit_code_tells_that_a_page_could_not_be_read(
    archive: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> int:
        return CliRunner().invoke(cli, [command, "-q", "--archive", str(archive)], standalone_mode=False).return_value

    monkeypatch.setenv("FANGZHI_WORKERS", "0")
    monkeypatch.setattr(session, "start_logging", lambda **_: None)  # the other tests of this process log, too
    assert run() == DONE

    def broken(*_: object) -> None:
        raise IndexError("off by one")

    monkeypatch.setattr(article, "extract", broken)
    assert run() == SOME_FAILED
