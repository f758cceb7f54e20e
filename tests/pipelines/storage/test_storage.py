"""The contract of every store, tested with a folder and with a real S3 server."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import ConfigError, StoreCorrupt, StoreUnavailable
from pipelines.storage import Storage, open_storage
from pipelines.storage.local import LocalStorage
from tests.pipelines.storage.server import free_ports

KEY = "warc/site/2026/01/a.warc.gz"


def written(storage: Storage, key: str, content: bytes) -> Path:
    path = storage.spool / (key + ".open")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def put(storage: Storage, key: str, content: bytes) -> None:
    storage.put(key, written(storage, key, content))


def test_a_file_is_read_whole_by_range_and_as_a_stream(storage: Storage) -> None:
    content = bytes(range(256)) * 5_000
    put(storage, KEY, content)
    assert storage.read(KEY) == content
    assert storage.read(KEY, 1_000, 300) == content[1_000:1_300]
    assert storage.read(KEY, len(content) - 10, 300) == content[-10:]
    assert storage.read(KEY, len(content) + 5, 10) == b""
    assert storage.read(KEY, 7, 0) == b""
    assert storage.read(KEY, len(content) - 3) == content[-3:]
    assert storage.size(KEY) == len(content)
    with storage.open(KEY) as file:
        assert file.read(5) == content[:5]
        assert file.read() == content[5:]


def test_put_removes_the_local_file(storage: Storage) -> None:
    path = written(storage, KEY, b"content")
    storage.put(KEY, path)
    assert not path.exists()


def test_an_empty_file_can_be_put(storage: Storage) -> None:
    put(storage, KEY, b"")
    assert storage.read(KEY) == b""
    assert storage.size(KEY) == 0


def test_the_same_content_may_be_put_twice(storage: Storage) -> None:
    put(storage, KEY, b"content")
    put(storage, KEY, b"content")
    assert storage.read(KEY) == b"content"
    assert not (storage.spool / (KEY + ".open")).exists()


def test_other_content_never_overwrites(storage: Storage) -> None:
    put(storage, KEY, b"content")
    path = written(storage, KEY, b"changed")
    with pytest.raises(StoreCorrupt, match=r"a\.warc\.gz"):
        storage.put(KEY, path)
    assert storage.read(KEY) == b"content"
    assert path.read_bytes() == b"changed"


def test_a_removed_file_can_be_put_again(storage: Storage) -> None:
    put(storage, KEY, b"content")
    for _ in range(2):
        storage.remove(KEY)
        assert list(storage.keys()) == []
    put(storage, KEY, b"changed")
    assert storage.read(KEY) == b"changed"


def test_keys_are_sorted_by_code_point_and_only_of_finished_files(storage: Storage) -> None:
    names = ["w/a/1", "w/a-b/1", "w/a.b", "w/ab/2", "w/ab/10", "x/1", "w/中/1"]
    for name in names:
        put(storage, name, name.encode())
    written(storage, "w/a/0", b"not finished")
    assert list(storage.keys()) == sorted(names)
    assert list(storage.keys("w/a")) == sorted(name for name in names if name.startswith("w/a"))
    assert list(storage.keys("w/ab/")) == ["w/ab/10", "w/ab/2"]
    assert list(storage.keys("nowhere/")) == []


def test_a_missing_key_is_named(storage: Storage) -> None:
    for method in (storage.read, storage.size, storage.open):
        with pytest.raises(StoreCorrupt, match="missing") as caught:
            method("warc/missing.warc.gz")
        assert caught.value.hint


def test_no_key_leads_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    store = LocalStorage(tmp_path / "archive")
    for key in ("../secret", str(tmp_path / "secret")):
        with pytest.raises(StoreCorrupt, match="points outside"):
            store.read(key)


def test_a_folder_without_hard_links_never_overwrites_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    store = LocalStorage(tmp_path)
    put(store, KEY, b"content")
    put(store, KEY, b"content")
    with pytest.raises(StoreCorrupt):
        put(store, KEY, b"changed")
    assert store.read(KEY) == b"content"


def test_a_folder_is_created_but_not_its_parents(tmp_path: Path) -> None:
    open_storage((tmp_path / "archive").as_uri()).check()
    assert (tmp_path / "archive").is_dir()
    with pytest.raises(StoreUnavailable, match="nowhere/archive: No such file"):
        open_storage(str(tmp_path / "nowhere" / "archive")).check()


@pytest.mark.parametrize("folder", ["/proc/archive", "/dev/null/archive", "/dev/null"])
def test_a_folder_that_cannot_be_written_to_is_unavailable(folder: str) -> None:
    with pytest.raises(StoreUnavailable, match=folder):
        open_storage(folder).check()


def test_a_missing_bucket_is_unavailable(bucket: str) -> None:
    with pytest.raises(StoreUnavailable, match="no bucket another-one") as caught:
        open_storage("s3://another-one/prefix").check()
    assert caught.value.hint
    store = open_storage("s3://another-one/prefix")
    with pytest.raises(StoreUnavailable, match="another-one"):
        put(store, KEY, b"content")
    assert (store.spool / (KEY + ".open")).read_bytes() == b"content"


def test_an_endpoint_that_is_down_is_unavailable_and_the_spool_keeps_the_file(aws: pytest.MonkeyPatch) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_ports(1)[0]}")
    store = open_storage("s3://bucket")
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        put(store, KEY, b"content")
    assert (store.spool / (KEY + ".open")).read_bytes() == b"content"


def test_missing_credentials_are_a_setting_to_correct(aws: pytest.MonkeyPatch) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    aws.setenv("AWS_EC2_METADATA_DISABLED", "true")
    aws.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    aws.delenv("AWS_ACCESS_KEY_ID")
    aws.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ConfigError, match="credentials"):
        open_storage("s3://bucket").check()


def test_two_archives_have_two_spools(aws: pytest.MonkeyPatch) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    assert open_storage("s3://bucket/a/b").spool != open_storage("s3://bucket/a-b").spool


@pytest.mark.parametrize("url", ["ftp://host/a", "s3://", "", "file://host/a"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="archive address") as caught:
        open_storage(url)
    assert "s3://bucket/prefix" in (caught.value.hint or "")
