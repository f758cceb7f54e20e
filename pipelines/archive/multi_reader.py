"""Several files as one: a revisit's body may lie in any of them, before or after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import evolve

from pipelines.archive.record_reader import Info
from pipelines.archive.revisits import Find, Repeat, names, referred
from pipelines.archive.sources import Source
from pipelines.errors import StoreCorrupt, StoreError, StoreUnavailable
from pipelines.model import Capture


class MultiReader:
    """Files read one after another, and once more for the bodies that revisits in them wait for, if any do.

    What waits is kept in memory without its body, about 2 kB a revisit. A file that is cut off, no WARC or out of
    reach is told to `failed`, after everything whole in it, and the next one read.
    """

    def __init__(self, files: Sequence[Source], find: Find | None, failed: Callable[[StoreError], None]) -> None:
        self.files = files
        self.waiting: list[Repeat] = []
        self._find, self._failed = find, failed

    def captures(self) -> Iterator[tuple[Info, Capture]]:
        """Yield every capture, those that must wait for their bodies last; see `Source.captures`."""
        yield from self.first(self.files)
        yield from self.late()

    def first(self, files: Iterable[Source]) -> Iterator[tuple[Info, Capture]]:
        """Yield what can be had in passing of some of the files, in order; the rest is in `waiting` afterwards."""
        for file in files:
            try:
                yield from file.captures(self._find, self.waiting)
            except (StoreCorrupt, StoreUnavailable) as error:
                self._failed(error)

    def late(self) -> Iterator[tuple[Info, Capture]]:
        """Yield what waits, each as its original is come upon; in the end without a body what has none anywhere."""
        left = dict.fromkeys(self.waiting)
        asked: dict[str, list[Repeat]] = {}
        for repeat in left:
            for name in referred(repeat.record, repeat.capture):
                asked.setdefault(name, []).append(repeat)
        for file in self.files if left else ():
            for repeat, body in _found(file, asked):
                if repeat in left:
                    del left[repeat]
                    yield repeat.info, evolve(repeat.capture, body=body)
            if not left:
                return
        yield from ((repeat.info, repeat.given_up()) for repeat in left)


def _found(file: Source, asked: dict[str, list[Repeat]]) -> Iterator[tuple[Repeat, bytes]]:
    """Yield who asked for a body in a file, with it; what is wrong with the file has been told before."""
    try:
        for _, record, capture in file.answers():
            if record.kind != "revisit":
                for name in names(record, capture):
                    yield from ((repeat, capture.body) for repeat in asked.get(name, ()))
    except (StoreCorrupt, StoreUnavailable):
        return
