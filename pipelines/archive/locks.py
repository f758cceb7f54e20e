"""Locks on files in the spool: a file that a living process works on is not taken for a leftover of a crash."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from pipelines.storage.local import fsync, make_folder, os_errors_as_unavailable


@contextmanager
def lock_existing(path: Path) -> Iterator[BinaryIO | None]:
    """Open a file and lock it; yields None if another process holds the lock or has published the file meanwhile."""
    with ExitStack() as stack:
        with os_errors_as_unavailable("open", path):
            try:
                file = stack.enter_context(path.open("rb+"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, FileNotFoundError):
                file = None
        yield file if file and _still_named(file.fileno(), path) else None


def lock_for_append(path: Path) -> int | None:
    """Open a file for appending and lock it; None if another process holds the lock or has published the file."""
    with os_errors_as_unavailable("open", path):
        try:
            handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _still_named(handle, path):
                return handle
        except BlockingIOError:
            pass
        os.close(handle)
        return None


@contextmanager
def write_locked(path: Path, content: bytes) -> Iterator[Path]:
    """Write a file, sync it to disk, and hold its lock until the `with` block ends."""
    with os_errors_as_unavailable("write", path):
        make_folder(path.parent)
        handle = _create_locked(path)
    try:
        with os_errors_as_unavailable("write", path):
            os.ftruncate(handle, 0)
            os.pwrite(handle, content, 0)
            os.fdatasync(handle)
            fsync(path.parent)
        yield path
    finally:
        os.close(handle)


def _create_locked(path: Path) -> int:
    """Create a file and lock it; again if another process removed it as a leftover before it was locked."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _still_named(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _still_named(handle: int, path: Path) -> bool:
    """Tell whether an open file still lies at its path: publishing renames it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
