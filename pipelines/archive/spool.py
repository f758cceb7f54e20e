"""The spool: where segments lie until the store has them, each under its later key plus `.open`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pipelines.archive.locks import claimed
from pipelines.archive.publish import publish
from pipelines.archive.reader import captures
from pipelines.archive.record_reader import Info
from pipelines.archive.recovery import recover
from pipelines.archive.revisits import Again, Find, Known
from pipelines.model import Capture
from pipelines.storage import OPEN_SUFFIX, Storage, spooled


class Unfinished:
    """A segment that a dead process left behind, held under a lock while it is being looked at."""

    def __init__(self, storage: Storage, key: str, cut: int, again: Again) -> None:
        """Take a recovered file; `cut` is how many bytes of a torn capture were taken off its end."""
        self.key = key
        self.path = spooled(storage, key)
        self.cut = cut
        self._storage = storage
        self._again = again

    def read(self, find: Find | None = None, known: Known | None = None) -> Iterator[tuple[Info, Capture]]:
        """Yield its captures as `Archive.read` does, but for those that are known by their ids.

        Their locations are those that they have once it is published.
        """
        with self.path.open("rb") as file:
            yield from captures(file, self.key, find, self._again, known=known)

    def publish(self) -> None:
        """Put the segment to the store."""
        publish(self._storage, self.key)


def unfinished(storage: Storage, again: Again) -> Iterator[Unfinished]:
    """Yield the segments that dead processes left in the spool, cut back to their last whole capture."""
    for path in sorted(storage.spool.glob(f"warc/**/*{OPEN_SUFFIX}")):
        with claimed(path) as file:
            if file is None:
                continue
            key = path.relative_to(storage.spool).as_posix().removesuffix(OPEN_SUFFIX)
            cut = recover(file, str(path))
            if file.seek(0, os.SEEK_END) == 0:
                path.unlink()
            else:
                yield Unfinished(storage, key, cut, again)
