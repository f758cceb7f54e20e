"""Turns the bytes of a server into responses that h11 accepts, and ends each at its end."""

from __future__ import annotations

import enum

import httpcore2

from crawler.download.response_head import BLANK_LINES, MAX_HEAD_BYTES, ResponseHead, end_of_head, read_head
from pipelines.archive.headers import CHUNK_SIZE

MAX_CHUNK_LINE = 4096
"""Maximum size of a line with a chunk's size, in bytes: extensions after the size are rare and short."""


class _Part(enum.Enum):
    HEAD, BODY, SURPLUS = range(3)


class StandardResponse:
    """Reads the responses of one connection (no input or output itself): `sent`, then `receive` and `take` in turns.

    Bytes after the end of a response are dropped, and no other response is read from the connection: they could be
    taken for the response to the next request.
    """

    def __init__(self) -> None:
        self.head: ResponseHead | None = None
        self.has_surplus = False
        self._part = _Part.HEAD
        self._method = b""
        self._data = b""
        self._searched = 0
        self._is_closed = False
        self._left: int | None = None
        self._chunks: ChunkScanner | None = None

    def sent(self, data: bytes) -> None:
        """Note that a part of a request was sent: the first part after a response begins the next one."""
        if self.head is not None or not self._method:
            self.head, self._part, self._method = None, _Part.HEAD, data.partition(b" ")[0]

    def receive(self, data: bytes) -> None:
        """Add bytes from the server; none at the end of the stream."""
        self._data += data
        self._is_closed = self._is_closed or not data

    def take(self) -> bytes | None:
        """Return bytes for the parser, none at the end of the stream; None if more must be received first."""
        if self._part is _Part.HEAD:
            return self._take_head()
        data, self._data = self._data, b""
        if self._part is _Part.SURPLUS:
            self.has_surplus = self.has_surplus or bool(data)
            data = b""
        elif data:
            data = self._body(data)
        return data if data or self._is_closed else None

    def _take_head(self) -> bytes | None:
        self._data = self._data[_end_of_blank_lines(self._data) :]
        end = end_of_head(self._data, self._searched)
        self._searched = len(self._data) if end is None else 0
        if end is None:
            if len(self._data) > MAX_HEAD_BYTES:
                raise httpcore2.RemoteProtocolError(f"the head of the response is longer than {MAX_HEAD_BYTES:,} bytes")
            return self._rest() if self._is_closed else None
        head = read_head(self._data[:end])
        if head is None:
            raise httpcore2.RemoteProtocolError(f"no status line: {self._data[:60]!r}")
        is_chunked = head.chunked and head.has_body(self._method)
        if is_chunked and self._may_become_chunk_line(end):
            return None
        self._data = self._data[end:]
        return self._standard_head(head, is_chunked=is_chunked and CHUNK_SIZE.match(self._data) is not None)

    def _may_become_chunk_line(self, begin: int) -> bool:
        """Whether the first line of a body, which shows if it is really chunked, is not yet complete."""
        line = self._data[begin : begin + MAX_CHUNK_LINE]
        return b"\n" not in line and len(line) < MAX_CHUNK_LINE and not self._is_closed

    def _standard_head(self, head: ResponseHead, *, is_chunked: bool) -> bytes:
        """Return the head for the parser; the body begins, unless the head is a provisional one (1xx)."""
        has_body = head.has_body(self._method)
        if head.status >= 200:
            self.head = head
            self._chunks = ChunkScanner() if is_chunked else None
            self._left = head.length
            ends_here = not has_body or (head.length == 0 and not is_chunked)
            self._part = _Part.SURPLUS if ends_here else _Part.BODY
            self.has_surplus = ends_here and bool(self._data)
        is_as_declared = is_chunked == (head.chunked and has_body)
        ends_before_close = is_chunked or head.length is not None or not has_body
        is_reusable = head.is_reusable and is_as_declared and ends_before_close
        return head.standard(chunked=is_chunked, is_reusable=is_reusable)

    def _body(self, data: bytes) -> bytes:
        """Return the part of the bytes that is still of this response."""
        end = self._chunks.feed(data) if self._chunks else self._left
        if end is None or end > len(data):
            self._left = None if self._chunks or end is None else end - len(data)
            return data
        self._part = _Part.SURPLUS
        self.has_surplus = end < len(data)
        return data[:end]

    def _rest(self) -> bytes:
        data, self._data = self._data, b""
        return data


class ChunkScanner:
    """Finds the end of a chunked body (RFC 9112 §7.1)."""

    def __init__(self) -> None:
        self._left = 0
        self._line = b""
        self._in_trailer = False

    def feed(self, data: bytes) -> int | None:
        """Return how many of the next bytes are of this body if it ends in them, else None.

        >>> scanner = ChunkScanner()
        >>> scanner.feed(b"3\\r\\nab"), scanner.feed(b"c\\r\\n0\\r\\n"), scanner.feed(b"\\r\\nHTTP/1.1")
        (None, None, 2)
        """
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left, at = self._left - step, at + step
                continue
            end = data.find(b"\n", at) + 1
            if not end:
                self._line = (self._line + data[at:])[:MAX_CHUNK_LINE]
                return None
            line, self._line, at = self._line + data[at:end], b"", end
            if self._ends(line):
                return at
        return None

    def _ends(self, line: bytes) -> bool:
        """Read a line between chunks or of the trailer, and return whether it is the last one."""
        if self._in_trailer:
            return not line.strip()
        size = CHUNK_SIZE.fullmatch(line)
        length = int(size[1], 16) if size else 0  # h11 reports what is no size
        self._left = length + len(b"\r\n") if length else 0
        self._in_trailer = size is not None and length == 0
        return False


def _end_of_blank_lines(data: bytes) -> int:
    blank = BLANK_LINES.match(data)
    return blank.end() if blank else 0
