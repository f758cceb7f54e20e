"""WARC files inside a WACZ package (WACZ 1.1.1, specs.webrecorder.net/wacz/1.1.1/), read where they are.

The files in a package are stored as they are, so a range of the package is a range of the WARC file.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from attrs import field, frozen

from pipelines.archive.record_stream import is_warc
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _

PACKAGE_SUFFIX = ".wacz"
ZIP_MAGIC = b"PK\x03\x04"

LOCAL_HEADER = struct.Struct("<26xHH")
"""The header before a file in a ZIP: lengths of its name and of the extra fields, which follow (APPNOTE 4.3.7)."""

RANGE_BYTES = 4 << 20
"""Bytes of one range request: a request to a server takes as long as some MB of its answer."""

MAX_DEPTH = 4
"""Packages within packages; a multi-WACZ has two levels."""

Read = Callable[[int, int], bytes]
"""Reads bytes by offset and length."""


@frozen(kw_only=True)
class PackagedFile:
    """A WARC file in a package.

    `offset` is where its bytes begin in the package, or None if it is compressed once more, so that its records cannot
    be read alone.
    """

    name: str
    offset: int | None
    open: Callable[[], BinaryIO] = field(repr=False)


def is_package(name: str, start: Callable[[], bytes]) -> bool:
    """Tell by its name, or for an unknown name by its first bytes, whether a file is a package.

    >>> is_package("https://a.cn/x.wacz?key=1", bytes), is_package("a", lambda: ZIP_MAGIC)
    (True, True)
    """
    path = name.partition("?")[0] if "://" in name else name
    if path.lower().endswith(PACKAGE_SUFFIX):
        return True
    return not is_warc(path) and start().startswith(ZIP_MAGIC)


def packaged_files(name: str, read: Read, size: int | None) -> list[PackagedFile]:
    """Return the WARC files in a package and in the packages in it, in the order of their bytes.

    Raises StoreCorrupt if it is no package, or holds no WARC file.
    """
    size = _known_size(name, size)
    try:
        found = list(_files(read, 0, size, MAX_DEPTH))
    except (zipfile.BadZipFile, struct.error) as error:
        raise _not_a_package(name, error) from error
    if not found:
        raise StoreCorrupt(_("{name} holds no WARC file", name=name), hint=_("check what the file is"))
    return sorted(found, key=lambda file: (file.offset is None, file.offset))


def open_package(name: str, read: Read, size: int | None) -> zipfile.ZipFile:
    """Return a package as a ZIP file that is read by ranges; raises StoreCorrupt if it is none."""
    size = _known_size(name, size)
    try:
        return zipfile.ZipFile(_stream(read, 0, size))
    except (zipfile.BadZipFile, struct.error, NotImplementedError) as error:
        raise _not_a_package(name, error) from error


def _known_size(name: str, size: int | None) -> int:
    if size is None:
        raise StoreCorrupt(
            _("the server does not say how long {name} is", name=name), hint=_("download the file first, then read it")
        )
    return size


def _not_a_package(name: str, error: Exception) -> StoreCorrupt:
    return StoreCorrupt(
        _("{name} is not a WACZ file, or is damaged: {error}", name=name, error=error),
        hint=_("check that the file is complete"),
    )


def _files(read: Read, start: int, size: int, depth: int) -> Iterator[PackagedFile]:
    package = zipfile.ZipFile(_stream(read, start, size))
    for info in package.infolist():
        stored = info.compress_type == zipfile.ZIP_STORED
        names = LOCAL_HEADER.unpack(read(start + info.header_offset, LOCAL_HEADER.size))
        offset = start + info.header_offset + LOCAL_HEADER.size + sum(names)
        if is_warc(info.filename):
            yield PackagedFile(
                name=info.filename,
                offset=offset if stored else None,
                open=_opener(read, offset, info.file_size) if stored else _member_opener(package, info),
            )
        elif info.filename.lower().endswith(PACKAGE_SUFFIX) and depth > 1:
            if stored:
                yield from _files(read, offset, info.file_size, depth - 1)
            else:
                data = package.read(info)
                inner = _files(_reader(data), 0, len(data), depth - 1)
                yield from (PackagedFile(name=file.name, offset=None, open=file.open) for file in inner)


def _opener(read: Read, start: int, size: int) -> Callable[[], BinaryIO]:
    return lambda: _stream(read, start, size)


def _member_opener(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", package.open(info))


def _reader(data: bytes) -> Read:
    return lambda offset, length: data[offset : offset + length]


def _stream(read: Read, start: int, size: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Range(read, start, size), buffer_size=RANGE_BYTES))


class _Range(io.RawIOBase):
    """Part of a file as a file."""

    def __init__(self, read: Read, start: int, size: int) -> None:
        self._read, self._start, self._size = read, start, size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(base + offset, 0)
        return self._position

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._size - self._position)
        data = self._read(self._start + self._position, wanted) if wanted > 0 else b""
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
