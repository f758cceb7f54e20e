"""A WARC or ARC file as one stream of plain bytes that knows the file offset of each compressed member."""

from __future__ import annotations

import re
from collections import deque
from typing import BinaryIO

from attrs import frozen

from pipelines.archive.compression import (
    GZIP_MAGIC,
    READ_BYTES,
    ZSTD_DICTIONARY,
    ZSTD_MAGIC,
    BrokenMember,
    read_plain,
    unpack,
)

MAX_HEADER_BYTES = 1 << 16
"""Maximum length of a record's header; longer ones are damage. The longest URLs in any archive are below 32 KB."""

HEADER_END = re.compile(rb"\r?\n\r?\n")
LINE_ENDS = re.compile(rb"[\r\n]+")

WARC_NAME = re.compile(r"\.w?arc(?:\.(?:gz|zst|zstd))?$", re.IGNORECASE)
"""Endings of the names of WARC and ARC files, with that of the compression."""


def is_warc(key: str) -> bool:
    """Tell by its name whether a file is a finished WARC or ARC file, plain or compressed.

    >>> [is_warc(name) for name in ("a.warc.gz", "warc/A.ARC", "a.warc.zst", "a.warc.gz.open", "warc/a.cdx")]
    [True, True, True, False, False]
    """
    return WARC_NAME.search(key) is not None


@frozen
class MemberSpan:
    """Where a compressed member lies: `start` to `end` in the plain stream, `offset` and `length` in the file."""

    start: int
    end: int
    offset: int
    length: int


class RecordStream:
    """The plain bytes of a gzip, zstd or plain file, read from its start to its end.

    `damage` is the file offset of the first member or record that cannot be read, or None; reading ends before it.
    """

    def __init__(self, file: BinaryIO, dictionary: bytes = b"") -> None:
        """Start to read; `dictionary` is that of the zstd file from which these bytes were cut, if it has one."""
        self.damage: int | None = None
        self.position = 0
        self._first = file.read(READ_BYTES)
        self.packed = self._first.startswith((GZIP_MAGIC, ZSTD_MAGIC, ZSTD_DICTIONARY))
        self._pieces = unpack(file, self._first, dictionary) if self.packed else read_plain(file, self._first)
        self._ahead = bytearray()
        self._members: deque[MemberSpan] = deque()
        self._member = (0, 0)
        self._ended = False

    def at_end(self) -> bool:
        """Tell whether all bytes are read."""
        while not self._ahead and self._fill():
            pass
        return not self._ahead

    def skip_line_ends(self) -> None:
        """Skip the empty lines between records."""
        while not self.at_end():
            ends = LINE_ENDS.match(self._ahead)
            if ends is None:
                return
            self._drop(ends.end())

    def begins(self, word: bytes) -> bool:
        """Tell whether the next bytes are `word`; they stay unread."""
        while len(self._ahead) < len(word) and self._fill():
            pass
        return self._ahead.startswith(word)

    def line(self) -> bytes | None:
        """Read a line with its line end; None if there is none within `MAX_HEADER_BYTES`."""
        while (end := self._ahead.find(b"\n", 0, MAX_HEADER_BYTES)) < 0:
            if len(self._ahead) >= MAX_HEADER_BYTES or not self._fill():
                return None
        return self.take(end + 1)

    def header(self) -> bytes | None:
        """Read up to an empty line, and return the bytes before it; None if it is not within `MAX_HEADER_BYTES`."""
        while (end := HEADER_END.search(self._ahead, 0, MAX_HEADER_BYTES)) is None:
            if len(self._ahead) >= MAX_HEADER_BYTES or not self._fill():
                return None
        header = bytes(self._ahead[: end.start()])
        self._drop(end.end())
        return header

    def take(self, size: int) -> bytes | None:
        """Read exactly `size` bytes; None if the stream ends before."""
        while len(self._ahead) < size:
            if not self._fill():
                return None
        taken = bytes(memoryview(self._ahead)[:size])
        self._drop(size)
        return taken

    def skip(self, size: int) -> bool:
        """Skip `size` bytes; False if the stream ends before."""
        while size and not self.at_end():
            step = min(size, len(self._ahead))
            self._drop(step)
            size -= step
        return size == 0

    def span(self, start: int) -> tuple[int, int] | None:
        """Return file offset and length of the bytes read since stream position `start`.

        None if they are not a member of their own, so that they cannot be read without the bytes before them.
        """
        if not self.packed:
            return start, self.position - start
        while self._members and self._members[0].end <= start:
            self._members.popleft()
        if self._members and self._members[0].start == start and self._members[0].end <= self.position:
            return self._members[0].offset, self._members[0].length
        return None

    def torn(self, start: int) -> bool:
        """Tell whether the member that begins at stream position `start` is damaged."""
        return self.packed and self.damage is not None and self._member[0] == start

    def spoil(self, start: int) -> None:
        """Report that no record begins at stream position `start`: sets `damage` unless it is set."""
        if self.damage is None:
            inside = [member.offset for member in self._members if member.start <= start < member.end]
            self.damage = start if not self.packed else (inside or [self._member[1]])[0]

    def _drop(self, size: int) -> None:
        del self._ahead[:size]
        self.position += size

    def _fill(self) -> bool:
        """Read another piece; False at the end of the file or at damage."""
        if self._ended:
            return False
        try:
            piece, ended_at = next(self._pieces)
        except StopIteration:
            self._ended = True
            return False
        except BrokenMember as broken:
            self.damage, self._ended = broken.offset, True
            return False
        self._ahead += piece
        if ended_at is not None:
            start, offset = self._member
            end = self.position + len(self._ahead)
            self._members.append(MemberSpan(start, end, offset, ended_at - offset))
            self._member = (end, ended_at)
        return True
