"""Several WARC files read as one: the body of a revisit can lie in any of them, before or after the revisit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from pipelines.archive.record_reader import Record, WarcInfo
from pipelines.archive.revisit_index import PendingRevisits
from pipelines.archive.revisits import BodyFinder, original_names, with_original
from pipelines.archive.sources import Source
from pipelines.errors import StoreCorrupt, StoreError, StoreUnavailable
from pipelines.model import Capture
from pipelines.model.codes import NOT_LOST


class MultiReader:
    """Reads files one after another, and a second time if revisits are still without their bodies.

    Revisits without a body are stored in a temporary database. If a file is truncated, not a WARC or not reachable, its
    whole records are yielded, `on_error` gets the error, and the next file is read. `skipped` counts the records
    without a capture by the code of the reason; see `model.codes.SKIPPED`.
    """

    def __init__(
        self, files: Sequence[Source], find: BodyFinder | None, on_error: Callable[[StoreError], None]
    ) -> None:
        self.files = files
        self.pending = PendingRevisits()
        self.skipped: Counter[str] = Counter()
        self._find, self._on_error = find, on_error

    @property
    def lost(self) -> bool:
        """Whether a record was skipped that can have held something of the web."""
        return any(code not in NOT_LOST for code in self.skipped)

    def captures(self) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield all captures, the revisits that were pending after the first reading last; see `Source.captures`."""
        yield from self.first_pass(self.files)
        yield from self.second_pass()

    def first_pass(self, files: Iterable[Source]) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield the captures of some files in their order; revisits without a body are added to `pending`."""
        for file in files:
            try:
                yield from file.captures(self._find, self.pending, self.skipped)
            except (StoreCorrupt, StoreUnavailable) as error:
                self._on_error(error)

    def second_pass(self) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield the pending revisits in the order of their originals; those without an original last, empty."""
        with closing(self.pending):
            for file in self.files:
                if not self.pending:
                    return
                for record, original in _originals(file):
                    for revisit in self.pending.take(original_names(record, original)):
                        yield revisit.info, with_original(revisit.record, revisit.capture, original)
            self.skipped.update({"no-original": len(self.pending)} if self.pending else {})
            yield from ((revisit.info, revisit.without_body()) for revisit in self.pending)


def _originals(file: Source) -> Iterator[tuple[Record, Capture]]:
    """Yield the records to which revisits can refer; the first reading has reported the errors of the file."""
    try:
        for _, record, capture in file.captured_records(Counter()):
            if record.kind != "revisit":
                yield record, capture
    except (StoreCorrupt, StoreUnavailable):
        return
