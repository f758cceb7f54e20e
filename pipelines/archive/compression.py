"""Reading of gzip, zstd, bzip2, lz4 and plain files as plain bytes, member by member."""

from __future__ import annotations

import bz2
import importlib
import sys
from collections import deque
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO, Protocol, cast

from attrs import frozen
from isal import igzip_lib

from pipelines.errors import StoreUnavailable
from pipelines.messages import gettext as _

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

READ_BYTES = 1 << 16
"""Bytes read at a time. Each member copies the rest of the piece: 9,235 pages/s with 64 KB, 6,764 with 256 KB."""

PIECE_BYTES = 1 << 20
"""Plain bytes that a decompressor returns at once, however small its input is: zstd and bzip2 can pack 64 KB of zeros
into some ten bytes."""

MAX_RATIO = 1_100
"""Plain bytes per compressed byte of a member. Gzip, in which nearly all archives are, cannot have more than 1,032."""

MIN_BOMB_BYTES = 64 << 20
"""Plain bytes from which a member with a higher ratio is a bomb; the pages of a smaller one are read."""

GZIP_MAGIC = b"\x1f\x8b"
GZIP_MEMBER_START = GZIP_MAGIC + b"\x08"
"""The magic number and the only compression method of gzip (RFC 1952 §2.3.1)."""

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
BZIP2_MAGIC = b"BZh"
LZ4_MAGIC = b"\x04\x22\x4d\x18"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""Magic number of a skippable frame that holds the dictionary of the next frames (IIPC, WARC/1.1 Zstandard)."""

ZSTD_TRAINED_DICTIONARY = b"\x37\xa4\x30\xec"
"""Magic number of a trained dictionary; other bytes are a dictionary without tables (RFC 8878 §5)."""

KEPT_BYTES = 4 << 20
"""Bytes kept to search behind damage: a decoder notices a wrong bit after some kB, and pieces have 64 kB."""

DICTIONARY_HEADER_BYTES = 8
"""Bytes before the dictionary in its frame: the magic number, and the length as 32 bits."""

MAX_DICTIONARY_BYTES = 64 << 20
"""A longer dictionary is an error: those of ArchiveTeam have 1 MB, and a broken file can have any number there."""

GzipError = cast("type[Exception]", igzip_lib.error)
"""The exception of isal; its type stub declares the class as an instance."""

UNPACK_ERRORS = (GzipError, zstd.ZstdError, OSError, RuntimeError, EOFError)
"""The exceptions of all decompressors for damaged bytes: bz2 raises OSError, lz4 RuntimeError."""


class BrokenMember(Exception):
    """A member is damaged, or truncated by the end of the file; `offset` is the byte of the file where it begins.

    A `bomb` is whole, but unpacks to more than any archive needs.
    """

    def __init__(self, offset: int, *, at_end: bool = False, bomb: bool = False) -> None:
        super().__init__(f"broken member at byte {offset}")
        self.offset = offset
        self.at_end = at_end
        self.bomb = bomb


class RecentBytes:
    """A file read in pieces that keeps the last `KEPT_BYTES`, so that they can be read again."""

    def __init__(self, file: BinaryIO) -> None:
        self.end = 0
        self._file = file
        self._pieces: deque[tuple[int, bytes]] = deque()
        self._position = 0

    @property
    def oldest(self) -> int:
        """The offset of the first byte that is kept."""
        return self._pieces[0][0] if self._pieces else self.end

    def read(self) -> bytes:
        """Return the next bytes, up to `READ_BYTES`; empty at the end of the file."""
        if self._position < self.end:
            start, piece = next(each for each in self._pieces if each[0] + len(each[1]) > self._position)
            piece = piece[self._position - start :]
        else:
            piece = self._file.read(READ_BYTES)
            self._pieces.append((self.end, piece))
            self.end += len(piece)
            while self.end - self._pieces[0][0] > KEPT_BYTES:
                self._pieces.popleft()
        self._position += len(piece)
        return piece

    def seek(self, offset: int) -> None:
        """Make the byte at an offset, which must be kept, the next to be read."""
        self._position = offset


def read_plain(file: RecentBytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield an uncompressed file in pieces, each with None: there are no members."""
    while data := file.read():
        yield data, None


def read_dictionary(read: Callable[[int, int], bytes]) -> bytes:
    """Return the dictionary of a zstd file, or b"" if it has none or a broken one; `read` takes offset and length."""
    header = read(0, DICTIONARY_HEADER_BYTES)
    if not header.startswith(ZSTD_DICTIONARY):
        return b""
    try:
        return _unpacked_dictionary(read(DICTIONARY_HEADER_BYTES, _dictionary_size(header)))
    except BrokenMember:
        return b""


class Decompressor(Protocol):
    """Unpacks one member, as `bz2.BZ2Decompressor` does; every codec has such a class."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether everything is returned that the input so far gives."""

    @property
    def unused_data(self) -> bytes:
        """The input behind the end of the member."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return up to `max_length` plain bytes of the input so far and of `data`."""


@frozen(kw_only=True)
class Packing:
    """How a file is compressed: what each member begins with, where the first begins, and how it is decompressed."""

    magic: bytes
    new: Callable[[], Decompressor]
    start: int = 0


def is_packed(data: bytes) -> bool:
    """Tell by its first bytes whether a file is compressed.

    >>> is_packed(b"\\x1f\\x8b\\x08"), is_packed(b"WARC/1.1")
    (True, False)
    """
    return data.startswith((GZIP_MAGIC, ZSTD_MAGIC, ZSTD_DICTIONARY, BZIP2_MAGIC, LZ4_MAGIC))


def packing_of(data: bytes, read: Callable[[], bytes], dictionary: bytes) -> Packing:
    """Return how a file is compressed that begins with `data`; `read` reads on for the dictionary of a zstd file.

    Raises BrokenMember if that is broken, and StoreUnavailable if the library for the compression is not installed.
    """
    if data.startswith(GZIP_MAGIC):
        return Packing(magic=GZIP_MEMBER_START, new=gzip_decompressor)
    if data.startswith(BZIP2_MAGIC):
        return Packing(magic=BZIP2_MAGIC, new=bz2.BZ2Decompressor)
    if data.startswith(LZ4_MAGIC):
        return Packing(magic=LZ4_MAGIC, new=_lz4_decompressor())
    size = 0
    if data.startswith(ZSTD_DICTIONARY):
        size = DICTIONARY_HEADER_BYTES + _dictionary_size(data)
        while len(data) < size and (more := read()):
            data += more
        dictionary = _unpacked_dictionary(data[DICTIONARY_HEADER_BYTES:size])
    try:
        loaded = _loaded(dictionary) if dictionary else None
        zstd.ZstdDecompressor(loaded)
    except (zstd.ZstdError, ValueError) as error:
        raise BrokenMember(0) from error
    return Packing(magic=ZSTD_MAGIC, new=lambda: zstd.ZstdDecompressor(loaded), start=size)


def gzip_decompressor() -> Decompressor:
    """Return a decompressor of one gzip member."""
    return cast("Decompressor", igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP))


def unpack(file: RecentBytes, packing: Packing, start: int) -> Iterator[tuple[bytes, int | None]]:
    """Yield pieces of plain bytes; the last piece of a member has the file offset of the member's end, others None.

    `start` is the offset of the first member. No piece is longer than `PIECE_BYTES`. Raises BrokenMember.
    """
    file.seek(start)
    position, data = start, file.read()
    while data:
        start, plain, ended = position, 0, False
        member = packing.new()
        while not ended:
            if member.needs_input:
                data = data or file.read()
                if not data:
                    raise BrokenMember(start, at_end=True)
            try:
                piece = member.decompress(data, PIECE_BYTES)
            except UNPACK_ERRORS as error:
                raise BrokenMember(start) from error
            ended = member.eof
            left = (member.unused_data or b"") if ended else b""
            position += len(data) - len(left)
            plain += len(piece)
            data = left
            if is_bomb(plain, position - start):
                raise BrokenMember(start, bomb=True)
            yield piece, position if ended else None
        data = data or file.read()


def is_bomb(plain: int, packed: int) -> bool:
    """Tell whether so many plain bytes from so many packed ones are a decompression bomb.

    >>> is_bomb(2 << 30, 2 << 20), is_bomb(1 << 30, 64 << 10)
    (False, True)
    """
    return plain > MIN_BOMB_BYTES and plain > MAX_RATIO * packed


def unpacked(data: bytes, dictionary: bytes = b"") -> bytes:
    """Return the plain bytes of a record that was cut from a file, as far as they can be unpacked."""
    if not is_packed(data):
        return data
    packing = packing_of(data, lambda: b"", dictionary)
    pieces = []
    try:
        for piece, _end in unpack(RecentBytes(BytesIO(data)), packing, packing.start):
            pieces.append(piece)
    except BrokenMember:
        pass
    return b"".join(pieces)


def _lz4_decompressor() -> Callable[[], Decompressor]:
    try:
        lz4 = importlib.import_module("lz4.frame")
    except ImportError:
        raise StoreUnavailable(
            _("the file is compressed by lz4, and the library for it is not installed"),
            hint=_("pip install 'fangzhi[lz4]', or decompress the file first"),
        ) from None
    return cast("Callable[[], Decompressor]", lz4.LZ4FrameDecompressor)


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
        return zstd.ZstdDecompressor().decompress(frame, MAX_DICTIONARY_BYTES)
    except zstd.ZstdError as error:
        raise BrokenMember(0) from error


def _loaded(dictionary: bytes) -> zstd.ZstdDict:
    """Return a dictionary for decompression: a trained one, or any bytes that frames refer to."""
    return zstd.ZstdDict(dictionary, is_raw=not dictionary.startswith(ZSTD_TRAINED_DICTIONARY))
