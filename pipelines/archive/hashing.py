"""A file that counts and digests what is read from it."""

from __future__ import annotations

import hashlib
from typing import BinaryIO


class HashingReader:
    """A file that counts and digests the bytes that are read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self.digest, self.size = hashlib.sha256(), 0
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        """Read bytes as the file does."""
        piece = self._file.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece
