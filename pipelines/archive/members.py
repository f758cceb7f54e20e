"""The gzip members of a file, one after another, also behind those that are broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import field, frozen
from isal import isal_zlib

from pipelines.archive.compression import READ_SIZE, GzipError
from pipelines.archive.records import GZIP

if TYPE_CHECKING:
    from _typeshed import SupportsRead

OURS = bytes.fromhex("1f8b08000000000000ff")
"""The gzip header of every member that fangzhi writes: deflate, no optional fields, no time (RFC 1952 §2.3)."""

BEGINS = OURS[:4]

RECORD = b"WARC/1."


@frozen(kw_only=True)
class Member:
    """Bytes `offset` to `offset + length` of a file: a gzip member's content, or None where no whole one is."""

    offset: int
    length: int
    header: bytes
    plain: bytes | None = field(repr=False)


def members(file: SupportsRead[bytes]) -> Iterator[Member]:
    """Yield every member of a file; what is between two whole ones comes as one member without content."""
    ahead = _Ahead(file)
    while ahead.fill(len(OURS)):
        start, header = ahead.offset, bytes(ahead.data[: len(OURS)])
        whole = ahead.unpack()
        length = whole[1] if whole else ahead.next_record()
        ahead.drop(length)
        yield Member(offset=start, length=length, header=header, plain=whole[0] if whole else None)


class _Ahead:
    """A file with some of it read ahead."""

    def __init__(self, file: SupportsRead[bytes]) -> None:
        self.data = bytearray()
        self.offset = 0
        self._file = file

    def fill(self, size: int) -> bool:
        """Read on until there are so many bytes; False if nothing at all is left."""
        while len(self.data) < size and (piece := self._file.read(READ_SIZE)):
            self.data += piece
        return bool(self.data)

    def drop(self, size: int) -> None:
        """Go on in the file."""
        del self.data[:size]
        self.offset += size

    def unpack(self) -> tuple[bytes, int] | None:
        """Return what the member that begins here holds, and its length; None if it is not whole."""
        decoder, pieces, taken = isal_zlib.decompressobj(wbits=GZIP), [], 0
        try:
            while not decoder.eof:
                if taken == len(self.data) and not self._more():
                    return None
                pieces.append(decoder.decompress(bytes(self.data[taken:])))
                taken = len(self.data)
        except GzipError:
            return None
        return b"".join(pieces), taken - len(decoder.unused_data)

    def next_record(self) -> int:
        """Return how far it is to the next member that begins with a record, or to the end of the file."""
        at = self._find(1)
        while at >= 0 and not self._is_record(at):
            at = self._find(at + 1)
        return at if at >= 0 else len(self.data)

    def _find(self, start: int) -> int:
        while (at := self.data.find(BEGINS, start)) < 0:
            start = max(start, len(self.data) - len(BEGINS) + 1)
            if not self._more():
                return -1
        return at

    def _is_record(self, at: int) -> bool:
        self.fill(at + READ_SIZE)
        try:
            plain = isal_zlib.decompressobj(wbits=GZIP).decompress(bytes(self.data[at : at + READ_SIZE]), 64)
        except GzipError:
            return False
        return plain.startswith(RECORD)

    def _more(self) -> bool:
        piece = self._file.read(READ_SIZE)
        self.data += piece
        return bool(piece)
