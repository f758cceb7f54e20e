"""Simulation of a power cut: of each WARC file only the bytes that were synced to disk are left."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


class Power:
    """Records the synced length of each file while `patch` is active."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._synced: dict[int, int] = {}
        for name in ("fsync", "fdatasync"):
            patch.setattr(os, name, self._recording(getattr(os, name)))

    def _recording(self, wait: object) -> object:
        def recorded(handle: int) -> None:
            wait(handle)  # type: ignore[operator]
            status = os.fstat(handle)
            self._synced[status.st_ino] = status.st_size

        return recorded

    def cut(self, folder: Path, to: Path) -> None:
        """Copy a folder as the next start would find it; a database has all its commits, because it syncs each."""
        shutil.copytree(folder, to)
        for path in folder.rglob("warc/**/*.gz*"):
            os.truncate(to / path.relative_to(folder), self._synced.get(path.stat().st_ino, 0))
