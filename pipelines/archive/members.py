"""The gzip members of a file in their order, also those after a damaged one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import field, frozen

from pipelines.archive.compression import PIECE_BYTES, READ_BYTES, GzipError, gzip_decompressor
from pipelines.archive.record_reader import MAX_BLOCK_BYTES
from pipelines.archive.record_stream import MAX_HEADER_BYTES

if TYPE_CHECKING:
    from _typeshed import SupportsRead

OWN_GZIP_HEADER = bytes.fromhex("1f8b08000000000000ff")
"""The gzip header of every member that fangzhi writes: deflate, no optional fields, no time (RFC 1952 §2.3)."""

GZIP_MEMBER_START = OWN_GZIP_HEADER[:4]

WARC_RECORD_START = b"WARC/1."


@frozen(kw_only=True)
class GzipMember:
    """Bytes `offset` to `offset + length` of a file: a gzip member, or, if `plain` is None, no whole one."""

    offset: int
    length: int
    header: bytes
    plain: bytes | None = field(repr=False)


def gzip_members(file: SupportsRead[bytes]) -> Iterator[GzipMember]:
    """Yield every member of a file; damaged bytes between two whole members come as one, without content."""
    ahead = _ReadAhead(file)
    while ahead.fill(len(OWN_GZIP_HEADER)):
        start, header = ahead.offset, bytes(ahead.data[: len(OWN_GZIP_HEADER)])
        whole = ahead.unpack()
        length = whole[1] if whole else ahead.next_record()
        ahead.drop(length)
        yield GzipMember(offset=start, length=length, header=header, plain=whole[0] if whole else None)


class _ReadAhead:
    """A file with a buffer of the bytes after the current position."""

    def __init__(self, file: SupportsRead[bytes]) -> None:
        self.data = bytearray()
        self.offset = 0
        self._file = file

    def fill(self, size: int) -> bool:
        """Read until the buffer has `size` bytes; False if it is empty at the end of the file."""
        while len(self.data) < size and (piece := self._file.read(READ_BYTES)):
            self.data += piece
        return bool(self.data)

    def drop(self, size: int) -> None:
        """Move the position forward."""
        del self.data[:size]
        self.offset += size

    def unpack(self) -> tuple[bytes, int] | None:
        """Return content and length of the member that begins here; None if it is not whole, or too long."""
        decoder, plain, taken = gzip_decompressor(), bytearray(), 0
        try:
            while not decoder.eof:
                if decoder.needs_input and taken == len(self.data) and not self._more():
                    return None
                plain += decoder.decompress(bytes(self.data[taken:]), PIECE_BYTES)
                taken = len(self.data)
                if len(plain) > MAX_BLOCK_BYTES + MAX_HEADER_BYTES:
                    return None
        except GzipError:
            return None
        return bytes(plain), taken - len(decoder.unused_data)

    def next_record(self) -> int:
        """Return the distance to the next member that begins with a WARC record, or to the end of the file."""
        at = self._find(1)
        while at >= 0 and not self._is_record(at):
            at = self._find(at + 1)
        return at if at >= 0 else len(self.data)

    def _find(self, start: int) -> int:
        while (at := self.data.find(GZIP_MEMBER_START, start)) < 0:
            start = max(start, len(self.data) - len(GZIP_MEMBER_START) + 1)
            if not self._more():
                return -1
        return at

    def _is_record(self, at: int) -> bool:
        self.fill(at + READ_BYTES)
        try:
            plain = gzip_decompressor().decompress(bytes(self.data[at : at + READ_BYTES]), len(WARC_RECORD_START))
        except GzipError:
            return False
        return plain.startswith(WARC_RECORD_START)

    def _more(self) -> bool:
        piece = self._file.read(READ_BYTES)
        self.data += piece
        return bool(piece)
