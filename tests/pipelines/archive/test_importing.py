"""WARC files of other programs are imported into the archive byte for byte."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from pipelines.archive import Archive, source_at
from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.importing import import_file
from pipelines.archive.ledger import entry_key
from pipelines.archive.manifest import manifest_key, read_manifest
from pipelines.errors import StoreCorrupt, StoreUnavailable
from tests.pipelines.archive.foreign import BODY, HEAD, URL, arc, record, zstd

FILES = {
    "their.warc.gz": gzip.compress(record("response")),
    "their.warc": record("response"),
    "their.warc.zst": zstd([record("response")], record("response") * 4),
    "their.arc": b"".join(arc((URL, HEAD + BODY))),
    "00012": gzip.compress(record("response")),
}


@pytest.mark.parametrize("name", FILES)
def test_a_copy_is_byte_for_byte_and_its_captures_are_read_where_they_lie(
    archive: Archive, folder: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    key = import_file(archive.storage, source_at(str(tmp_path / name)))
    assert key.startswith(f"warc/imported/{hashlib.sha256(FILES[name]).hexdigest()[:16]}/{name}")
    assert (folder / key).read_bytes() == FILES[name]
    assert list(archive.files()) == [key]
    (capture,) = [capture for _, capture in archive.read(key)]
    assert capture.stored is not None
    assert archive.get(capture.stored) == capture
    assert (capture.body, capture.stored.kept, capture.stored.own) == (BODY, True, False)


def test_an_imported_file_has_a_manifest_and_nothing_else_is_left(
    archive: Archive, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "their.warc").write_bytes(data := record("response"))
    key = import_file(archive.storage, source_at(str(tmp_path / "their.warc")))
    fixity = read_manifest((folder / manifest_key(key)).read_bytes(), manifest_key(key))
    assert (fixity.key, fixity.size, fixity.digest) == (key, len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == sorted(
        [*(each := [key, cdxj_key(key), entry_key(1)]), *map(manifest_key, each)]
    )


def test_the_same_file_is_imported_once_whatever_its_name(archive: Archive, tmp_path: Path) -> None:
    for name in ("a.warc", "b.warc"):
        (tmp_path / name).write_bytes(record("response"))
    keys = {import_file(archive.storage, source_at(str(tmp_path / name))) for name in ("a.warc", "b.warc", "a.warc")}
    assert keys == set(archive.files())
    assert len(keys) == 1


def test_a_file_that_is_missing_or_not_a_warc_is_not_imported(archive: Archive, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "noise.warc.gz").write_bytes(b"noise")
    with pytest.raises(StoreCorrupt, match=r"noise\.warc\.gz is not a WARC"):
        import_file(archive.storage, source_at(str(tmp_path / "noise.warc.gz")))
    with pytest.raises(StoreUnavailable, match="none"):
        import_file(archive.storage, source_at(str(tmp_path / "none.warc.gz")))
    assert not list(archive.files())
    assert not [path for path in folder.rglob("*") if path.is_file()]
