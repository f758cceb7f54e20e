"""A power cut: what the disk was made to keep is left, of every other file what was synced last."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


class Power:
    """Notes to what length each file was synced, as long as `patch` holds."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._synced: dict[int, int] = {}
        for name in ("fsync", "fdatasync"):
            patch.setattr(os, name, self._noting(getattr(os, name)))

    def _noting(self, wait: object) -> object:
        def noted(handle: int) -> None:
            wait(handle)  # type: ignore[operator]
            about = os.fstat(handle)
            self._synced[about.st_ino] = about.st_size

        return noted

    def cut(self, folder: Path, to: Path) -> None:
        """Copy a folder as the next start would find it; a database that syncs each commit has all of them."""
        shutil.copytree(folder, to)
        for path in folder.rglob("warc/**/*.gz*"):
            os.truncate(to / path.relative_to(folder), self._synced.get(path.stat().st_ino, 0))
