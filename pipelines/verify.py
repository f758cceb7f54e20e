"""Verification (fixity): compares an archive with its manifests, ledger, indexes, own records and the catalogue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from secrets import SystemRandom

from attrs import define

from pipelines.archive import Archive
from pipelines.archive.cdxj import INDEX_FOLDER, cdxj_content, cdxj_key, cdxj_lines, read_cdxj
from pipelines.archive.checks import check_revisit
from pipelines.archive.conversions import TEXT_FOLDER
from pipelines.archive.entry_checks import contradiction
from pipelines.archive.hashing import HashingReader
from pipelines.archive.ledger import Ledger, begin, entry_key, read_ledger
from pipelines.archive.ledger.compare import (
    LEDGER_MANIFESTS,
    compare_manifest,
    lost_captures,
    missing_objects,
    recorded_fixity,
)
from pipelines.archive.manifest import MANIFEST_FOLDER, MANIFEST_SUFFIX, Fixity, manifest_key, read_manifest
from pipelines.archive.open_files import index_records, open_files
from pipelines.archive.record_index import IndexedRecord, RecordIndex
from pipelines.archive.record_reader import Record, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.verify import FileCheck, Finding, check_range
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.model import IMPORTED, Entry, Location
from pipelines.storage import StoredObject, spool_path

logger = logging.getLogger(__name__)

WARC_FOLDER = "warc/"
CHECKED_FOLDERS = (WARC_FOLDER, INDEX_FOLDER, TEXT_FOLDER)
READ_BYTES = 1 << 20
"""Bytes read at a time."""

MISSING_INDEX = _("its WARC has no index; `fangzhi rebuild` makes it")


@define(kw_only=True)
class VerificationCounts:
    """How much a verification has checked, and how many objects there are in all, `planned`.

    `elsewhere` and `pending` are entries that it cannot check, `ledger` are the ledger's entries.
    """

    planned: int = 0
    objects: int = 0
    files: int = 0
    bytes: int = 0
    records: int = 0
    indexed: int = 0
    entries: int = 0
    elsewhere: int = 0
    pending: int = 0
    ledger: int = 0

    @property
    def unread(self) -> int:
        """The captures of the archive that a sample leaves out; 0 if everything was read."""
        return max(self.indexed - self.records, 0)


class Verification:
    """One verification of an archive; `counts` shows its progress."""

    def __init__(
        self,
        archive: Archive,
        catalogue: Catalogue | None,
        *,
        sample: int | None,
        on_progress: Callable[[VerificationCounts], None] = lambda _counts: None,
    ) -> None:
        """Check `sample` captures of each WARC file by range reads, or, with None, every byte.

        `on_progress` is called after each object and each catalogue entry.
        """
        self._on_progress = on_progress
        self.counts = VerificationCounts()
        self._archive = archive
        self._storage = archive.storage
        self._catalogue = catalogue
        self._sample = sample
        self._sizes: dict[str, int] = {}
        self._ledger = Ledger()
        self._waiting: set[str] = set()
        self._manifests: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        """Yield every defect; raises StoreUnavailable if the store cannot be read any further."""
        with closing(RecordIndex()) as record_index:
            names = self._storage.keys(MANIFEST_FOLDER)
            self._manifests = {name for name in names if not name.startswith(LEDGER_MANIFESTS)}
            objects = [each for folder in CHECKED_FOLDERS for each in self._storage.objects(folder)]
            self.counts.planned = len(objects)
            self._ledger = self._read_ledger()
            yield from self._ledger.findings
            for each in objects:
                yield from self._object(each, record_index)
                self._on_progress(self.counts)
            for manifest in sorted(self._manifests - {manifest_key(each.key) for each in objects}):
                key = manifest.removeprefix(MANIFEST_FOLDER).removesuffix(MANIFEST_SUFFIX)
                yield Finding(
                    file=key, kind="missing", what=_("it has a manifest, {manifest}, but is missing", manifest=manifest)
                )
            self._find_waiting()
            yield from missing_objects(self._ledger, self._sizes.keys() | self._waiting, self._manifests)
            yield from lost_captures(self._ledger)
            yield from self._indexes_without_warc()
            if self._sample is None:
                index_records(self._storage, self._waiting, record_index)
                for revisit in record_index.revisits():
                    original = record_index.record(revisit.fields.refers_to or "")
                    for problem in check_revisit(revisit.fields, original.fields if original else None):
                        yield _finding(revisit, problem.kind, problem.what)
            yield from self._entries(record_index)

    def _read_ledger(self) -> Ledger:
        """Read the ledger; an archive from before the ledger gets one, unless it cannot be written."""
        ledger = read_ledger(self._storage)
        if self._manifests and not ledger.entries and not ledger.findings:
            try:
                begin(self._storage)
            except StoreUnavailable as error:
                logger.warning(_("the archive has no ledger, and none can be begun: {error}", error=error))
            ledger = read_ledger(self._storage)
        self.counts.ledger = ledger.entries
        return ledger

    def _find_waiting(self) -> None:
        """Find the WARC files that are being written or wait to be published, or were published meanwhile."""
        waiting = open_files(self._storage)  # before the listing: a file that is published in between is in both
        later = (key for key in self._storage.keys(WARC_FOLDER) if not key.startswith(IMPORTED))
        self._waiting = (waiting | set(later)) - self._sizes.keys()

    def _object(self, stored: StoredObject, record_index: RecordIndex) -> Iterator[Finding]:
        """Check one object; an object that disappears meanwhile is missing."""
        self.counts.objects += 1
        key = stored.key
        self._sizes[key] = stored.size
        try:
            expected, problem = self._expected(key)
            if problem:
                yield problem
            elif expected and manifest_key(key) in self._manifests and self._ledger.entries:
                yield from compare_manifest(self._ledger, key, expected, records_read=self._sample is None)
            expected = expected or recorded_fixity(self._ledger, key)
            if expected and expected.size != stored.size:
                what = _(
                    "it has {found} bytes, {manifest} says {size}",
                    found=stored.size,
                    manifest=self._witness(key),
                    size=expected.size,
                )
                yield Finding(file=key, kind="wrong-size", what=what)
            if self._sample is not None and key.startswith(WARC_FOLDER) and self._states_another_md5(stored):
                yield from self._digest(key, expected, self._hashed(key).digest.hexdigest())
            if key.startswith(WARC_FOLDER):
                yield from self._warc(key, expected, record_index)
            else:
                yield from self._digest(key, expected, self._hashed(key).digest.hexdigest())
        except StoreCorrupt as error:
            yield Finding(file=key, kind="missing", what=error.message)

    def _expected(self, key: str) -> tuple[Fixity | None, Finding | None]:
        """Return size and digest by the manifest of an object, or what is wrong with the manifest."""
        name = manifest_key(key)
        if name not in self._manifests and spool_path(self._storage, name).exists():
            return None, None  # it is about to be put, or the next start puts it
        if name not in self._manifests and not self._has(name):
            what = _("it has no manifest {name}: fangzhi did not write it", name=name)
            return None, Finding(file=key, kind="no-manifest", what=what)
        try:
            return read_manifest(self._storage.read(name), name), None
        except StoreCorrupt as error:
            return None, Finding(file=name, kind="wrong-manifest", what=error.message)

    def _has(self, key: str) -> bool:
        """Tell whether the store has an object now, which it had not when it was listed."""
        return next(self._storage.keys(key), None) == key

    def _witness(self, key: str) -> str:
        """Return the key of what states the size and the digest of an object: its manifest, or else a ledger entry."""
        name, number = manifest_key(key), self._ledger.numbers.get(key)
        return entry_key(number) if number and name not in self._manifests and not self._has(name) else name

    def _states_another_md5(self, stored: StoredObject) -> bool:
        """Tell whether the store states another MD5 than the ledger; also true for objects that S3 has encrypted."""
        recorded = self._ledger.objects.get(stored.key)
        return bool(stored.md5 and recorded and recorded.md5 and stored.md5 != recorded.md5)

    def _digest(self, key: str, expected: Fixity | None, digest: str) -> Iterator[Finding]:
        if expected and expected.digest != f"sha256:{digest}":
            what = _(
                "its SHA-256 is {digest}, {manifest} says {expected}",
                digest=digest,
                manifest=self._witness(key),
                expected=expected.digest.removeprefix("sha256:"),
            )
            yield Finding(file=key, kind="wrong-digest", what=what)

    def _warc(self, key: str, expected: Fixity | None, record_index: RecordIndex) -> Iterator[Finding]:
        self.counts.files += 1
        if self._sample is not None:
            yield from self._some(key, self._sample)
            return
        if key.startswith(IMPORTED):
            yield from self._imported(key, expected)
            return
        check, defects = FileCheck(key, record_index), 0
        with self._storage.open(key) as file:
            hashed = HashingReader(file)
            for finding in check.findings(hashed):
                defects += 1
                yield finding
        self.counts.bytes += hashed.size
        self.counts.records += check.records
        yield from self._digest(key, expected, hashed.digest.hexdigest())
        if not defects:
            yield from self._index(key, cdxj_content(check.lines))

    def _imported(self, key: str, expected: Fixity | None) -> Iterator[Finding]:
        """Check digest and index of another program's file; the rules for our records do not apply to it."""
        hashed = self._hashed(key)
        self.counts.bytes += hashed.size
        yield from self._digest(key, expected, hashed.digest.hexdigest())
        with self._storage.open(key) as file:
            lines = list(cdxj_lines(self._counted(records(RecordStream(file))), key))
        yield from self._index(key, cdxj_content(lines))

    def _counted(self, found: Iterable[Record]) -> Iterator[Record]:
        for record in found:
            self.counts.records += 1
            yield record

    def _hashed(self, key: str) -> HashingReader:
        """Read an object piece by piece, and return its size and digest."""
        with self._storage.open(key) as file:
            hashed = HashingReader(file)
            while hashed.read(READ_BYTES):
                pass
        return hashed

    def _index(self, key: str, expected: bytes) -> Iterator[Finding]:
        """Compare the index of a WARC file without defects with the index made from its records."""
        name = cdxj_key(key)
        try:
            actual = self._storage.read(name)
        except StoreCorrupt:
            yield Finding(file=name, kind="no-index", what=MISSING_INDEX)
            return
        if actual != expected:
            pairs = enumerate(zip([*expected.splitlines(), None], [*actual.splitlines(), None], strict=False), 1)
            line = next((number for number, (one, other) in pairs if one != other), 0)
            yield Finding(
                file=name,
                kind="wrong-index",
                what=_("from line {line} on it is not the index of {key}", line=line, key=key),
            )

    def _some(self, key: str, sample: int) -> Iterator[Finding]:
        """Check random captures, and the last one with all bytes up to the end of the file."""
        name = cdxj_key(key)
        try:
            locations = read_cdxj(self._storage.read(name))
        except StoreCorrupt:
            yield Finding(file=name, kind="no-index", what=MISSING_INDEX)
            return
        except ValueError as error:
            yield Finding(file=name, kind="wrong-index", what=str(error))
            return
        ends = [*(location.offset for location in locations[1:]), self._sizes[key]]
        pairs = list(zip(locations, ends, strict=False))
        self.counts.indexed += len(pairs)
        for location, end in [*SystemRandom().sample(pairs[:-1], min(sample - 1, len(pairs[:-1]))), *pairs[-1:]]:
            self.counts.records += 1
            if key.startswith(IMPORTED):
                yield from self._readable(location)
                continue
            data = self._storage.read(key, location.offset, max(end - location.offset, location.length))
            self.counts.bytes += len(data)
            yield from check_range(data, location)

    def _readable(self, location: Location) -> Iterator[Finding]:
        """Check that a capture in another program's file can be read."""
        self.counts.bytes += location.length
        try:
            self._archive.get(location)
        except StoreCorrupt as error:
            yield Finding(file=location.file, offset=location.offset, kind="wrong-place", what=error.message)

    def _indexes_without_warc(self) -> Iterator[Finding]:
        with_warc = {cdxj_key(key) for key in self._sizes if key.startswith(WARC_FOLDER)}
        for key in self._sizes:
            if key.startswith(INDEX_FOLDER) and key not in with_warc:
                yield Finding(file=key, kind="missing", what=_("the WARC file of this index is missing"))

    def _entries(self, record_index: RecordIndex) -> Iterator[Finding]:
        """Compare the catalogue's entries with the records, and, if all records were read, these with the entries."""
        if self._catalogue is None:
            what = _("there is no catalogue; `fangzhi rebuild` makes it")
            yield Finding(file=WARC_FOLDER, kind="no-catalogue", what=what)
            return
        for entry in self._catalogue.entries():
            self.counts.entries += 1
            self._on_progress(self.counts)
            location = entry.location
            if location is None or not location.file.startswith(WARC_FOLDER):
                self.counts.elsewhere += 1
            elif location.file in self._waiting:
                self.counts.pending += 1
            elif wrong := self._misplaced(entry, location, record_index):
                problem = _("entry {id}: {problem}", id=entry.id, problem=wrong)
                yield Finding(file=location.file, offset=location.offset, kind="wrong-entry", what=problem)
        if self._sample is None:
            for found in record_index.uncatalogued():
                if found.location.file in self._waiting:
                    continue
                yield _finding(
                    found, "not-catalogued", _("the catalogue has no entry for it; `fangzhi rebuild` makes it")
                )

    def _misplaced(self, entry: Entry, location: Location, record_index: RecordIndex) -> str:
        """Return what is wrong with the location of an entry, or an empty string."""
        if location.file not in self._sizes:
            return _("its file is missing")
        if location.offset + location.length > self._sizes[location.file]:
            return _("its file ends before the end of its record")
        if self._sample is not None or not location.own:
            return ""
        found = record_index.mark_catalogued(location)
        if found is None or found.location.length != location.length:
            return _("no record of {length} bytes lies there", length=location.length)
        return contradiction(entry, found)


def _finding(found: IndexedRecord, kind: str, what: str) -> Finding:
    location = found.location
    return Finding(file=location.file, offset=location.offset, record=found.fields.id, kind=kind, what=what)
