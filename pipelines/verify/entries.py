"""Comparison of the entries of the catalogue with the records of the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set

from pipelines.archive.entry_checks import contradiction
from pipelines.archive.record_index import IndexedRecord, RecordIndex
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.messages import gettext as _
from pipelines.model import Entry, Location, Requisite
from pipelines.verify.counts import VerificationCounts
from pipelines.verify.objects import WARC_FOLDER


class EntryChecks:
    """The checks of all entries, after those of the objects."""

    def __init__(
        self,
        record_index: RecordIndex,
        sizes: Mapping[str, int],
        waiting: Set[str],
        list_waiting: Callable[[], Set[str]],
        sample: int | None,
        counts: VerificationCounts,
        on_progress: Callable[[], None],
    ) -> None:
        """Compare entries with the records read and the sizes of all files; those in `waiting` files are counted.

        A crawl can begin a file after `waiting` was listed: `list_waiting` lists these files again.
        """
        self._record_index = record_index
        self._sizes = sizes
        self._waiting = waiting
        self._list_waiting = list_waiting
        self._missing: set[str] = set()
        self._sample = sample
        self._counts = counts
        self._on_progress = on_progress

    def findings(self, catalogue: Catalogue | None) -> Iterator[Finding]:
        """Compare the catalogue's entries with the records, and, if all records were read, these with the entries."""
        if catalogue is None:
            what = _("there is no catalogue; `fangzhi rebuild` makes it")
            yield Finding(file=WARC_FOLDER, kind="no-catalogue", what=what)
            return
        for entry in catalogue.indexed():
            self._counts.entries += 1
            self._counts.requisites += isinstance(entry, Requisite)
            self._on_progress()
            location = entry.location
            if location is None or not location.file.startswith(WARC_FOLDER):
                self._counts.elsewhere += 1
            elif self._is_waiting(location.file):
                self._counts.pending += 1
            elif wrong := self._misplaced(entry, location):
                problem = _("entry {id}: {problem}", id=entry.id, problem=wrong)
                yield Finding(file=location.file, offset=location.offset, kind="wrong-entry", what=problem)
        if self._sample is None:
            for found in self._record_index.uncatalogued():
                if found.location.file in self._waiting:
                    continue
                yield finding_at(
                    found, "not-catalogued", _("the catalogue has no entry for it; `fangzhi rebuild` makes it")
                )

    def _is_waiting(self, file: str) -> bool:
        """Tell whether a file is open, or was published after the listing; list such files again if need be."""
        if file not in self._sizes and file not in self._waiting and file not in self._missing:
            self._waiting = self._waiting | self._list_waiting()
            self._missing.update({file} - self._waiting)
        return file in self._waiting

    def _misplaced(self, entry: Entry | Requisite, location: Location) -> str:
        """Return what is wrong with the location of an entry, or an empty string."""
        if location.file not in self._sizes:
            return _("its file is missing")
        if location.offset + location.length > self._sizes[location.file]:
            return _("its file ends before the end of its record")
        if self._sample is not None or not location.own:
            return ""
        found = self._record_index.mark_catalogued(location)
        if found is None or found.location.length != location.length:
            return _("no record of {length} bytes lies there", length=location.length)
        return contradiction(entry, found)


def finding_at(found: IndexedRecord, kind: str, what: str) -> Finding:
    """Return a finding at the place of a record."""
    location = found.location
    return Finding(file=location.file, offset=location.offset, record=found.fields.id, kind=kind, what=what)
