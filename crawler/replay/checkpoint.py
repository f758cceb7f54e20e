"""Checkpoints of a replay, so that an interrupted replay resumes where it stopped."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.replay.run import Captured
from pipelines.archive import MultiReader, Source
from pipelines.model import Capture
from pipelines.storage import OPEN_SUFFIX
from pipelines.storage.local import os_errors_as_unavailable

SAVE_INTERVAL_S = 2.0
"""Seconds between two writes of the file: after a kill, the pages of this time are extracted once more."""


class Checkpoint:
    """The offset of the last catalogued capture of each WARC file; only an interrupted replay leaves its file behind.

    Skipping the captures that the catalogue has from this version would not be enough: a replay is often made because
    the recipe of a site changed, and recipes change without the version.
    """

    def __init__(self, folder: Path, identity: object, *, afresh: bool = False) -> None:
        """Load the checkpoint of an interrupted replay with the same JSON `identity`; `afresh` discards it."""
        digest = hashlib.sha256(json.dumps(identity, ensure_ascii=False, default=str).encode()).hexdigest()[:16]
        self._path = folder / f"replay-{digest}.json{OPEN_SUFFIX}"
        if afresh:
            with os_errors_as_unavailable("remove", self._path):
                self._path.unlink(missing_ok=True)
        self._offsets: dict[str, int] = {}
        self._deferred_files: list[str] = []
        with os_errors_as_unavailable("read", self._path):
            if self._path.exists():
                self._offsets, self._deferred_files = json.loads(self._path.read_text("utf-8"))
        self._loaded_offsets = dict(self._offsets)
        self._reader: MultiReader | None = None
        self._saved_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._path.unlink(missing_ok=True)
        elif self._offsets:
            self._save()

    @property
    def resumed(self) -> bool:
        """Whether an interrupted replay is resumed."""
        return bool(self._loaded_offsets)

    def unfinished(self, files: Sequence[Source]) -> list[Source]:
        """Return the files that are not finished.

        A file is finished once a later file was begun and no revisit of it is deferred.
        """
        last = next(reversed(self._loaded_offsets), None)
        reopened = (last, *self._deferred_files)
        return [each for each in files if each.name not in self._loaded_offsets or each.name in reopened]

    def begin(self, reader: MultiReader) -> list[Source]:
        """Return the unfinished files of a reader, whose pending revisits are recorded with the offsets from now on."""
        self._reader = reader
        return self.unfinished(reader.files)

    def remaining(self, reader: MultiReader) -> Iterator[Captured]:
        """Yield the captures that were not catalogued before the interruption."""
        captures = reader.first_pass(self.begin(reader))
        yield from ((info, capture) for info, capture in captures if not self._is_done(capture))
        yield from reader.second_pass()

    def done(self, file: str) -> int:
        """Return the offset of the last capture of a file that was catalogued before the interruption, -1 if none."""
        return self._loaded_offsets.get(file, -1)

    def mark_done(self, capture: Capture) -> None:
        """Record that a capture has been catalogued."""
        place = capture.stored
        if place and place.offset > self._offsets.get(place.file, -1):
            self._offsets[place.file] = place.offset
        if time.monotonic() - self._saved_at >= SAVE_INTERVAL_S:
            self._save()

    def _is_done(self, capture: Capture) -> bool:
        place = capture.stored
        return place is not None and place.offset <= self.done(place.file)

    def _save(self) -> None:
        deferred = {*self._deferred_files, *(self._reader.pending.files if self._reader else ())}
        new_file = self._path.with_suffix(".new" + OPEN_SUFFIX)
        with os_errors_as_unavailable("write", new_file):
            new_file.write_text(json.dumps([self._offsets, sorted(deferred)], ensure_ascii=False), "utf-8")
            new_file.replace(self._path)
        self._saved_at = time.monotonic()
