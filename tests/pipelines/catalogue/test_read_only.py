"""A user who may not write reads all that the writers have committed, or gets an error that says what to do."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.frontier import Frontier, Page
from pipelines.catalogue.catalogue import Catalogue
from tests.fangzhi import ROOT
from tests.pipelines.made import capture, entry

OTHER_USER = 65534
READ = """
import json, os, sys
from contextlib import closing
from pathlib import Path
from crawler.frontier import Frontier
from crawler.frontier.identity import own_identity
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import StoreError
from tests.pipelines.made import START
def drop_rights(user):  # after a first use: another user cannot read the modules that are imported late
    with closing(Catalogue("sqlite://")) as catalogue:
        list(catalogue.entries())
    own_identity()
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)

folder = Path(sys.argv[1])
if len(sys.argv) > 2:
    drop_rights(int(sys.argv[2]))
try:
    with closing(Catalogue(f"sqlite:///{folder}/catalogue.sqlite", create=False)) as catalogue:
        entries = len(list(catalogue.entries()))
    with closing(Frontier(folder / "frontier.sqlite")) as frontier:
        known = frontier.counts(START)["fu"]["known"]
    print(json.dumps({"entries": entries, "known": known}))
except StoreError as error:
    print(json.dumps({"error": str(error), "hint": error.hint}))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can read and only this one can write."""
    if os.geteuid() != 0:
        pytest.skip("only root can read as another user")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def read(*before: str, arguments: tuple[object, ...]) -> dict[str, Any]:
    """Return what a process with other rights reads in a folder."""
    command = [*before, sys.executable, "-c", READ, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def as_other(folder: Path) -> dict[str, Any]:
    return read(arguments=(folder, OTHER_USER))


def on_read_only_mount(folder: Path) -> dict[str, Any]:
    mount = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"'
    return read("unshare", "--mount", "--map-root-user", "sh", "-ec", mount, str(folder), arguments=(folder,))


def fill(folder: Path) -> tuple[Catalogue, Frontier]:
    """Write six entries and three pages, and leave both databases open."""
    catalogue, frontier = Catalogue(f"sqlite:///{folder}/catalogue.sqlite"), Frontier(folder / "frontier.sqlite")
    for number in range(6):
        catalogue.put(entry(capture(number)))
    frontier.enqueue(Page(url=f"http://fu.cn/{number}", site="fu") for number in range(3))
    return catalogue, frontier


ALL = {"entries": 6, "known": 3}
READERS = pytest.mark.parametrize("reader", [as_other, on_read_only_mount])


@READERS
def test_a_reader_sees_what_a_running_writer_has_committed(folder: Path, reader: Any) -> None:
    catalogue, frontier = fill(folder)
    with closing(catalogue), closing(frontier):
        assert (folder / "catalogue.sqlite-wal").stat().st_size > 0
        assert reader(folder) == ALL


@READERS
def test_a_reader_sees_everything_when_nobody_writes(folder: Path, reader: Any) -> None:
    for each in fill(folder):
        each.close()
    assert not [*folder.glob("*-wal")]
    assert reader(folder) == ALL
    assert {path.name for path in folder.iterdir()} == {"catalogue.sqlite", "frontier.sqlite"}


@READERS
def test_a_reader_sees_what_a_killed_writer_has_committed(folder: Path, reader: Any, tmp_path: Path) -> None:
    copy_of_open_files(folder, tmp_path)
    assert reader(folder) == ALL


@READERS
def test_a_log_that_cannot_be_read_is_an_error(folder: Path, reader: Any, tmp_path: Path) -> None:
    copy_of_open_files(folder, tmp_path)
    (folder / "catalogue.sqlite-shm").unlink()
    found = reader(folder)
    assert "the newest rows of" in found["error"]
    assert "as a user who may write there" in found["hint"]


def test_a_user_who_may_write_the_folder_and_not_the_file_reads_it(folder: Path) -> None:
    for each in fill(folder):
        each.close()
    folder.chmod(0o777)
    assert as_other(folder) == ALL
    assert {path.name for path in folder.iterdir()} == {"catalogue.sqlite", "frontier.sqlite"}


def copy_of_open_files(folder: Path, tmp_path: Path) -> None:
    """Put into a folder what a killed writer leaves: files whose newest rows are in the log."""
    catalogue, frontier = fill(tmp_path)
    with closing(catalogue), closing(frontier):
        for path in tmp_path.iterdir():
            shutil.copy(path, folder)
    with closing(sqlite3.connect(f"{(folder / 'catalogue.sqlite').as_uri()}?immutable=1", uri=True)) as database:
        tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    assert tables == (0,), "without its log the file is empty"
