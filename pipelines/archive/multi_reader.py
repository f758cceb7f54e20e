"""Several WARC files read as one: the body of a revisit can lie in any of them, before or after the revisit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from pipelines.archive.record_reader import WarcInfo
from pipelines.archive.revisits import BodyFinder, UnresolvedRevisit, original_names, referred_names, with_original
from pipelines.archive.sources import Source
from pipelines.errors import StoreCorrupt, StoreError, StoreUnavailable
from pipelines.model import Capture
from pipelines.model.codes import NOT_LOST


class MultiReader:
    """Reads files one after another, and a second time if revisits are still without their bodies.

    Unresolved revisits stay in memory, about 2 kB each. If a file is truncated, not a WARC or not reachable, its whole
    records are yielded, `on_error` gets the error, and the next file is read. `skipped` counts the records without a
    capture by the code of the reason; see `model.codes.SKIPPED`.
    """

    def __init__(
        self, files: Sequence[Source], find: BodyFinder | None, on_error: Callable[[StoreError], None]
    ) -> None:
        self.files = files
        self.unresolved: list[UnresolvedRevisit] = []
        self.skipped: Counter[str] = Counter()
        self._find, self._on_error = find, on_error

    @property
    def lost(self) -> bool:
        """Whether a record was skipped that can have held something of the web."""
        return any(code not in NOT_LOST for code in self.skipped)

    def captures(self) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield all captures, the revisits that were unresolved at the first reading last; see `Source.captures`."""
        yield from self.first_pass(self.files)
        yield from self.second_pass()

    def first_pass(self, files: Iterable[Source]) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield the captures of some files in their order; unresolved revisits are appended to `unresolved`."""
        for file in files:
            try:
                yield from file.captures(self._find, self.unresolved, self.skipped)
            except (StoreCorrupt, StoreUnavailable) as error:
                self._on_error(error)

    def second_pass(self) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield the unresolved revisits in the order of their originals; those without an original last, empty."""
        left = dict.fromkeys(self.unresolved)
        by_name: dict[str, list[UnresolvedRevisit]] = {}
        for revisit in left:
            for name in referred_names(revisit.record, revisit.capture):
                by_name.setdefault(name, []).append(revisit)
        for file in self.files if left else ():
            for revisit, original in _originals(file, by_name):
                if revisit in left:
                    del left[revisit]
                    yield revisit.info, with_original(revisit.record, revisit.capture, original)
            if not left:
                return
        self.skipped.update({"no-original": len(left)} if left else {})
        yield from ((revisit.info, revisit.without_body()) for revisit in left)


def _originals(
    file: Source, by_name: dict[str, list[UnresolvedRevisit]]
) -> Iterator[tuple[UnresolvedRevisit, Capture]]:
    """Yield the revisits whose original lies in a file; the first reading has reported the errors of the file."""
    try:
        for _, record, capture in file.captured_records(Counter()):
            if record.kind != "revisit":
                for name in original_names(record, capture):
                    yield from ((revisit, capture) for revisit in by_name.get(name, ()))
    except (StoreCorrupt, StoreUnavailable):
        return
