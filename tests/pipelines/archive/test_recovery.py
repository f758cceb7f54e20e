"""WARC files of a crashed process are found, truncated to their last whole capture, read and published."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.archive import Archive
from pipelines.archive.recovery import recover
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.model import Capture
from pipelines.storage import Storage, open_storage
from tests.pipelines.archive.made import digests, made
from tests.pipelines.storage.server import free_ports

WRITES_FOR_EVER = """
import sys
from pipelines.archive import Archive
from pipelines.storage import open_storage
from tests.pipelines.archive.made import made, digests

archive = Archive(open_storage(sys.argv[1]))
for number in range(1_000_000):
    capture = made(number)
    location = archive.put(capture, digests(capture), f"site{number % 3}")
    print(number, location.file, location.offset, location.length, flush=True)
"""


def left_behind(folder: Path, count: int = 3) -> tuple[Path, list[Capture]]:
    """Return a WARC file that was never closed, and its captures."""
    archive = Archive(open_storage(str(folder)))
    captures = [evolve(made(n), stored=archive.put(made(n), digests(made(n)), "site")) for n in range(count)]
    for file in archive._open.values():
        file.abandon()
    [path] = folder.rglob("*.open")
    return path, captures


def test_nothing_acknowledged_is_lost_by_a_kill(folder: Path, valid: Callable[[Path], bool]) -> None:
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, folder], stdout=subprocess.PIPE, text=True)
        assert child.stdout
        lines = [child.stdout.readline() for _ in range(200)]
        os.kill(child.pid, signal.SIGKILL)
        lines += child.stdout.read().splitlines(keepends=True)
        child.wait()
        acknowledged = {tuple(line.split()) for line in lines if line.endswith("\n")}
        archive = Archive(open_storage(str(folder)))
        found = set()
        for file in archive.unfinished():
            for _, capture in file.read():
                location = capture.stored
                assert location is not None
                number = capture.fetched_at.microsecond - made().fetched_at.microsecond
                assert evolve(capture, stored=None) == made(number)
                found.add((str(number), location.file, str(location.offset), str(location.length)))
            file.publish()
        assert acknowledged <= found
        assert len(found) - len(acknowledged) <= 1
        assert list(folder.rglob("*.open")) == []
    assert all(valid(folder / key) for key in archive.files())


def test_a_file_torn_anywhere_is_truncated_to_the_last_whole_capture(folder: Path) -> None:
    path, captures = left_behind(folder)
    content = path.read_bytes()
    assert captures[-1].stored is not None
    whole = captures[-1].stored.offset
    for torn in range(whole, len(content)):
        path.write_bytes(content[:torn])
        with path.open("rb+") as file:
            assert recover(file, "it") == torn - whole
        assert path.read_bytes() == content[:whole]
    path.write_bytes(content)
    with path.open("rb+") as file:
        assert recover(file, "it") == 0


def test_without_a_whole_capture_nothing_is_left(folder: Path) -> None:
    path, captures = left_behind(folder, 1)
    content = path.read_bytes()
    assert captures[0].stored is not None
    for torn in (0, 5, captures[0].stored.offset, captures[0].stored.offset + 9, len(content) - 1):
        path.write_bytes(content[:torn])
        assert list(Archive(open_storage(str(folder))).unfinished()) == []
        assert not path.exists()


def test_garbage_after_the_last_capture_is_cut_off(folder: Path) -> None:
    path, captures = left_behind(folder)
    path.write_bytes(path.read_bytes() + b"\0" * 5_000)
    [(cut, read)] = [
        (file.cut_bytes, [capture for _, capture in file.read()])
        for file in Archive(open_storage(str(folder))).unfinished()
    ]
    assert (cut, read) == (5_000, captures)


def test_damage_before_whole_captures_is_never_cut_off(folder: Path) -> None:
    path, captures = left_behind(folder)
    content = bytearray(path.read_bytes())
    assert captures[0].stored is not None
    content[captures[0].stored.offset + 50] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="whole records follow"):
        list(Archive(open_storage(str(folder))).unfinished())
    assert path.read_bytes() == content


def test_files_of_a_living_process_are_left_alone(folder: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, folder], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    for _ in range(10):
        child.stdout.readline()
    assert list(Archive(open_storage(str(folder))).unfinished()) == []
    child.kill()
    child.communicate()
    assert [file.key for file in Archive(open_storage(str(folder))).unfinished()]


def test_a_file_is_found_again_until_it_is_published(storage: Storage) -> None:
    archive = Archive(storage)
    captures = [evolve(made(n), stored=archive.put(made(n), digests(made(n)), "site")) for n in range(3)]
    for file in archive._open.values():
        file.abandon()
    after = Archive(storage)
    for _ in range(2):
        [key] = [unfinished.key for unfinished in after.unfinished()]
    for unfinished in after.unfinished():
        assert [capture for _, capture in unfinished.read()] == captures
        unfinished.publish()
    assert list(after.files()) == [key]
    assert list(after.unfinished()) == []
    assert [after.get(capture.stored) for capture in captures if capture.stored] == captures


def test_after_a_crash_between_publishing_and_deleting_a_second_publishing_is_harmless(folder: Path) -> None:
    path, captures = left_behind(folder)
    key = path.relative_to(folder).as_posix().removesuffix(".open")
    os.link(path, folder / key)
    archive = Archive(open_storage(str(folder)))
    for unfinished in archive.unfinished():
        unfinished.publish()
    assert not path.exists()
    assert [capture for _, capture in archive.read(key)] == captures


def test_a_file_that_its_process_publishes_meanwhile_is_not_recovered(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = left_behind(folder)
    lock = fcntl.flock

    def publish_then_lock(handle: int, how: int) -> None:
        os.link(path, path.with_suffix(""))
        path.unlink()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", publish_then_lock)
    assert list(Archive(open_storage(str(folder))).unfinished()) == []


def test_while_a_store_is_down_files_stay_in_the_spool(bucket: str, aws: pytest.MonkeyPatch) -> None:
    up = open_storage(f"s3://{bucket}")
    aws.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_ports(1)[0]}")
    aws.setenv("AWS_MAX_ATTEMPTS", "1")
    down = Archive(open_storage(f"s3://{bucket}"))
    capture = evolve(made(1), stored=down.put(made(1), digests(made(1)), "site"))
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        down.close()
    assert capture.stored is not None
    assert down.get(capture.stored) == capture
    later = Archive(up)
    for unfinished in later.unfinished():
        unfinished.publish()
    assert later.get(capture.stored) == capture
    assert list(up.spool.rglob("*.open")) == []
