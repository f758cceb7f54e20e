"""What was written to a WARC file, by the digests of its parts: one for each process that wrote to it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from attrs import frozen

from pipelines.storage.local import os_errors_as_unavailable

READ_BYTES = 1 << 20


@frozen(kw_only=True)
class Part:
    """The bytes that one process wrote: their number, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@frozen(kw_only=True)
class WrittenFile:
    """A WARC file in the spool: its key and its parts, in their order."""

    key: str
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Size of the file in bytes."""
        return sum(part.size for part in self.parts)


def is_as_written(path: Path, written: WrittenFile) -> bool:
    """Tell whether a file has the parts that were written to it, and nothing else."""
    with os_errors_as_unavailable("read", path), path.open("rb") as file:
        for part in written.parts:
            digest, left = hashlib.sha256(), part.size
            while left and (piece := file.read(min(left, READ_BYTES))):
                digest.update(piece)
                left -= len(piece)
            if left or digest.hexdigest() != part.sha256:
                return False
        return not file.read(1)
