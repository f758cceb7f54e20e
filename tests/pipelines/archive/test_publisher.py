"""Finished files reach the store whatever happens to it meanwhile: checked, once, and with their manifests."""

from __future__ import annotations

import errno
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.archive import Archive, publisher
from pipelines.archive import publish as publish_module
from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.ledger import entry_key
from pipelines.archive.locks import lock_existing
from pipelines.archive.manifest import Fixity, manifest_key, read_manifest
from pipelines.archive.publish import check_file, publish, publish_manifests
from pipelines.archive.written import PartCheck, WrittenBytes
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.storage import Storage, open_storage, spool_path
from pipelines.storage.local import LocalStorage, os_errors_as_unavailable
from pipelines.storage.options import Options
from tests.pipelines.archive.made import AT, digests, made
from tests.pipelines.archive.test_recovery import left_behind
from tests.wait import wait_until


class Away(LocalStorage):
    """A folder that is unavailable while `away` is set, and counts the calls of `put`."""

    separate_spool = True
    away = True
    tries = 0

    def put(self, key: str, path: Path) -> None:
        self.tries += 1
        if self.away:
            raise StoreUnavailable("the store is away")
        super().put(key, path)


@pytest.fixture
def away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    monkeypatch.setattr(publisher, "MAX_PAUSE_S", 0.05)
    return Away(folder)


def fill(archive: Archive, count: int = 3) -> None:
    for number in range(count):
        archive.put(made(number), digests(made(number)), f"site{number}")


def left_in(storage: Storage) -> list[Path]:
    return sorted(storage.spool.rglob("*.open"))


def test_every_file_has_a_correct_manifest(storage: Storage) -> None:
    archive = Archive(storage)
    fill(archive)
    archive.close()
    warcs = list(archive.files())
    assert len(warcs) == 3
    keys = [*warcs, *map(cdxj_key, warcs)]
    keys += map(entry_key, (1, 2, 3))
    assert set(storage.keys()) == {*keys, *map(manifest_key, keys)}
    for key in keys:
        content = storage.read(key)
        fixity = read_manifest(storage.read(manifest_key(key)), manifest_key(key))
        assert (fixity.size, fixity.digest) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
    assert left_in(storage) == []


def test_waiting_files_are_published_when_the_store_is_back(away: Away) -> None:
    archive = Archive(away)
    fill(archive)
    archive.roll(AT, everything=True)
    wait_until(lambda: away.tries > 3)
    assert archive.has_unsent()
    fill(archive)  # captures are still accepted
    away.away = False
    wait_until(lambda: len(list(archive.files())) == 3)
    archive.close()
    assert len(list(archive.files())) == 6
    assert left_in(away) == []


def test_files_that_a_full_disk_keeps_from_being_sent_make_no_room(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    def put_index(storage: Storage, *_: object) -> None:
        with os_errors_as_unavailable("write", storage.spool):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publish_module, "put_index_content", put_index)
    archive = Archive(away)
    fill(archive)
    assert archive.has_unsent()
    archive.roll(AT, everything=True)
    wait_until(lambda: not archive.has_unsent())
    monkeypatch.undo()
    away.away = False
    archive.close()
    assert len(list(archive.files())) == 3


def test_closing_while_the_store_is_away_retries_a_few_times_and_leaves_all_files_in_the_spool(away: Away) -> None:
    archive = Archive(away)
    fill(archive)
    with pytest.raises(StoreUnavailable, match=r"3 files .* wait in the spool .*: the store is away") as caught:
        archive.close()
    assert away.tries == publisher.FINAL_TRIES
    assert "the next start" in (caught.value.hint or "")
    away.away = False
    for unfinished in Archive(away).unfinished():
        unfinished.publish()
    assert len(list(archive.files())) == 3
    assert left_in(away) == []


def test_a_spool_at_its_limit_is_full_until_there_is_room(away: Away) -> None:
    archive = Archive(away, options=Options(spool_limit=1_500))
    assert archive.full() is None
    fill(archive)
    why = archive.full()
    assert why
    assert "is full" in str(why)
    archive.roll(AT, everything=True)
    wait_until(lambda: "the store is away" in str(archive.full()))
    away.away = False
    wait_until(lambda: archive.full() is None)
    archive.close()


def test_a_folder_has_no_limit_of_its_own(folder: Path) -> None:
    archive = Archive(open_storage(str(folder)), options=Options(spool_limit=1))
    fill(archive)
    assert archive.full() is None
    archive.close()


def test_a_byte_that_the_disk_changed_is_found_before_the_file_is_put(folder: Path) -> None:
    path, _ = left_behind(folder)
    content = path.read_bytes()
    written = check_file(path, path.relative_to(folder).as_posix().removesuffix(".open"))
    for at in range(0, len(content), 7):
        path.write_bytes(bytes([*content[:at], content[at] ^ 4, *content[at + 1 :]]))
        with pytest.raises(StoreCorrupt, match="not what was written"):
            publish(open_storage(str(folder)), written.key, written)
    assert list(Archive(open_storage(str(folder))).files()) == []


def test_a_file_of_a_dead_process_is_checked_by_the_digests_its_records(folder: Path) -> None:
    path, captures = left_behind(folder)
    content = path.read_bytes()
    location = captures[1].stored
    assert location
    member = gzip.decompress(content[location.offset : location.offset + location.length])
    changed = gzip.compress(member.replace(b"<html>", b"<HTML>"))
    path.write_bytes(content[: location.offset] + changed + content[location.offset + location.length :])
    with pytest.raises(StoreCorrupt, match=f"from byte {location.offset} on"):
        publish(open_storage(str(folder)), path.relative_to(folder).as_posix().removesuffix(".open"))


def test_a_damaged_file_raises_and_the_others_are_published(folder: Path) -> None:
    archive = Archive(open_storage(str(folder)))
    fill(archive)
    [path, *_] = left_in(archive.storage)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    archive.roll(AT, everything=True)
    wait_until(lambda: archive._publisher.size == 0)
    with pytest.raises(StoreCorrupt, match=path.name):
        archive.roll(AT)
    assert left_in(archive.storage) == [path]
    assert len(list(archive.files())) == 2


def test_after_a_crash_between_a_file_and_its_manifest_the_manifest_is_put(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = left_behind(folder)
    key = path.relative_to(folder).as_posix().removesuffix(".open")
    storage = open_storage(str(folder))
    put = storage.put

    def die(key: str, path: Path) -> None:
        if key.startswith("manifest/warc/"):
            raise KeyboardInterrupt
        put(key, path)

    monkeypatch.setattr(storage, "put", die)
    with pytest.raises(KeyboardInterrupt):
        publish(storage, key)
    monkeypatch.undo()
    beside = {each for one in (cdxj_key(key), entry_key(1)) for each in (one, manifest_key(one))}
    assert set(storage.keys()) == {key, *beside}
    with lock_existing(spool_path(storage, manifest_key(key))) as file:
        assert file
        publish_manifests(storage)
        assert set(storage.keys()) == {key, *beside}, "another process has locked it"
    assert list(Archive(storage).unfinished()) == []
    assert set(storage.keys()) == {key, manifest_key(key), *beside}
    assert left_in(storage) == []


def test_a_file_that_another_process_has_published_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(open_storage(str(folder)))
    fill(archive)
    monkeypatch.setattr(archive._publisher, "add", lambda _: None)
    archive.roll(AT, everything=True)
    other = Archive(archive.storage)
    for unfinished in other.unfinished():
        unfinished.publish()
    monkeypatch.undo()
    publishing = publisher.Publisher(archive.storage)
    for key in other.files():
        publishing.add(Fixity(key=key, size=1, digest=""))
    publishing.close()
    assert len(list(archive.files())) == 3


class Fickle(Away):
    """A folder that refuses the first manifest."""

    away = False
    refused = False

    def put(self, key: str, path: Path) -> None:
        if key.startswith("manifest/warc/") and not self.refused:
            self.refused = True
            raise StoreUnavailable("the store is away")
        super().put(key, path)


def test_a_manifest_that_was_refused_once_follows_its_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "MAX_PAUSE_S", 0.05)
    storage = Fickle(folder)
    archive = Archive(storage)
    fill(archive)
    archive.close()
    assert storage.refused
    keys = list(archive.files())
    assert len(keys) == 3
    assert sorted(manifest_key(key) for key in keys) == sorted(storage.keys("manifest/warc/"))
    assert not left_in(storage)


def test_a_file_is_read_once_when_it_is_published(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = left_behind(folder)
    opened, real = list[Path](), Path.open
    monkeypatch.setattr(Path, "open", lambda self, *args, **named: (opened.append(self), real(self, *args, **named))[1])
    key = path.relative_to(folder).as_posix().removesuffix(".open")
    storage = open_storage(str(folder))
    publish(storage, key)
    assert opened.count(path) == 1
    monkeypatch.undo()
    digest = f"sha256:{hashlib.sha256(storage.read(key)).hexdigest()}"
    assert read_manifest(storage.read(manifest_key(key)), manifest_key(key)).digest == digest


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([b"abc"], True),
        ([b"a", b"bc"], True),
        ([b"", b"ab", b"c"], True),
        ([b"ab"], False),
        ([b"abc", b"d"], False),
        ([b"abd"], False),
        ([b"ac", b"b"], False),
    ],
)
def test_a_file_is_compared_with_the_parts_that_were_written(parts: list[bytes], expected: bool) -> None:
    for pieces in ([b"abc"], [b"a", b"b", b"c"], [b"ab", b"c"]):
        check = PartCheck(WrittenBytes(size=len(part), sha256=hashlib.sha256(part).hexdigest()) for part in parts)
        for piece in pieces:
            check.update(piece)
        assert check.is_as_written() is expected
