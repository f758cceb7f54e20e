"""`fangzhi copy` moves an archive from a folder to S3 and back; the copy is whole, and says what it left out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from crawler.demo import build, serve
from pipelines.archive.ledger import append, read_ledger
from pipelines.storage import open_storage
from tests.fangzhi import documents, fangzhi, one_line, start_installed
from tests.town import Town, settle
from tests.wait import wait_until

FOLDERS = ("warc", "cdx", "manifest", "ledger", "text")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small city, crawled and sealed."""
    with serve(build(pages=150)) as server:
        town = settle(server, tmp_path_factory.mktemp("crawled"))
        town.crawl()
        town.run("seal", "--json", "--folder", str(town.registry.parent / "seals"))
        yield town


@pytest.fixture
def source(crawled: Town, tmp_path: Path) -> Town:
    """A copy of it that a test may change."""
    shutil.copytree(crawled.archive, tmp_path / "source")
    return Town(crawled.server, crawled.registry, tmp_path / "source")


def files(archive: Path | str) -> dict[str, bytes]:
    """Return the content of each finished file of an archive in a folder."""
    found = {}
    for path in (path for folder in FOLDERS for path in Path(archive, folder).rglob("*") if path.is_file()):
        with suppress(FileNotFoundError):  # a copy that runs has renamed it meanwhile
            found[path.relative_to(archive).as_posix()] = path.read_bytes()
    return found


def copied(source: Path | str, target: Path | str, *options: str, code: int = 0) -> list[dict]:
    """Run the command and return its JSON; the last object is the summary."""
    done = fangzhi("copy", str(source), str(target), "--json", *options)
    assert done.returncode == code, done.stderr
    return documents(done)


def test_an_archive_goes_to_s3_and_back_whole(crawled: Town, bucket: str, tmp_path: Path) -> None:
    before, entries = files(crawled.archive), crawled.entries()
    number = len([key for key in before if not key.startswith("manifest/")])
    (there,) = copied(crawled.archive, f"s3://{bucket}/archive")
    assert (there["copied"], there["present"], there["findings"]) == (number, 0, 0)
    catalogue = ("--catalogue", f"sqlite:///{tmp_path}/s3.sqlite")
    remote = Town(crawled.server, crawled.registry, f"s3://{bucket}/archive")
    assert remote.run("rebuild", "--json", *catalogue)[0]["captures"] == len(entries)
    assert remote.run("list", "--json", *catalogue)[::-1] == entries
    assert remote.run("verify", "--deep", "--json", *catalogue) == []
    (seal,) = (crawled.registry.parent / "seals").glob("*.json")
    assert remote.run("verify", "--json", "--seal", str(seal), *catalogue) == []
    (back,) = copied(f"s3://{bucket}/archive", tmp_path / "back")
    assert back["copied"] == number
    assert files(tmp_path / "back") == before
    home = Town(crawled.server, crawled.registry, tmp_path / "back")
    home.run("rebuild", "--json")
    assert home.entries() == entries
    assert home.run("verify", "--deep", "--json") == []


def test_a_second_copy_copies_what_is_new_and_the_ledger_goes_on(source: Town, tmp_path: Path) -> None:
    copied(source.archive, tmp_path / "copy")
    (again,) = copied(source.archive, tmp_path / "copy")
    assert again["copied"] == 0
    source.pass_time(days=181)
    source.crawl()
    (later,) = copied(source.archive, tmp_path / "copy")
    assert later["copied"] > 0
    assert files(tmp_path / "copy") == files(source.archive)
    assert read_ledger(open_storage(str(tmp_path / "copy"))).head == read_ledger(open_storage(str(source.archive))).head


def test_a_copy_that_was_killed_is_completed(source: Town, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    with start_installed("copy", str(source.archive), str(target), "-q") as process:
        wait_until(lambda: len(files(target)) > 5 or process.poll() is not None)
        process.kill()
    for path in sorted(Path(target, "manifest", "warc").rglob("*.sha256"))[:1]:
        path.unlink()  # as after a kill between a file and its manifest
    for path in sorted(Path(target, "manifest").rglob("*.sha256"))[-1:]:
        with suppress(FileExistsError):  # as after a kill between a manifest and the end of its writing
            os.link(path, f"{path}.open")
    copied(source.archive, target)
    assert files(target) == files(source.archive)
    assert [path for path in target.rglob("*.open") if path.is_file()] == []


def test_a_damaged_file_is_named_and_not_copied(source: Town, tmp_path: Path) -> None:
    damaged = next(Path(source.archive, "warc").rglob("*.warc.gz"))
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 255
    damaged.write_bytes(content)
    key = damaged.relative_to(source.archive).as_posix()
    finding, summary = copied(source.archive, tmp_path / "copy", code=3)
    assert (finding["file"], finding["kind"], summary["findings"]) == (key, "not-copied", 1)
    assert not Path(tmp_path, "copy", key).exists()
    found = documents(fangzhi("verify", "--json", "--archive", str(tmp_path / "copy")))
    assert key in {each["file"] for each in found if each["kind"] == "missing"}


def test_a_foreign_file_and_a_missing_one_are_named(source: Town, tmp_path: Path) -> None:
    first, second, *_ = sorted(Path(source.archive, "warc").rglob("*.warc.gz"))
    shutil.copy(first, first.with_name("foreign.warc.gz"))
    second.unlink()
    *findings, _summary = copied(source.archive, tmp_path / "copy", code=3)
    missing = second.relative_to(source.archive).as_posix()
    foreign = first.with_name("foreign.warc.gz").relative_to(source.archive).as_posix()
    assert {(each["file"], each["kind"]) for each in findings} == {(missing, "missing"), (foreign, "not-in-ledger")}


def test_what_was_forgotten_is_named_and_removed_on_demand(source: Town, tmp_path: Path) -> None:
    copied(source.archive, tmp_path / "copy")
    file = next(path for path in sorted(Path(source.archive, "warc", "huawu").rglob("*.gz")))
    key = file.relative_to(source.archive).as_posix()
    assert fangzhi("forget", key, "--reason", "test", "--yes", *source.options).returncode == 0
    *findings, _summary = copied(source.archive, tmp_path / "copy", code=3)
    assert key in {each["file"] for each in findings if each["kind"] == "forgotten"}
    (summary,) = copied(source.archive, tmp_path / "copy", "--remove-forgotten")
    assert summary["removed"] == 2
    assert files(tmp_path / "copy") == files(source.archive)


def test_a_replaced_index_is_replaced_in_the_copy(source: Town, tmp_path: Path) -> None:
    wrong = next(Path(source.archive, "cdx").rglob("*.cdxj"))
    right = wrong.read_bytes()
    copied(source.archive, tmp_path / "copy")
    target = Path(tmp_path, "copy", wrong.relative_to(source.archive))
    manifest = Path(tmp_path, "copy", "manifest", f"{wrong.relative_to(source.archive)}.sha256")
    target.write_bytes(right[:-1] + b" ")
    manifest.unlink()
    copied(source.archive, tmp_path / "copy")
    assert target.read_bytes() == right


def test_another_archive_is_never_written_to(source: Town, tmp_path: Path) -> None:
    copied(source.archive, tmp_path / "copy")
    append(open_storage(str(tmp_path / "copy")), "forget", (), captures=["x"], reason="written to the copy")
    before = files(tmp_path / "copy")
    done = fangzhi("copy", str(source.archive), str(tmp_path / "copy"))
    assert done.returncode == 2
    assert "the destination holds another archive" in one_line(done.stderr)
    assert files(tmp_path / "copy") == before


def test_wrong_use_is_refused(source: Town, tmp_path: Path) -> None:
    for arguments, message in (
        ((str(source.archive), str(source.archive)), "are the same archive"),
        ((str(tmp_path / "none"), str(tmp_path / "copy")), "there is no archive"),
        ((str(source.archive), str(tmp_path / "copy"), "--archive", "x"), "leave --archive out"),
    ):
        done = fangzhi("copy", *arguments)
        assert done.returncode == 2
        assert message in done.stderr
