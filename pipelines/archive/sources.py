"""Shell. Any program's WARC, wherever it lies: a path, an http(s) or an s3 address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.archive.archive import read_file
from pipelines.archive.reader import Info, capture_at, captures
from pipelines.archive.revisits import Find
from pipelines.model import Capture, Location
from pipelines.storage import open_storage
from pipelines.storage.options import Options


def read_source(
    address: str, find: Find | None = None, options: Options | None = None
) -> Iterator[tuple[Info, Capture]]:
    """Yield the captures of a WARC; see `reader.captures`. The address becomes the file of their locations.

    Raises StoreUnavailable if it cannot be opened, and StoreCorrupt, after everything whole, where it is cut off.
    """
    match address.partition("://")[0]:
        case "http" | "https":
            return _read_url(address, find)
        case "s3":
            return _read_object(address, find, options)
    return read_file(Path(address), find)


def _read_url(url: str, find: Find | None) -> Iterator[tuple[Info, Capture]]:
    from pipelines.storage.http import open_url, read_url

    def again(place: Location) -> bytes:
        return capture_at(read_url(url, place.offset, place.length), place)[0].body

    with open_url(url) as file:
        yield from captures(file, url, find, again)


def _read_object(address: str, find: Find | None, options: Options | None) -> Iterator[tuple[Info, Capture]]:
    folder, _, key = address.rpartition("/")
    storage = open_storage(folder, options)

    def again(place: Location) -> bytes:
        return capture_at(storage.read(key, place.offset, place.length), place)[0].body

    with storage.open(key) as file:
        yield from captures(file, address, find, again)
