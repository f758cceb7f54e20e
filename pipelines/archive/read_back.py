"""Reads a finished WARC file back from the disk, once: its records are checked, the file is digested and indexed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import field, frozen

from pipelines.archive.index import index_content
from pipelines.archive.ledger import ObjectDigests, RecordedObject
from pipelines.archive.manifest import Fixity
from pipelines.archive.record_reader import MAX_BLOCK_BYTES, Record, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.written import PartCheck, WrittenFile
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.storage.local import os_errors_as_unavailable


@frozen(kw_only=True)
class ReadBack:
    """What a WARC file on the disk has: size and digests, and the content of its index."""

    recorded: RecordedObject
    index: bytes = field(repr=False)

    @property
    def fixity(self) -> Fixity:
        """Size and digest of the file."""
        return Fixity(key=self.recorded.key, size=self.recorded.size, digest=f"sha256:{self.recorded.sha256}")


def read_back(path: Path, key: str, written: Fixity | WrittenFile | None = None) -> ReadBack:
    """Read a WARC file from the disk, and compare its records with their digests, and the file with what was written.

    Raises StoreCorrupt, which names the first record that differs.
    """
    digests, parts = ObjectDigests(), PartCheck(written.parts if isinstance(written, WrittenFile) else ())
    consumers = (digests.update, parts.update) if isinstance(written, WrittenFile) else (digests.update,)
    with os_errors_as_unavailable("read", path), path.open("rb") as file:
        # so that the bytes come from the disk, not from the page cache
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        passing = _PassingOn(file, consumers)
        stream = RecordStream(passing, strict=True)  # type: ignore[arg-type]
        index = index_content(_intact(records(stream), path), key)
        if stream.damage is not None:
            raise changed_error(path, stream.damage)
        while passing.read(1 << 20):
            pass
    found = ReadBack(recorded=digests.recorded(key), index=index)
    if not (parts.is_as_written() if isinstance(written, WrittenFile) else found.fixity == (written or found.fixity)):
        raise changed_error(path)
    return found


def changed_error(path: Path, at: int | None = None) -> StoreCorrupt:
    """Return the error for a file that is not what was written; `at` is the offset of the first wrong record."""
    where = _(", from byte {offset} on", offset=at) if at is not None else ""
    return StoreCorrupt(
        _("{path} is not what was written to it{where}; it was not put into the archive", path=path, where=where),
        hint=_("move the file away and repair it by hand; check the disk and the memory"),
    )


class _PassingOn:
    """A file that passes on what is read from it."""

    def __init__(self, file: BinaryIO, consumers: Iterable[Callable[[bytes], None]]) -> None:
        self._file, self._consumers = file, tuple(consumers)

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        for consume in self._consumers:
            consume(piece)
        return piece


def _intact(found: Iterable[Record], path: Path) -> Iterator[Record]:
    """Yield records whose blocks have the digests in their headers; blocks too long to be read count as intact."""
    for record in found:
        is_long = int(record.fields["content-length"]) > MAX_BLOCK_BYTES
        digest = None if is_long else f"sha256:{hashlib.sha256(record.block).hexdigest()}"
        if not is_long and record.fields.get("warc-block-digest") != digest:
            raise changed_error(path, record.span[0] if record.span else None)
        yield record
