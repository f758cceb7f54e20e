"""Locks on the spool's files, so that nobody takes for left behind what somebody is at work on."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from pipelines.storage.local import make_folder, sync, unavailable


@contextmanager
def claimed(path: Path) -> Iterator[BinaryIO | None]:
    """Open a file under its lock, or yield None if a living process holds it or has published it meanwhile."""
    with ExitStack() as stack:
        with unavailable("open", path):
            try:
                file = stack.enter_context(path.open("rb+"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, FileNotFoundError):
                file = None
        yield file if file and _is_still(file, path) else None


@contextmanager
def held(path: Path, content: bytes) -> Iterator[Path]:
    """Write a file, durable before anything else is done, and keep it under its lock meanwhile."""
    with unavailable("write", path):
        make_folder(path.parent)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with unavailable("write", path):
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.ftruncate(handle, 0)
            os.pwrite(handle, content, 0)
            os.fdatasync(handle)
            sync(path.parent)
        yield path
    finally:
        os.close(handle)


def _is_still(file: BinaryIO, path: Path) -> bool:
    """Tell whether an open file has its name yet: one that was published has another."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
