"""The spool: local folder for WARC files until the store has them, each under its later key plus `.open`."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Iterator

from pipelines.archive.locks import lock_existing
from pipelines.archive.publish import OnUpload, ignore_upload, publish
from pipelines.archive.reader import captures
from pipelines.archive.record_reader import WarcInfo
from pipelines.archive.recovery import recover
from pipelines.archive.revisits import BodyFinder, BodyReader, IsKnown
from pipelines.archive.shared import forget_note, idle_file, idle_files, is_due
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.model import Capture
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path
from pipelines.storage.options import Options

logger = logging.getLogger(__name__)


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
    """Yield the WARC files that dead processes left in the spool, truncated to their last whole capture.

    Idle shared files are complete, and are not among them.
    """
    for path in sorted(storage.spool.glob(f"warc/**/*{OPEN_SUFFIX}")):
        key = path.relative_to(storage.spool).as_posix().removesuffix(OPEN_SUFFIX)
        if idle_file(storage, key):
            continue  # before the lock: a crawl that begins meanwhile can take the file
        with lock_existing(path) as file:
            if file is None or idle_file(storage, key):
                continue
            cut_bytes = recover(file, str(path))
            if file.seek(0, os.SEEK_END) == 0:
                path.unlink()
            else:
                yield UnfinishedFile(storage, key, cut_bytes, read_body)


def publish_idle_files(
    storage: Storage, options: Options, at: dt.datetime | None = None, on_upload: OnUpload = ignore_upload
) -> None:
    """Publish the idle shared files, with a time only those that are due then.

    If a remote store is unavailable, they stay idle, with a warning. Raises StoreUnavailable if the spool is the store
    itself, and StoreCorrupt, after all others were tried, if a file is not what was written.
    """
    damaged: list[StoreCorrupt] = []
    for idle in idle_files(storage):
        if at and not is_due(idle, at, options):
            continue
        with lock_existing(spool_path(storage, idle.key)) as file:
            written = idle_file(storage, idle.key) if file else None
            if written is None:
                continue
            try:
                publish(storage, written.key, written, on_upload)
            except StoreCorrupt as error:
                damaged.append(error)
            except StoreUnavailable as error:
                if not storage.separate_spool:
                    raise
                logger.warning("%s waits in the spool %s: %s", written.key, storage.spool, error)
            else:
                forget_note(storage, written.key)
    if damaged:
        raise damaged[0]
