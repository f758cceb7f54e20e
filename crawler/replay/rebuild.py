"""Rebuild the catalogue and the CDXJ indexes from the WARC files alone."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator, Mapping

from crawler.replay.run import Captured, body_finder, jobs, replay
from crawler.sites.registry import Registry
from pipelines.archive import Archive, MultiReader, source_in
from pipelines.archive.cdxj import cdxj_content, cdxj_lines
from pipelines.archive.index import index_content, repair_index
from pipelines.archive.record_index import RecordIndex
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.rendition_index import RENDITION_FOLDER
from pipelines.archive.verify import FileCheck
from pipelines.archive.writer import start_order
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.replacement import Replacement
from pipelines.errors import StoreCorrupt, StoreError, StoreUnavailable
from pipelines.line.order import version
from pipelines.line.workers import ExtractionPool
from pipelines.messages import gettext as _
from pipelines.model import IMPORTED, Capture, Entry, Location, Requisite
from pipelines.storage import OPEN_SUFFIX

logger = logging.getLogger(__name__)


class Rebuild:
    """One rebuild of a catalogue; its counts grow as it goes.

    `captures` by WARC file, `indexes` written, `findings` in damaged files, and `lost` bodies of revisits.
    """

    def __init__(
        self, archive: Archive, replacement: Replacement, registry: Registry, pool: ExtractionPool | None
    ) -> None:
        """Build the catalogue in `replacement`; it takes the old one's place when `swap` is called."""
        self.captures: Counter[str] = Counter()
        self.indexes = self.findings = self.lost = 0
        self._archive, self._replacement = archive, replacement
        self._registry, self._pool = registry, pool
        self._record_index = RecordIndex()
        self._damaged: dict[str, list[Location]] = {}

    def scan(self) -> Iterator[str]:
        """Read every record once, to find the bodies that revisits refer to and to renew the index of each file.

        Yields the key of each file when it is done. Damage is logged, counted in `findings`, and skipped. A damaged
        file keeps its index, because that still lists the captures that the file had.
        """
        for key in sorted(self._archive.files(), key=start_order):
            if key in self.captures:
                continue
            if key.startswith(IMPORTED):
                self._scan_imported(key)
                yield key
                continue
            check = FileCheck(key, self._record_index)
            with self._archive.storage.open(key) as file:
                findings = list(check.findings(file))
            for finding in findings:
                logger.warning("%s, byte %s: %s", key, finding.offset, finding.what)
            index = cdxj_content(check.lines)
            self.findings += len(findings)
            self.captures[key] = len(check.captures)
            if findings:
                self._damaged[key] = check.captures
            else:
                self.indexes += repair_index(self._archive.storage, key, index)
            yield key

    def scan_renditions(self) -> None:
        """Renew the index of each file of renditions, of which the catalogue has nothing."""
        storage = self._archive.storage
        for key in self._archive.files(RENDITION_FOLDER):
            with storage.open(key) as file:
                content = index_content(records(RecordStream(file)), key)
            self.indexes += repair_index(storage, key, content)

    def entries(self) -> Iterator[Entry | Requisite]:
        """Send every scanned capture through the pipeline and yield its entry; files in the order of their start.

        Files that an interrupted rebuild catalogued are skipped, unless another version of fangzhi did it.
        """
        done = self._already_done()
        for key, count in self.captures.items():
            if done[key] == count or key.startswith(IMPORTED):
                continue
            captured = jobs(self._read(key), self._registry)
            for result in replay(captured, self._replacement.catalogue, self._pool):
                yield result.after
        imported = [source_in(self._archive, key) for key in self.captures if key.startswith(IMPORTED)]
        find = body_finder(self._archive, self._replacement.catalogue)
        captures = MultiReader(imported, find, self._log_error).captures()
        for result in replay(jobs(captures, self._registry), self._replacement.catalogue, self._pool):
            yield result.after

    def check_unwritten(self) -> None:
        """Raise StoreUnavailable if another process wrote to the archive since the scan.

        A capture is in an open or a new file before it is in the old catalogue. So what that catalogue had before this
        check, and the archive lacks, is lost.
        """
        open_file = next(self._archive.storage.spool.glob(f"warc/**/*{OPEN_SUFFIX}"), None)
        new_keys = [key for key in self._archive.files() if key not in self.captures]
        if open_file or new_keys:
            raise StoreUnavailable(
                _(
                    "{open_file} was written during the rebuild; the new catalogue is kept, the old one stays in use",
                    open_file=open_file or new_keys[0],
                ),
                hint=_("stop the crawls, then run rebuild again: it resumes from here"),
            )

    def swap(self) -> None:
        """Put the new catalogue in the old one's place.

        Raises StoreUnavailable, and leaves both as they are, if another process wrote to the archive meanwhile.
        """
        self.check_unwritten()
        self._replacement.swap()

    def close(self) -> None:
        """Release the temporary index of records."""
        self._record_index.close()

    def _scan_imported(self, key: str) -> None:
        """Count the captures of an imported file and renew its index; it need not follow the rules of our own files."""
        with self._archive.storage.open(key) as file:
            index = cdxj_content(cdxj_lines(records(RecordStream(file)), key))
        self.captures[key] = len(index.splitlines())
        self.indexes += repair_index(self._archive.storage, key, index)

    @staticmethod
    def _log_error(error: StoreError) -> None:
        logger.warning("%s", error)

    def _read(self, key: str) -> Iterator[Captured]:
        """Yield the captures of a file; in a damaged file also those behind the damage."""
        info: Mapping[str, str] = {}
        read: set[Location | None] = set()
        try:
            for info, capture in self._archive.read(key, self._body):
                read.add(capture.stored)
                yield info, capture
        except StoreCorrupt as error:
            logger.warning("%s", error)
        for place in self._damaged.get(key, ()):
            if place not in read:
                yield info, self._archive.get(place, self._body)

    def _body(self, digest: str, _url: str, _at: dt.datetime | None) -> Capture | None:
        """Return the original of a revisit from where the scan found it; if it found none, count it as lost."""
        place = self._record_index.original(digest)
        if place is None:
            self.lost += 1
            return None
        return self._archive.get(place)

    def _already_done(self) -> Counter[str]:
        """Count by file the captures that an interrupted rebuild catalogued.

        The last file is left out, because the update for its last capture may be incomplete.
        """
        done: Counter[str] = Counter()
        for entry in self._replacement.catalogue.entries():
            if entry.version != version():
                done.clear()
                break
            if entry.location:
                done[entry.location.file] += 1
        if done:
            places = (each.location for each in self._replacement.catalogue.requisites())
            done.update(place.file for place in places if place)
        if not done:
            self._replacement.restart()
        last = next((key for key in reversed(self.captures) if done[key]), None)
        if last:
            del done[last]
        return done


def entries_outside_archive(catalogue: Catalogue) -> Counter[str]:
    """Count the entries of WARC files outside the archive, by file; a rebuild cannot restore them."""
    places = (entry.location.file for entry in catalogue.entries() if entry.location)
    return Counter(file for file in places if not file.startswith("warc/"))
