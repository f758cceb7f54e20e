"""Where an export goes: a file that is there whole or not at all, or standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipelines.storage.local import unavailable

PART_SUFFIX = ".part"
"""Ending of an export that is being written."""

STDOUT = "-"


@contextmanager
def output(name: str) -> Iterator[BinaryIO]:
    """Open what an export is written to: `-` is standard output, else the file `name`, replaced when all is written.

    After an error the file is as it was. Raises StoreUnavailable where it cannot be written.
    """
    if name == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    part = path.with_name(path.name + PART_SUFFIX)
    with unavailable("write", path):
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
