"""Files packed by gzip or zstd, unpacked member by member, and plain files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

import zstandard
from isal import isal_zlib

from pipelines.archive.records import GZIP

READ_SIZE = 1 << 16
"""Bytes read at a time. Each member copies what is left of them: 9,235 pages/s are read so, 6,764 with 256 KB.

Gzip packs at most 1,032 to 1, so a bomb unfolds to 68 MB before it is looked at.
"""

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""A skippable frame that holds the dictionary of the frames after it (IIPC, WARC/1.1 Zstandard compression)."""

DICTIONARY_HEAD = 8
"""Bytes before the dictionary in its frame: the magic number, and the length as 32 bits."""

LONGEST_DICTIONARY = 64 << 20
"""Above 64 MB it is none: those of ArchiveTeam have 1 MB, and the length field of a broken file says anything."""

GzipError = cast("type[Exception]", isal_zlib.error)
"""What isal raises; its stub calls the class an instance."""


class Damage(Exception):
    """A member is torn or broken; carries the offset in the file at which it begins."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"broken member at byte {offset}")
        self.offset = offset


def read_plain(file: BinaryIO, data: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield the pieces of a file that is not packed: `data`, then the rest; it has no members, so no ends of them."""
    while data:
        yield data, None
        data = file.read(READ_SIZE)


def dictionary(read: Callable[[int, int], bytes]) -> bytes:
    """Return the dictionary of a zstd file, none if it has none or a broken one; `read` takes offset and length."""
    head = read(0, DICTIONARY_HEAD)
    try:
        return _words(read(DICTIONARY_HEAD, _size(head))) if head.startswith(ZSTD_DICTIONARY) else b""
    except Damage:
        return b""


def unpack(file: BinaryIO, data: bytes, words: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield pieces of plain bytes, with the file offset of the member's end where a piece is its last."""
    position, data, decoder = _decoder(file, data, words)
    while data:
        start = position
        try:
            member = decoder()
        except zstandard.ZstdError as error:
            raise Damage(0) from error
        while not member.eof:
            data = data or file.read(READ_SIZE)
            try:
                piece = member.decompress(data) if data else None
            except (GzipError, zstandard.ZstdError) as error:
                raise Damage(start) from error
            if piece is None:
                raise Damage(start)
            position += len(data) - len(member.unused_data)
            data = member.unused_data
            yield piece, position if member.eof else None
        data = data or file.read(READ_SIZE)


def _decoder(file: BinaryIO, data: bytes, words: bytes) -> tuple[int, bytes, Callable[[], Any]]:
    """Return the offset of the first member, what of it was read, and what makes a decompressor for each member."""
    if data.startswith(GZIP_MAGIC):
        return 0, data, lambda: isal_zlib.decompressobj(wbits=GZIP)
    size = 0
    if data.startswith(ZSTD_DICTIONARY):
        size = DICTIONARY_HEAD + _size(data)
        while len(data) < size and (more := file.read(READ_SIZE)):
            data += more
        words = _words(data[DICTIONARY_HEAD:size])
    known = zstandard.ZstdCompressionDict(words) if words else None
    return size, data[size:], lambda: zstandard.ZstdDecompressor(dict_data=known).decompressobj()


def _size(head: bytes) -> int:
    """Return how long the dictionary in a frame that begins so is; raises Damage above the limit."""
    size = int.from_bytes(head[4:DICTIONARY_HEAD], "little")
    if size > LONGEST_DICTIONARY:
        raise Damage(0)
    return size


def _words(frame: bytes) -> bytes:
    """Return a dictionary, which may itself be a zstd frame."""
    if not frame.startswith(ZSTD_MAGIC):
        return frame
    try:
        with zstandard.ZstdDecompressor().stream_reader(frame) as reader:
            return reader.read(LONGEST_DICTIONARY)
    except zstandard.ZstdError as error:
        raise Damage(0) from error
