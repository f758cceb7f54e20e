"""A WARC's bytes as one plain stream, whatever packs them, that knows where each member begins and ends."""

from __future__ import annotations

import re
from collections import deque
from typing import BinaryIO

from attrs import frozen

from pipelines.archive.compression import (
    GZIP_MAGIC,
    READ_SIZE,
    ZSTD_DICTIONARY,
    ZSTD_MAGIC,
    Damage,
    read_plain,
    unpack,
)

HEAD_LIMIT = 1 << 16
"""A head of WARC fields without an end in so many bytes is none: the longest URLs kept anywhere are below 32 KB."""

HEAD_END = re.compile(rb"\r?\n\r?\n")
LINE_ENDS = re.compile(rb"[\r\n]+")


NAME = re.compile(r"\.w?arc(?:\.(?:gz|zst|zstd))?$", re.IGNORECASE)


def is_warc(key: str) -> bool:
    """Tell by its name whether a file is a WARC or ARC, plain or packed; one that is being written is not.

    >>> [is_warc(name) for name in ("a.warc.gz", "warc/A.ARC", "a.warc.zst", "a.warc.gz.open", "warc/a.cdx")]
    [True, True, True, False, False]
    """
    return NAME.search(key) is not None


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
        self._pieces = unpack(file, self._first, dictionary) if self.packed else read_plain(file, self._first)
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
