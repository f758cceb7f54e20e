"""Files that are being copied into the spool, from where they are put into a store."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from pipelines.errors import StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.storage import OPEN_SUFFIX, Storage
from pipelines.storage.local import os_errors_as_unavailable

COPY_BYTES = 1 << 20
"""Bytes copied at a time."""

INCOMING_FOLDER = "incoming/"
"""Folder of incomplete copies in the spool: not `warc/`, whose files the next start truncates and publishes."""


def incoming_path(storage: Storage, name: str) -> Path:
    """Return the path in the spool of the copy of a file with this name; a later copy of it has the same path."""
    return storage.spool / INCOMING_FOLDER / f"{hashlib.sha256(name.encode()).hexdigest()}{OPEN_SUFFIX}"


@contextmanager
def new_file(path: Path) -> Iterator[BufferedRandom]:
    """Create and lock a file; at the end of the block it is synced to disk, after an error it is removed."""
    with os_errors_as_unavailable("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "rb+") as file:
            _lock(file, path)
            try:
                file.truncate()
                yield file
                file.flush()
                os.fdatasync(file.fileno())
            except BaseException:
                path.unlink(missing_ok=True)
                raise


def _lock(file: BufferedRandom, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreUnavailable(
            _("{path} is being written by another process", path=path),
            hint=_("wait until the other process has finished"),
        ) from None
