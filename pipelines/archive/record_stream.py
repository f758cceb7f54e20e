"""A WARC or ARC file as one stream of plain bytes that knows the file offset of each compressed member."""

from __future__ import annotations

import re
from collections import deque
from typing import BinaryIO, Literal

from attrs import frozen

from pipelines.archive.compression import BrokenMember, Packing, RecentBytes, is_packed, packing_of, read_plain, unpack
from pipelines.archive.resume import RECORD_START, next_member

MAX_HEADER_BYTES = 1 << 16
"""Maximum length of a record's header; longer ones are damage. The longest URLs in any archive are below 32 KB."""

HEADER_END = re.compile(rb"\n\r{0,2}\n")
"""The empty line after a header; some programs end lines with CR CR LF."""

LINE_ENDS = re.compile(rb"[\r\n]+")

NEXT_RECORD = {
    False: re.compile(rb"(?:\A|(?<=\n))WARC/\d\.\d+\r*\n", re.IGNORECASE),
    True: re.compile(rb"(?:\A|(?<=\n))(?=[a-z][a-z0-9+.-]*:[^\r\n]*[0-9]\r?\n)[^\r\n]* [0-9]{8,17} ", re.IGNORECASE),
}
"""The first line of a record inside other bytes, of a WARC file and of an ARC file."""

WARC_NAME = re.compile(r"\.w?arc(?:\.(?:gz|zst|zstd|bz2|lz4))?$", re.IGNORECASE)
"""Endings of the names of WARC and ARC files, with that of the compression."""

BlockEnd = Literal["whole", "member", "end"]
"""What ends bytes that were read: their length, the end of their member, or the end of what can be read."""


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


@frozen(kw_only=True)
class Gap:
    """Bytes of a file that hold no whole record, from `offset` to before `end`.

    `torn` is true if the file ends within a record: what is there of that record is read. A `bomb` is skipped for the
    number of bytes to which it unpacks.
    """

    offset: int
    end: int
    torn: bool = False
    bomb: bool = False

    def moved(self, by: int) -> Gap:
        """Return the gap in a file that has `by` bytes before this one."""
        return Gap(offset=self.offset + by, end=self.end + by, torn=self.torn, bomb=self.bomb)


class RecordStream:
    """The plain bytes of a compressed or plain file, read from its start to its end, also behind damaged members.

    `gaps` are the damaged parts that were found so far. A `strict` stream ends before the first of them.
    """

    def __init__(self, file: BinaryIO, dictionary: bytes = b"", *, strict: bool = False) -> None:
        """Start to read; `dictionary` is that of the zstd file from which these bytes were cut, if it has one."""
        self.gaps: list[Gap] = []
        self.position = 0
        self.arc = False
        self.strict = strict
        self._file = RecentBytes(file)
        first = self._file.read()
        self._file.seek(0)
        self._ahead = bytearray()
        self._members: deque[MemberSpan] = deque()
        self._member = (0, 0)
        self._next: int | None = None
        self._ended = False
        self._broken: BrokenMember | None = None
        self._packing = self._open(first, dictionary) if is_packed(first) else None
        self._pieces = (
            unpack(self._file, self._packing, self._packing.start) if self._packing else read_plain(self._file)
        )

    @property
    def damage(self) -> int | None:
        """The file offset of the first damaged part, or None."""
        return self.gaps[0].offset if self.gaps else None

    def at_end(self) -> bool:
        """Tell whether all bytes are read up to the end of the file, or up to a broken member."""
        while not self._ahead and self._fill():
            pass
        return not self._ahead

    def skip_line_ends(self) -> bytes:
        """Skip the empty lines between records, up to `MAX_HEADER_BYTES`, and return them; more of them are damage."""
        skipped = bytearray()
        while len(skipped) < MAX_HEADER_BYTES and not self.at_end():
            ends = LINE_ENDS.match(self._ahead, 0, MAX_HEADER_BYTES - len(skipped))
            if ends is None:
                break
            skipped += ends[0]
            self._drop(ends.end())
        return bytes(skipped)

    def begins(self, word: bytes) -> bool:
        """Tell whether the next bytes are `word`, in any case; they stay unread."""
        while len(self._ahead) < len(word) and self._fill():
            pass
        return self._ahead[: len(word)].lower() == word.lower()

    def at_record(self) -> bool:
        """Tell whether the next line is the first one of a record; it stays unread."""
        if self.begins(b"WARC/"):
            return True
        while self._ahead.find(b"\n", 0, MAX_HEADER_BYTES) < 0 and len(self._ahead) < MAX_HEADER_BYTES and self._fill():
            pass
        return RECORD_START.match(self._ahead) is not None

    def line(self) -> bytes | None:
        """Read a line with its line end; None if there is none within `MAX_HEADER_BYTES`."""
        while (end := self._ahead.find(b"\n", 0, MAX_HEADER_BYTES)) < 0:
            if len(self._ahead) >= MAX_HEADER_BYTES or not self._fill():
                return None
        return self._take(end + 1)

    def header(self) -> bytes | None:
        """Read up to an empty line, and return the bytes before it; None if it is not within `MAX_HEADER_BYTES`."""
        while (end := HEADER_END.search(self._ahead, 0, MAX_HEADER_BYTES)) is None:
            if len(self._ahead) >= MAX_HEADER_BYTES or not self._fill():
                return None
        header = bytes(self._ahead[: end.start()])
        self._drop(end.end())
        return header

    def take(self, size: int) -> tuple[bytes, BlockEnd]:
        """Read `size` bytes, or fewer if the file ends before, or the member does and a record begins behind it."""
        while len(self._ahead) < size and self._fill():
            pass
        there = min(size, len(self._ahead))
        member = self._record_boundary(there)
        if member is not None:
            return self._take(member), "member"
        return self._take(there), "whole" if there == size else "end"

    def skip(self, size: int) -> bool:
        """Skip `size` bytes; False if the stream ends before."""
        while size and not self.at_end():
            step = min(size, len(self._ahead))
            self._drop(step)
            size -= step
        return size == 0

    def put_back(self, data: bytes) -> None:
        """Make bytes that were just read the next ones again."""
        self._ahead[:0] = data
        self.position -= len(data)

    def next_record(self, size: int) -> int | None:
        """Return the distance to the first record that begins within the next `size` bytes, or None."""
        found = NEXT_RECORD[self.arc].search(self._ahead, 1)
        return found.start() if found and found.start() <= size else None

    def find_record(self, start: int) -> None:
        """Skip bytes up to the first record or member behind stream position `start`, or to the end."""
        if self.position == start:
            self._drop(1)
        self._forget_members(start)
        while True:
            found = NEXT_RECORD[self.arc].search(self._ahead)
            starts = [found.start()] if found else []
            starts += [each.end - self.position for each in self._members if each.end > self.position]
            if starts:
                self._drop(min(*starts, len(self._ahead)))
                return
            self._drop(max(len(self._ahead) - MAX_HEADER_BYTES, 0))
            if not self._fill():
                self._drop(len(self._ahead))
                return

    def span(self, start: int) -> tuple[int, int] | None:
        """Return file offset and length of the bytes read since stream position `start`.

        None if they are not a member of their own, so that they cannot be read without the bytes before them.
        """
        if not self._packing:
            return start, self.position - start
        self._forget_members(start)
        if self._members and self._members[0].start == start and self._members[0].end <= self.position:
            return self._members[0].offset, self._members[0].length
        if self.is_torn(start) and self._member[0] == start:
            return self._member[1], self._file.end - self._member[1]
        return None

    def is_broken(self, start: int) -> bool:
        """Tell whether stream position `start` lies in a member with changed bytes, so that its content is in doubt."""
        return self._broken is not None and not self._broken.at_end and start >= self._member[0]

    def is_torn(self, start: int) -> bool:
        """Tell whether stream position `start` lies in a member that the end of the file truncates."""
        return self._broken is not None and self._broken.at_end and start >= self._member[0]

    def go_on(self) -> bool:
        """Go to the next readable member behind a broken one; False if there is none."""
        if self._broken is None or self._packing is None:
            return False
        self._drop(len(self._ahead))
        end = self._file.end if self._next is None else self._next
        self.add_gap(self._broken.offset, end, torn=self._broken.at_end, bomb=self._broken.bomb)
        if self._next is None or self.strict:
            return False
        self._pieces = unpack(self._file, self._packing, self._next)
        self._member, self._broken, self._ended = (self.position, self._next), None, False
        return True

    def add_gap(self, offset: int, end: int, *, torn: bool = False, bomb: bool = False) -> None:
        """Note that bytes hold no whole record; a gap is joined to the one before if that ends where it begins."""
        if self.gaps and self.gaps[-1].offset <= offset <= self.gaps[-1].end:
            before = self.gaps.pop()
            offset, torn, bomb = before.offset, torn or before.torn, bomb or before.bomb
        self.gaps.append(Gap(offset=offset, end=max(end, offset), torn=torn, bomb=bomb))

    def file_offset(self, position: int) -> int:
        """Return the offset in the file of a stream position, or of the member in which it lies."""
        if not self._packing:
            return position
        inside = [member.offset for member in self._members if member.start <= position < member.end]
        return (inside or [self._member[1]])[0]

    def _forget_members(self, start: int) -> None:
        """Forget the members that end before stream position `start`."""
        while self._members and self._members[0].end <= start:
            self._members.popleft()

    def _open(self, first: bytes, dictionary: bytes) -> Packing | None:
        try:
            self._file.seek(len(first))
            return packing_of(first, self._file.read, dictionary)
        except BrokenMember as broken:
            self._broken, self._ended = broken, True
            return None

    def _record_boundary(self, size: int) -> int | None:
        """Return the distance to the end of a member within the next `size` bytes behind which a record begins."""
        for member in self._members:
            distance = member.end - self.position
            if 0 < distance < size and RECORD_START.match(self._ahead, distance):
                return distance
        return None

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self._ahead)[:size])
        self._drop(size)
        return taken

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
            self._ended = True
            self._break(broken)
            return False
        self._ahead += piece
        if ended_at is not None:
            start, offset = self._member
            end = self.position + len(self._ahead)
            self._members.append(MemberSpan(start, end, offset, ended_at - offset))
            self._member = (end, ended_at)
        return True

    def _break(self, broken: BrokenMember) -> None:
        """Note a broken member; only if no readable one follows, the end of the file truncates it."""
        if self.strict or self._packing is None:
            self._broken = BrokenMember(broken.offset, bomb=broken.bomb)
            return
        self._next = next_member(self._file, self._packing, broken.offset)
        at_end = broken.at_end and self._next is None
        self._broken = BrokenMember(broken.offset, at_end=at_end, bomb=broken.bomb)
