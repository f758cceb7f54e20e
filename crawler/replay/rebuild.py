"""The catalogue and the indexes made again from the WARCs alone."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from crawler.replay.run import Captured, bodies, jobs, replay
from crawler.sites.registry import Registry
from pipelines.archive import Archive, MultiReader, source_in
from pipelines.archive.cdxj import cdxj_content, cdxj_line
from pipelines.archive.index import repair_index
from pipelines.archive.record_index import RecordIndex
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.verify import FileCheck
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.replacement import Replacement
from pipelines.errors import StoreCorrupt, StoreError, StoreUnavailable
from pipelines.line.order import version
from pipelines.line.workers import ExtractionPool
from pipelines.model import IMPORTED, Entry, Location
from pipelines.storage import OPEN_SUFFIX

log = logging.getLogger(__name__)

BEGUN = re.compile(r"-(\d{14})-\d{5}-")
"""When a file was begun, in its name."""


class Rebuild:
    """One making of a catalogue; the counts tell while it goes how far it is."""

    def __init__(self, archive: Archive, replacement: Replacement, registry: Registry, readers: ExtractionPool) -> None:
        """Make the catalogue that `replacement` puts in the old one's place once `swap` is called."""
        self.captures: Counter[str] = Counter()
        self.indexes = self.findings = self.lost = 0
        self._archive, self._replacement = archive, replacement
        self._registry, self._readers = registry, readers
        self._register = RecordIndex()
        self._damaged: dict[str, list[Location]] = {}

    def survey(self) -> Iterator[str]:
        """Look at every record once: where the bodies lie that others refer to, and what each file's index must be.

        Yields the key of each file that is done. What is wrong is logged, counted in `findings`, and gone on from; the
        index of a damaged file stays, because it tells what was there.
        """
        for key in sorted(self._archive.files(), key=_begun):
            if key in self.captures:
                continue
            if key.startswith(IMPORTED):
                self._imported(key)
                yield key
                continue
            check = FileCheck(key, self._register)
            with self._archive.storage.open(key) as file:
                found = list(check.findings(file))
            for finding in found:
                log.warning("%s, byte %s: %s", key, finding.offset, finding.what)
            index = cdxj_content(check.lines)
            self.findings += len(found)
            self.captures[key] = len(check.captures)
            if found:
                self._damaged[key] = check.captures
            else:
                self.indexes += repair_index(self._archive.storage, key, index)
            yield key

    def entries(self) -> Iterator[Entry]:
        """Take every surveyed capture down the line and yield its entry, as the files were begun.

        What an earlier call catalogued before it was stopped is not done again, unless another version did it.
        """
        done = self._done()
        for key, count in self.captures.items():
            if done[key] == count or key.startswith(IMPORTED):
                continue
            captured = jobs(self._captured(key), self._registry)
            for change in replay(captured, self._replacement.catalogue, self._readers):
                yield change.after
        imported = [source_in(self._archive, key) for key in self.captures if key.startswith(IMPORTED)]
        found = MultiReader(imported, bodies(self._archive, self._replacement.catalogue), self._told).captures()
        for change in replay(jobs(found, self._registry), self._replacement.catalogue, self._readers):
            yield change.after

    def swap(self) -> None:
        """Put the new catalogue in the old one's place.

        Raises StoreUnavailable, and leaves both as they are, while somebody writes to the archive.
        """
        writing = next(self._archive.storage.spool.glob(f"warc/**/*{OPEN_SUFFIX}"), None)
        new = [key for key in self._archive.files() if key not in self.captures]
        if writing or new:
            raise StoreUnavailable(
                f"{writing or new[0]} was written meanwhile; the new catalogue waits beside the old one",
                hint="end the crawls, then call rebuild again: it goes on from here",
            )
        self._replacement.swap()

    def close(self) -> None:
        """Let go of everything."""
        self._register.close()

    def _imported(self, key: str) -> None:
        """Count the captures of another program's file, and make its index; its records are not held to our ways."""
        with self._archive.storage.open(key) as file:
            index = cdxj_content(cdxj_line(record, key) for record in records(RecordStream(file)))
        self.captures[key] = len(index.splitlines())
        self.indexes += repair_index(self._archive.storage, key, index)

    @staticmethod
    def _told(error: StoreError) -> None:
        log.warning("%s", error)

    def _captured(self, key: str) -> Iterator[Captured]:
        """Yield what a file holds, in a damaged one also what lies behind the damage."""
        info: Mapping[str, str] = {}
        read: set[Location | None] = set()
        try:
            for info, capture in self._archive.read(key, self._body):
                read.add(capture.stored)
                yield info, capture
        except StoreCorrupt as error:
            log.warning("%s", error)
        for place in self._damaged.get(key, ()):
            if place not in read:
                yield info, self._archive.get(place, self._body)

    def _body(self, digest: str, _url: str, _at: dt.datetime | None) -> bytes | None:
        """Find the body of a revisit by what the survey saw."""
        place = self._register.original(digest)
        if place is None:
            self.lost += 1
            return None
        return self._archive.get(place).body

    def _done(self) -> Counter[str]:
        """Count by file what was catalogued before; the last file begun is done again, it may lack its last touch."""
        done: Counter[str] = Counter()
        for entry in self._replacement.catalogue.entries():
            if entry.version != version():
                done.clear()
                break
            if entry.location:
                done[entry.location.file] += 1
        if not done:
            self._replacement.restart()
        last = next((key for key in reversed(self.captures) if done[key]), None)
        if last:
            del done[last]
        return done


def elsewhere(catalogue: Catalogue) -> Counter[str]:
    """Count by file the entries of files outside the archive, which a rebuild cannot know of."""
    places = (entry.location.file for entry in catalogue.entries() if entry.location)
    return Counter(file for file in places if not file.startswith("warc/"))


def _begun(key: str) -> tuple[str, str]:
    found = BEGUN.search(key)
    return (found[1] if found else "", key)
