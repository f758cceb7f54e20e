"""WARC files inside a WACZ package (WACZ 1.1.1, specs.webrecorder.net/wacz/1.1.1/), read where they are.

The files in a package are stored as they are, so a range of the package is a range of the WARC file.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import IO, BinaryIO, cast

from attrs import evolve, field, frozen

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

MAX_DIRECTORY_BYTES = 8 << 20
"""Bytes of a package's list of files: that of a WACZ has some kB, and each file in it takes ten times its bytes."""

MAX_PACKED_RATIO = 100
"""Bytes per compressed byte of a compressed file: WARC files that are compressed again have 1, plain ones 5 to 20."""

MAX_INNER_BYTES = 64 << 20
"""Bytes of a compressed package in a package, which is read into memory; as WACZ demands, they are not compressed."""

DIRECTORY_END = struct.Struct("<4s8xI")
"""The end of the list of files: its signature, and the bytes of the list (APPNOTE 4.3.16)."""

DIRECTORY_END_64 = struct.Struct("<4s36xQ")
"""The same for large packages (APPNOTE 4.3.14)."""

DIRECTORY_END_BYTES = (1 << 16) + 200
"""Bytes at the end of a package in which both stand: they are followed by a comment of 64 kB at most."""

DIRECTORY_ERRORS = (zipfile.BadZipFile, struct.error, NotImplementedError, UnicodeDecodeError)
"""What `zipfile` raises for a damaged list of files: also for a version of the format that does not exist, and for a
name that is marked as UTF-8 and is not."""

MEMBER_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""Exceptions for a compressed file that is damaged, encrypted, or compressed by an unknown method."""

ReadRange = Callable[[int, int], bytes]
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


def packaged_files(name: str, read: ReadRange, size: int | None) -> list[PackagedFile]:
    """Return the WARC files in a package and in the packages in it, in the order of their bytes.

    Raises StoreCorrupt if it is no package, or holds no WARC file.
    """
    size = _known_size(name, size)
    try:
        found = list(_files(name, read, 0, size, MAX_DEPTH))
    except DIRECTORY_ERRORS as error:
        raise _not_a_package(name, error) from error
    if not found:
        raise StoreCorrupt(_("{name} holds no WARC file", name=name), hint=_("check what the file is"))
    return sorted(found, key=lambda file: (file.offset is None, file.offset))


def open_package(name: str, read: ReadRange, size: int | None) -> zipfile.ZipFile:
    """Return a package as a ZIP file that is read by ranges; raises StoreCorrupt if it is none."""
    size = _known_size(name, size)
    try:
        _check_directory(read, 0, size)
        return zipfile.ZipFile(_stream(read, 0, size))
    except DIRECTORY_ERRORS as error:
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


def _files(name: str, read: ReadRange, start: int, size: int, depth: int) -> Iterator[PackagedFile]:
    _check_directory(read, start, size)
    package = zipfile.ZipFile(_stream(read, start, size))
    _check_overlap(package.infolist())
    for info in package.infolist():
        stored = info.compress_type == zipfile.ZIP_STORED
        names = LOCAL_HEADER.unpack(read(start + info.header_offset, LOCAL_HEADER.size))
        offset = start + info.header_offset + LOCAL_HEADER.size + sum(names)
        if is_warc(info.filename):
            yield PackagedFile(
                name=info.filename,
                offset=offset if stored else None,
                open=_opener(read, offset, info.file_size) if stored else _member_opener(name, package, info),
            )
        elif info.filename.lower().endswith(PACKAGE_SUFFIX) and depth > 1:
            yield from _files_in_inner(name, read, package, info, offset if stored else None, depth - 1)


def _files_in_inner(
    name: str, read: ReadRange, package: zipfile.ZipFile, info: zipfile.ZipInfo, offset: int | None, depth: int
) -> Iterator[PackagedFile]:
    """Yield the WARC files of a package in a package; one that cannot be read raises when it is opened.

    `offset` is that of its bytes, or None if it is compressed: then the WARC files in it have none either.
    """
    if offset is None and (info.file_size > MAX_INNER_BYTES or _is_bomb(info)):
        yield PackagedFile(name=info.filename, offset=None, open=_raiser(_unreadable(name, info)))
        return
    try:
        if offset is None:
            data = package.read(info)
            inner = [evolve(file, offset=None) for file in _files(name, _reader(data), 0, len(data), depth)]
        else:
            inner = list(_files(name, read, offset, info.file_size, depth))
    except (*MEMBER_ERRORS, *DIRECTORY_ERRORS) as error:
        unreadable = _unreadable(name, info, error)
        yield PackagedFile(name=info.filename, offset=None, open=_raiser(unreadable))
        return
    yield from inner


def _raiser(error: StoreCorrupt) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        raise error

    return open_member


def _check_directory(read: ReadRange, start: int, size: int) -> None:
    """Raise BadZipFile if the list of files is so long that it takes hundreds of megabytes in memory."""
    tail = read(start + max(size - DIRECTORY_END_BYTES, 0), min(size, DIRECTORY_END_BYTES))
    for end, signature in ((DIRECTORY_END, b"PK\x05\x06"), (DIRECTORY_END_64, b"PK\x06\x06")):
        at = tail.rfind(signature)
        length = end.unpack_from(tail, at)[1] if at >= 0 and at + end.size <= len(tail) else 0
        if MAX_DIRECTORY_BYTES < length < 0xFFFFFFFF or (length > 0xFFFFFFFF):
            raise zipfile.BadZipFile(f"its list of files has {length} bytes")


def _check_overlap(files: list[zipfile.ZipInfo]) -> None:
    """Raise BadZipFile if two files have bytes in common, so that a small package could hold any number of bytes."""
    ordered = sorted(files, key=lambda info: info.header_offset)
    for info, following in pairwise(ordered):
        if following.header_offset < info.header_offset + LOCAL_HEADER.size + info.compress_size:
            raise zipfile.BadZipFile(f"the files {info.filename} and {following.filename} in it overlap")


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > MAX_PACKED_RATIO * max(info.compress_size, 1) and info.file_size > MAX_PACKED_RATIO << 10


def _opener(read: ReadRange, start: int, size: int) -> Callable[[], BinaryIO]:
    return lambda: _stream(read, start, size)


def _member_opener(name: str, package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        if info.compress_type != zipfile.ZIP_DEFLATED or _is_bomb(info):
            raise _unreadable(name, info)
        try:
            return cast("BinaryIO", io.BufferedReader(_Member(name, package.open(info), info)))
        except MEMBER_ERRORS as error:
            raise _unreadable(name, info, error) from error

    return open_member


def _unreadable(name: str, info: zipfile.ZipInfo, error: Exception | None = None) -> StoreCorrupt:
    """Return the error of a compressed file in a package: what is wrong, or its sizes if it may be a bomb."""
    return StoreCorrupt(
        _(
            "{member} in {name} was not read: it is compressed from {size} to {packed} bytes by method {method} "
            "({error})",
            member=info.filename,
            name=name,
            size=info.file_size,
            packed=info.compress_size,
            method=info.compress_type,
            error=error or _("only deflate, up to {ratio} to 1, is unpacked", ratio=MAX_PACKED_RATIO),
        ),
        hint=_("unpack the package with another program, and replay its WARC files"),
    )


def _reader(data: bytes) -> ReadRange:
    return lambda offset, length: data[offset : offset + length]


def _stream(read: ReadRange, start: int, size: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Range(read, start, size), buffer_size=RANGE_BYTES))


class _Member(io.RawIOBase):
    """A compressed file of a package; damage is a StoreCorrupt."""

    def __init__(self, name: str, file: IO[bytes], info: zipfile.ZipInfo) -> None:
        self._name, self._file, self._info = name, file, info

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            data = self._file.read(len(buffer))
        except MEMBER_ERRORS as error:
            raise _unreadable(self._name, self._info, error) from error
        buffer[: len(data)] = data
        return len(data)


class _Range(io.RawIOBase):
    """Part of a file as a file."""

    def __init__(self, read: ReadRange, start: int, size: int) -> None:
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
