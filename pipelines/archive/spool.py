"""The spool: local folder for WARC files until the store has them, each under its later key plus `.open`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pipelines.archive.locks import lock_existing
from pipelines.archive.publish import publish
from pipelines.archive.reader import captures
from pipelines.archive.record_reader import WarcInfo
from pipelines.archive.recovery import recover
from pipelines.archive.revisits import BodyFinder, BodyReader, IsKnown
from pipelines.model import Capture
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path


class UnfinishedFile:
    """A WARC file that a dead process left in the spool, locked while it is processed."""

    def __init__(self, storage: Storage, key: str, cut_bytes: int, read_body: BodyReader) -> None:
        """Wrap a recovered file, from whose end `cut_bytes` bytes of an incomplete capture were cut off."""
        self.key = key
        self.path = spool_path(storage, key)
        self.cut_bytes = cut_bytes
        self._storage = storage
        self._read_body = read_body

    def read(self, find: BodyFinder | None = None, known: IsKnown | None = None) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield its captures as `Archive.read` does, without those whose ids are known.

        Their locations are already those in the published file.
        """
        with self.path.open("rb") as file:
            yield from captures(file, self.key, find, self._read_body, known=known)

    def publish(self) -> None:
        """Put the file into the store."""
        publish(self._storage, self.key)


def unfinished_files(storage: Storage, read_body: BodyReader) -> Iterator[UnfinishedFile]:
    """Yield the WARC files that dead processes left in the spool, truncated to their last whole capture."""
    for path in sorted(storage.spool.glob(f"warc/**/*{OPEN_SUFFIX}")):
        with lock_existing(path) as file:
            if file is None:
                continue
            key = path.relative_to(storage.spool).as_posix().removesuffix(OPEN_SUFFIX)
            cut_bytes = recover(file, str(path))
            if file.seek(0, os.SEEK_END) == 0:
                path.unlink()
            else:
                yield UnfinishedFile(storage, key, cut_bytes, read_body)
