"""Reading of gzip, zstd and plain files as plain bytes, member by member."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

import zstandard
from isal import isal_zlib

from pipelines.archive.records import GZIP_WINDOW_BITS

READ_BYTES = 1 << 16
"""Bytes read at a time. Each member copies the rest of the piece: 9,235 pages/s with 64 KB, 6,764 with 256 KB.

Gzip compresses at most 1,032 to 1, so a bomb unpacks to 68 MB before the next check.
"""

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""Magic number of a skippable frame that holds the dictionary of the next frames (IIPC, WARC/1.1 Zstandard)."""

DICTIONARY_HEADER_BYTES = 8
"""Bytes before the dictionary in its frame: the magic number, and the length as 32 bits."""

MAX_DICTIONARY_BYTES = 64 << 20
"""A longer dictionary is an error: those of ArchiveTeam have 1 MB, and a broken file can have any number there."""

GzipError = cast("type[Exception]", isal_zlib.error)
"""The exception of isal; its type stub declares the class as an instance."""


class BrokenMember(Exception):
    """A member is truncated or damaged; `offset` is the byte of the file where it begins."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"broken member at byte {offset}")
        self.offset = offset


def read_plain(file: BinaryIO, data: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield `data` and the rest of an uncompressed file in pieces, each with None: there are no members."""
    while data:
        yield data, None
        data = file.read(READ_BYTES)


def read_dictionary(read: Callable[[int, int], bytes]) -> bytes:
    """Return the dictionary of a zstd file, or b"" if it has none or a broken one; `read` takes offset and length."""
    header = read(0, DICTIONARY_HEADER_BYTES)
    if not header.startswith(ZSTD_DICTIONARY):
        return b""
    try:
        return _unpacked_dictionary(read(DICTIONARY_HEADER_BYTES, _dictionary_size(header)))
    except BrokenMember:
        return b""


def unpack(file: BinaryIO, data: bytes, dictionary: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield pieces of plain bytes; the last piece of a member has the file offset of the member's end, others None.

    `data` is the start of the file, which was read already. Raises BrokenMember.
    """
    position, data, new_decompressor = _decompressors(file, data, dictionary)
    while data:
        start = position
        try:
            member = new_decompressor()
        except zstandard.ZstdError as error:
            raise BrokenMember(0) from error
        while not member.eof:
            data = data or file.read(READ_BYTES)
            try:
                piece = member.decompress(data) if data else None
            except (GzipError, zstandard.ZstdError) as error:
                raise BrokenMember(start) from error
            if piece is None:
                raise BrokenMember(start)
            position += len(data) - len(member.unused_data)
            data = member.unused_data
            yield piece, position if member.eof else None
        data = data or file.read(READ_BYTES)


def _decompressors(file: BinaryIO, data: bytes, dictionary: bytes) -> tuple[int, bytes, Callable[[], Any]]:
    """Return the offset of the first member, the bytes of it read so far, and a factory of decompressors."""
    if data.startswith(GZIP_MAGIC):
        return 0, data, lambda: isal_zlib.decompressobj(wbits=GZIP_WINDOW_BITS)
    size = 0
    if data.startswith(ZSTD_DICTIONARY):
        size = DICTIONARY_HEADER_BYTES + _dictionary_size(data)
        while len(data) < size and (more := file.read(READ_BYTES)):
            data += more
        dictionary = _unpacked_dictionary(data[DICTIONARY_HEADER_BYTES:size])
    loaded = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    return size, data[size:], lambda: zstandard.ZstdDecompressor(dict_data=loaded).decompressobj()


def _dictionary_size(header: bytes) -> int:
    """Return the length of the dictionary that a frame header gives; raises BrokenMember above the limit."""
    size = int.from_bytes(header[4:DICTIONARY_HEADER_BYTES], "little")
    if size > MAX_DICTIONARY_BYTES:
        raise BrokenMember(0)
    return size


def _unpacked_dictionary(frame: bytes) -> bytes:
    """Return a dictionary, which can itself be compressed as a zstd frame."""
    if not frame.startswith(ZSTD_MAGIC):
        return frame
    try:
        with zstandard.ZstdDecompressor().stream_reader(frame) as reader:
            return reader.read(MAX_DICTIONARY_BYTES)
    except zstandard.ZstdError as error:
        raise BrokenMember(0) from error
