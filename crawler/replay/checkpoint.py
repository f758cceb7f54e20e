"""How far a replay came, so that one that was stopped goes on from there."""

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

SAVED_S = 2.0
"""Seconds between two writes of the file: what a kill costs is to read the pages of this time once more."""


class Checkpoint:
    """The last capture that was remembered of each file, in a small file that a replay leaves only if it is stopped.

    What the catalogue holds by this version already could be passed over instead; but that says nothing of the site's
    recipe, which changes without the version, and a replay is often made for its sake.
    """

    def __init__(self, folder: Path, about: object, *, afresh: bool = False) -> None:
        """Find how far a replay came that was the same in all of `about`; `afresh` forgets it."""
        told = hashlib.sha256(json.dumps(about, ensure_ascii=False, default=str).encode()).hexdigest()[:16]
        self._path = folder / f"replay-{told}.json{OPEN_SUFFIX}"
        if afresh:
            with os_errors_as_unavailable("remove", self._path):
                self._path.unlink(missing_ok=True)
        self._done: dict[str, int] = {}
        self._waiting: list[str] = []
        with os_errors_as_unavailable("read", self._path):
            if self._path.exists():
                self._done, self._waiting = json.loads(self._path.read_text("utf-8"))
        self._before = dict(self._done)
        self._several: MultiReader | None = None
        self._saved = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._path.unlink(missing_ok=True)
        elif self._done:
            self._save()

    @property
    def went_on(self) -> bool:
        """Whether a replay that was stopped goes on."""
        return bool(self._before)

    def left(self, files: Sequence[Source]) -> list[Source]:
        """Return the files that are not finished: all of one is, once another was begun and no revisit of it waits."""
        last = next(reversed(self._before), None)
        return [each for each in files if each.name not in self._before or each.name in (last, *self._waiting)]

    def follow(self, several: MultiReader) -> Iterator[Captured]:
        """Return the captures that were not remembered before the stop."""
        self._several = several
        first = several.first_pass(self.left(several.files))
        yield from ((info, capture) for info, capture in first if not self._has(capture))
        yield from several.second_pass()

    def note(self, capture: Capture) -> None:
        """Say that a capture has been remembered."""
        place = capture.stored
        if place and place.offset > self._done.get(place.file, -1):
            self._done[place.file] = place.offset
        if time.monotonic() - self._saved >= SAVED_S:
            self._save()

    def _has(self, capture: Capture) -> bool:
        place = capture.stored
        return place is not None and place.offset <= self._before.get(place.file, -1)

    def _save(self) -> None:
        repeats = self._several.unresolved if self._several else []
        waiting = {*self._waiting, *(each.capture.stored.file for each in repeats if each.capture.stored)}
        written = self._path.with_suffix(".new" + OPEN_SUFFIX)
        with os_errors_as_unavailable("write", written):
            written.write_text(json.dumps([self._done, sorted(waiting)], ensure_ascii=False), "utf-8")
            written.replace(self._path)
        self._saved = time.monotonic()
