"""WARC files wherever they lie: in the archive, at a path, behind an http(s) or an s3 address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import field, frozen

from pipelines.archive.archive import Archive
from pipelines.archive.compression import ZSTD_MAGIC, dictionary
from pipelines.archive.reader import Answer, answers, capture_at, captures
from pipelines.archive.record_reader import Info
from pipelines.archive.record_stream import is_warc
from pipelines.archive.revisits import Find, Repeat
from pipelines.errors import StoreCorrupt
from pipelines.model import Capture, Location
from pipelines.storage import Storage, is_store_address, open_storage
from pipelines.storage.local import unavailable
from pipelines.storage.options import Options


@frozen(kw_only=True)
class Source:
    """A file of captures; `name` is the file of their locations, and `read` takes offset and length."""

    name: str
    open: Callable[[], BinaryIO] = field(repr=False)
    read: Callable[[int, int], bytes] = field(repr=False)
    size: Callable[[], int | None] = field(repr=False)

    def captures(self, find: Find | None = None, waiting: list[Repeat] | None = None) -> Iterator[tuple[Info, Capture]]:
        """Yield the captures; see `reader.captures`. Raises StoreUnavailable if the file cannot be read."""
        with unavailable("read", Path(self.name)), self.open() as file:
            yield from captures(file, self.name, find, lambda place: self.capture(place).body, waiting)

    def answers(self) -> Iterator[Answer]:
        """Yield the captures with their records; see `reader.answers`. Raises StoreUnavailable likewise."""
        with unavailable("read", Path(self.name)), self.open() as file:
            yield from answers(file, self.name)

    def capture(self, place: Location, find: Find | None = None) -> Capture:
        """Return the capture at a location in this file, by one range read; two in a zstd file."""
        data = self.read(place.offset, place.length)
        words = dictionary(self.read) if data.startswith(ZSTD_MAGIC) else b""
        return capture_at(data, place, find, words)[0]


def source_at(address: str, options: Options | None = None) -> Source:
    """Return the file at a path or an http(s) or s3 address; nothing is opened yet."""
    if address.startswith(("http://", "https://")):
        return _behind(address)
    if is_store_address(address):
        folder, _, key = address.rpartition("/")
        return _stored(open_storage(folder, options), key, address)
    return _local(Path(address).absolute())


def source_in(archive: Archive, key: str) -> Source:
    """Return a finished file of the archive."""
    return _stored(archive.storage, key, key)


def sources(archive: Archive, address: str) -> list[Source]:
    """Return the file at an address, or all WARC and ARC files below it, sorted, if it is a folder or ends in `/`.

    A file of this archive is taken as such, by its key, so that its captures stay where they are. Raises StoreCorrupt
    where there is none.
    """
    found = [_known(archive, each) for each in _below(address, archive.options)]
    if not found:
        raise StoreCorrupt(f"{address} holds no WARC", hint="name a file, or a folder with .warc files below it")
    return found


def read_source(address: str, find: Find | None = None) -> Iterator[tuple[Info, Capture]]:
    """Yield the captures of the WARC at an address; see `Source.captures`."""
    return source_at(address).captures(find)


def _below(address: str, options: Options) -> list[str]:
    if is_store_address(address) and address.endswith("/"):
        keys = open_storage(address.rstrip("/"), options).keys("")
        return [address + key for key in keys if is_warc(key)]
    if "://" in address or not Path(address).is_dir():
        return [address]
    with unavailable("list", Path(address)):
        return sorted(str(path) for path in Path(address).rglob("*") if path.is_file() and is_warc(path.name))


def _known(archive: Archive, address: str) -> Source:
    key = None if "://" in address else archive.key(Path(address))
    return source_in(archive, key) if key else source_at(address, archive.options)


def _stored(storage: Storage, key: str, name: str) -> Source:
    return Source(
        name=name,
        open=lambda: storage.open(key),
        read=lambda offset, length: storage.read(key, offset, length),
        size=lambda: storage.size(key),
    )


def _local(path: Path) -> Source:
    def read(offset: int, length: int) -> bytes:
        with unavailable("read", path), path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def size() -> int:
        with unavailable("read", path):
            return path.stat().st_size

    return Source(name=str(path), open=lambda: path.open("rb"), read=read, size=size)


def _behind(url: str) -> Source:
    from pipelines.storage.http import open_url, read_url, size_of

    return Source(
        name=url,
        open=lambda: open_url(url),
        read=lambda offset, length: read_url(url, offset, length),
        size=lambda: size_of(url),
    )
