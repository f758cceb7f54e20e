"""A WARC's bytes as one plain stream, whatever packs them, that knows where each member begins and ends."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

import zstandard
from attrs import frozen
from isal import isal_zlib

from pipelines.archive.records import GZIP

READ_SIZE = 1 << 16
"""Bytes read at a time. Each member copies what is left of them: 9,235 pages/s are read so, 6,764 with 256 KB.

Gzip packs at most 1,032 to 1, so a bomb unfolds to 68 MB before it is looked at.
"""

HEAD_LIMIT = 1 << 16
"""A head of WARC fields without an end in so many bytes is none: the longest URLs kept anywhere are below 32 KB."""

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""A skippable frame that holds the dictionary of the frames after it (IIPC, WARC/1.1 Zstandard compression)."""

DICTIONARY_HEAD = 8
"""Bytes before the dictionary in its frame: the magic number, and the length as 32 bits."""

LONGEST_DICTIONARY = 64 << 20
"""Above 64 MB it is none: those of ArchiveTeam have 1 MB, and the length field of a broken file says anything."""

HEAD_END = re.compile(rb"\r?\n\r?\n")
LINE_ENDS = re.compile(rb"[\r\n]+")


GzipError = cast("type[Exception]", isal_zlib.error)
"""What isal raises; its stub calls the class an instance."""


NAME = re.compile(r"\.w?arc(?:\.(?:gz|zst|zstd))?$", re.IGNORECASE)


def is_warc(key: str) -> bool:
    """Tell by its name whether a file is a WARC or ARC, plain or packed; one that is being written is not.

    >>> [is_warc(name) for name in ("a.warc.gz", "warc/A.ARC", "a.warc.zst", "a.warc.gz.open", "warc/a.cdx")]
    [True, True, True, False, False]
    """
    return NAME.search(key) is not None


class Damage(Exception):
    """A member is torn or broken; carries the offset in the file at which it begins."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"broken member at byte {offset}")
        self.offset = offset


@frozen
class Member:
    """Where a compressed member lies: `start` to `end` in the plain stream, `offset` and `length` in the file."""

    start: int
    end: int
    offset: int
    length: int


class RecordStream:
    """A plain stream over a gzip, zstd or plain file, read from front to back.

    `damage` is the file offset of the member that could not be unpacked or was spoilt; reading ends before it.
    """

    def __init__(self, file: BinaryIO, dictionary: bytes = b"") -> None:
        """Begin to read; `dictionary` is that of the zstd file which these bytes were taken out of, if it has one."""
        self.damage: int | None = None
        self.position = 0
        self._first = file.read(READ_SIZE)
        self.packed = self._first.startswith((GZIP_MAGIC, ZSTD_MAGIC, ZSTD_DICTIONARY))
        self._pieces = _unpack(file, self._first, dictionary) if self.packed else _plain(file, self._first)
        self._ahead = bytearray()
        self._members: deque[Member] = deque()
        self._member = (0, 0)
        self._ended = False

    def at_end(self) -> bool:
        """Tell whether nothing is left to read."""
        while not self._ahead and self._fill():
            pass
        return not self._ahead

    def skip_line_ends(self) -> None:
        """Pass over the empty lines between records."""
        while not self.at_end():
            ends = LINE_ENDS.match(self._ahead)
            if ends is None:
                return
            self._drop(ends.end())

    def begins(self, word: bytes) -> bool:
        """Tell whether these bytes come next."""
        while len(self._ahead) < len(word) and self._fill():
            pass
        return self._ahead.startswith(word)

    def line(self) -> bytes | None:
        """Take a line with its end and return it; None if there is no end near."""
        while (end := self._ahead.find(b"\n", 0, HEAD_LIMIT)) < 0:
            if len(self._ahead) >= HEAD_LIMIT or not self._fill():
                return None
        return self.take(end + 1)

    def head(self) -> bytes | None:
        """Take everything up to an empty line and return it without that line; None if there is no such line near."""
        while (end := HEAD_END.search(self._ahead, 0, HEAD_LIMIT)) is None:
            if len(self._ahead) >= HEAD_LIMIT or not self._fill():
                return None
        head = bytes(self._ahead[: end.start()])
        self._drop(end.end())
        return head

    def take(self, size: int) -> bytes | None:
        """Take exactly so many bytes and return them, or None if the stream ends before."""
        while len(self._ahead) < size:
            if not self._fill():
                return None
        taken = bytes(memoryview(self._ahead)[:size])
        self._drop(size)
        return taken

    def skip(self, size: int) -> bool:
        """Pass over so many bytes; False if the stream ends before."""
        while size and not self.at_end():
            step = min(size, len(self._ahead))
            self._drop(step)
            size -= step
        return size == 0

    def span(self, start: int) -> tuple[int, int] | None:
        """Return file offset and length of what was read since `start`, or None if it is no member of its own."""
        if not self.packed:
            return start, self.position - start
        while self._members and self._members[0].end <= start:
            self._members.popleft()
        if self._members and self._members[0].start == start and self._members[0].end <= self.position:
            return self._members[0].offset, self._members[0].length
        return None

    def torn(self, start: int) -> bool:
        """Tell whether the member that begins at this position of the plain stream could not be unpacked wholly."""
        return self.packed and self.damage is not None and self._member[0] == start

    def spoil(self, start: int) -> None:
        """Note that what begins at this position of the plain stream is no record."""
        if self.damage is None:
            inside = [member.offset for member in self._members if member.start <= start < member.end]
            self.damage = start if not self.packed else (inside or [self._member[1]])[0]

    def _drop(self, size: int) -> None:
        del self._ahead[:size]
        self.position += size

    def _fill(self) -> bool:
        """Unpack another piece; False at the end or at damage."""
        if self._ended:
            return False
        try:
            piece, ended_at = next(self._pieces)
        except StopIteration:
            self._ended = True
            return False
        except Damage as damage:
            self.damage, self._ended = damage.offset, True
            return False
        self._ahead += piece
        if ended_at is not None:
            start, offset = self._member
            end = self.position + len(self._ahead)
            self._members.append(Member(start, end, offset, ended_at - offset))
            self._member = (end, ended_at)
        return True


def _plain(file: BinaryIO, data: bytes) -> Iterator[tuple[bytes, int | None]]:
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


def _unpack(file: BinaryIO, data: bytes, words: bytes) -> Iterator[tuple[bytes, int | None]]:
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
