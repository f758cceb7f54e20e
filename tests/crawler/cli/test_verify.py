"""What `fangzhi verify` prints for people and for programs."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from crawler.records import RECORDS_FILE, read_records
from tests.fangzhi import documents, fangzhi, one_line
from tests.pipelines.archive.sealed import build, catalogue_url


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify") / "archive"
    build(folder)
    return folder


def options(folder: Path) -> tuple[str, ...]:
    return ("--archive", str(folder), "--catalogue", catalogue_url(folder))


def test_the_summary_names_what_was_read_and_what_was_not(whole: Path) -> None:
    done = fangzhi("verify", "--sample", "1", *options(whole))
    assert (done.returncode, done.stdout) == (0, "")
    assert "2 of 5 captures in 2 WARC files read" in done.stderr
    assert "--deep reads all" in done.stderr
    deep = fangzhi("verify", "--deep", *options(whole))
    assert (deep.returncode, deep.stdout) == (0, "")
    assert "all 12 records of 2 WARC files read" in deep.stderr
    assert "--deep" not in deep.stderr


def test_each_finding_is_a_line_and_the_exit_code_1(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(whole, folder)
    shutil.copy(f"{whole}.sqlite", f"{folder}.sqlite")
    path = max(folder.glob("warc/**/*.gz"))
    path.write_bytes(path.read_bytes()[:-1])
    people = fangzhi("verify", "--deep", *options(folder))
    assert people.returncode == 1
    key = path.relative_to(folder).as_posix()
    assert all(line.startswith(key) and line.endswith(")") for line in people.stdout.splitlines())
    machine = fangzhi("verify", "--deep", "--json", *options(folder))
    assert machine.returncode == 1
    found = documents(machine)
    assert len(found) == len(people.stdout.splitlines())
    assert all(list(finding) == ["file", "kind", "what", "offset", "record"] for finding in found)
    assert {finding["kind"] for finding in found} >= {"wrong-size", "broken-member"}


def test_time_and_result_are_recorded(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(whole, folder)
    shutil.copy(f"{whole}.sqlite", f"{folder}.sqlite")
    (folder / RECORDS_FILE).unlink(missing_ok=True)
    begin = dt.datetime.now(dt.UTC)
    fangzhi("verify", *options(folder))
    path = max(folder.glob("warc/**/*.gz"))
    path.write_bytes(path.read_bytes()[:-1])
    found = documents(fangzhi("verify", "--deep", "--json", *options(folder)))
    with read_records(folder / RECORDS_FILE) as records:
        damaged, right = records.verifications()
    assert begin <= right.at <= damaged.at <= dt.datetime.now(dt.UTC)
    assert (right.kind, right.findings, right.counts["files"]) == ("sample", 0, 2)
    assert (damaged.kind, damaged.findings) == ("deep", len(found))
    assert [each["what"] for each in damaged.first] == [each["what"] for each in found]


def test_records_that_cannot_be_written_do_not_fail_a_verification(whole: Path, tmp_path: Path) -> None:
    taken = tmp_path / "a" / "frontier.sqlite"
    taken.parent.mkdir()
    (taken.parent / RECORDS_FILE).mkdir()
    done = fangzhi("verify", "--frontier", str(taken), *options(whole))
    assert done.returncode == 0
    assert "this verification is not recorded" in done.stderr


def test_a_missing_archive_is_an_error(tmp_path: Path) -> None:
    done = fangzhi("verify", "--archive", str(tmp_path / "none"))
    assert done.returncode == 2
    assert f"there is no archive at {tmp_path}/none" in one_line(done.stderr)
    assert list(tmp_path.iterdir()) == []
