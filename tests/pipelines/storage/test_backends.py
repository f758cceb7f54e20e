"""A new backend is one class and one row of `BACKENDS`: settings, archive and messages then know its addresses."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from attrs import evolve

from crawler.config.load import load_config
from pipelines.archive import Archive, source_at, sources
from pipelines.errors import ConfigError, StoreCorrupt
from pipelines.storage import BACKENDS, Backend, open_storage
from tests.pipelines.archive.made import digests, made


class MemoryStorage:
    """A store that keeps its files in memory, those of all addresses in one dictionary."""

    separate_spool = True

    def __init__(self, address: str, spool: Path, files: dict[str, bytes]) -> None:
        self.spool, self._prefix, self._files = spool, f"{address}/", files

    def put(self, key: str, path: Path) -> None:
        content = path.read_bytes()
        if self._files.setdefault(self._prefix + key, content) != content:
            raise StoreCorrupt(f"{key} exists with other content")
        path.unlink()

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        if self._prefix + key not in self._files:
            raise StoreCorrupt(f"the archive holds no {key}")
        return self._files[self._prefix + key][offset : None if length is None else offset + length]

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self.read(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        names = (name for name in self._files if name.startswith(self._prefix + prefix))
        return iter(sorted(name.removeprefix(self._prefix) for name in names))

    def size(self, key: str) -> int:
        return len(self.read(key))

    def remove(self, key: str) -> None:
        self._files.pop(self._prefix + key, None)

    def check(self) -> None:
        """It can always be used."""


@pytest.fixture
def made_scheme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The row of a scheme `made`, whose stores are in memory."""
    files: dict[str, bytes] = {}
    backend = Backend(
        example="made://name",
        normalise=lambda address: address.rstrip("/"),
        open=lambda address, _: MemoryStorage(address, tmp_path / "spool", files),
    )
    monkeypatch.setitem(BACKENDS, "made", backend)


def config(folder: Path, archive: str) -> str:
    return load_config({"archive": archive}, {"HOME": str(folder)}, folder).archive


@pytest.mark.usefixtures("made_scheme")
def test_settings_accept_its_addresses_and_captures_go_in_and_come_out(tmp_path: Path) -> None:
    address = config(tmp_path, "made://x/")
    assert address == "made://x"
    archive = Archive(open_storage(address))
    capture = evolve(made(1), stored=archive.put(made(1), digests(made(1)), "site"))
    archive.close()
    later = Archive(open_storage(address))
    assert capture.stored is not None
    assert later.get(capture.stored) == capture
    (key,) = later.files()
    for source in (source_at(f"{address}/{key}"), *sources(later, f"{address}/")):
        assert source.name == f"{address}/{key}"
        assert [found.body for _, found in source.captures()] == [capture.body]


@pytest.mark.usefixtures("made_scheme")
def test_the_error_for_an_unknown_scheme_lists_it(tmp_path: Path) -> None:
    for refused in (lambda: open_storage("other://x"), lambda: config(tmp_path, "other://x")):
        with pytest.raises(ConfigError, match="'other://x' is not valid") as caught:
            refused()
        assert caught.value.hint == "valid are a folder, file:///folder, s3://bucket/prefix and made://name"


def test_without_its_row_its_addresses_are_refused(tmp_path: Path) -> None:
    for refused in (lambda: open_storage("made://x"), lambda: config(tmp_path, "made://x")):
        with pytest.raises(ConfigError, match="'made://x' is not valid"):
            refused()


@pytest.mark.parametrize(
    ("address", "path"), [("file:///srv/a/../b", "/srv/b"), ("file://localhost/srv/%E6%96%B0", "/srv/新")]
)
def test_a_file_url_is_the_same_folder_for_settings_and_for_the_store(tmp_path: Path, address: str, path: str) -> None:
    assert config(tmp_path, address) == path
    assert open_storage(address).spool == Path(path)


@pytest.mark.parametrize(
    "address", ["file:relative", "file://host/a", "s3:bucket", "s3:///prefix", "ftp://a/b", "://a", "1a://b"]
)
def test_settings_and_stores_refuse_the_same_addresses(tmp_path: Path, address: str) -> None:
    for refused in (lambda: open_storage(address), lambda: config(tmp_path, address)):
        with pytest.raises(ConfigError, match="is not valid"):
            refused()
