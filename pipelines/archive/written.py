"""What was written to a WARC file, by the digests of its parts: one for each process that wrote to it."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable

from attrs import frozen


@frozen(kw_only=True)
class WrittenBytes:
    """The bytes that one process wrote: their number, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@frozen(kw_only=True)
class WrittenFile:
    """A WARC file in the spool: its key and its parts, in their order."""

    key: str
    parts: tuple[WrittenBytes, ...]

    @property
    def size(self) -> int:
        """Size of the file in bytes."""
        return sum(part.size for part in self.parts)


class PartCheck:
    """Compares the bytes of a file, which come in pieces, with the parts that were written to it."""

    def __init__(self, parts: Iterable[WrittenBytes]) -> None:
        """Start before the first byte."""
        self._parts = deque(part for part in parts if part.size)
        self._digest, self._size = hashlib.sha256(), 0
        self._is_other = False

    def update(self, piece: bytes) -> None:
        """Add the next bytes."""
        while piece and self._parts:
            part = self._parts[0]
            taken = piece[: part.size - self._size]
            self._digest.update(taken)
            self._size += len(taken)
            piece = piece[len(taken) :]
            if self._size == part.size:
                self._is_other = self._is_other or self._digest.hexdigest() != part.sha256
                self._digest, self._size = hashlib.sha256(), 0
                self._parts.popleft()
        self._is_other = self._is_other or bool(piece)

    def is_as_written(self) -> bool:
        """Tell whether the file has the parts that were written to it, and nothing else."""
        return not self._parts and not self._is_other
