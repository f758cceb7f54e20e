"""Checks of one object: its manifest, ledger entry, digest, records and index."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing

from pipelines.archive import Archive
from pipelines.archive.cdxj import cdxj_content, cdxj_key, cdxj_lines
from pipelines.archive.hashing import HashingReader
from pipelines.archive.index import index_content
from pipelines.archive.ledger import Ledger, entry_key
from pipelines.archive.ledger.compare import compare_manifest, recorded_fixity
from pipelines.archive.manifest import Fixity, manifest_key, read_manifest
from pipelines.archive.record_index import RecordIndex
from pipelines.archive.record_reader import Record, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.rendition_index import RENDITION_FOLDER
from pipelines.archive.verify import FileCheck, Finding
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import IMPORTED
from pipelines.storage import StoredObject, spool_path
from pipelines.verify.counts import VerificationCounts
from pipelines.verify.samples import MISSING_INDEX, sampled

WARC_FOLDER = "warc/"
READ_BYTES = 1 << 20
"""Bytes read at a time."""


class ObjectChecks:
    """The checks of the objects of an archive, one after another; `sizes` has those that were checked, by key."""

    def __init__(
        self, archive: Archive, ledger: Ledger, manifests: set[str], sample: int | None, counts: VerificationCounts
    ) -> None:
        """Check objects against the keys of the `manifests` and the ledger; `sample` is that of a `Verification`."""
        self.sizes: dict[str, int] = {}
        self._archive = archive
        self._storage = archive.storage
        self._ledger = ledger
        self._manifests = manifests
        self._sample = sample
        self._counts = counts

    def findings(self, stored: StoredObject, record_index: RecordIndex) -> Iterator[Finding]:
        """Check one object; an object that disappears meanwhile is missing."""
        self._counts.objects += 1
        key = stored.key
        self.sizes[key] = stored.size
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
            elif key.startswith(RENDITION_FOLDER) and self._sample is None:
                yield from self._renditions(key, expected)
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
        self._counts.files += 1
        if self._sample is not None:
            yield from sampled(self._archive, key, self.sizes[key], self._sample, self._counts)
            return
        if key.startswith(IMPORTED):
            yield from self._imported(key, expected)
            return
        check = FileCheck(key, record_index)
        if not (yield from self._records(check, key, expected)):
            yield from self._index(key, cdxj_content(check.lines))

    def _renditions(self, key: str, expected: Fixity | None) -> Iterator[Finding]:
        """Check a file of renditions; the catalogue has no entries of its records."""
        self._counts.files += 1
        with closing(RecordIndex()) as own_records:
            if (yield from self._records(FileCheck(key, own_records), key, expected)):
                return
        with self._storage.open(key) as file:
            content = index_content(records(RecordStream(file)), key)
        yield from self._index(key, content)

    def _records(self, check: FileCheck, key: str, expected: Fixity | None) -> Generator[Finding, None, int]:
        """Yield the defects of a file's records and of its digest, and return the number of the former."""
        defects = 0
        with self._storage.open(key) as file:
            hashed = HashingReader(file)
            for finding in check.findings(hashed):
                defects += 1
                yield finding
        self._counts.bytes += hashed.size
        self._counts.records += check.records
        yield from self._digest(key, expected, hashed.digest.hexdigest())
        return defects

    def _imported(self, key: str, expected: Fixity | None) -> Iterator[Finding]:
        """Check digest and index of another program's file; the rules for our records do not apply to it."""
        hashed = self._hashed(key)
        self._counts.bytes += hashed.size
        yield from self._digest(key, expected, hashed.digest.hexdigest())
        with self._storage.open(key) as file:
            lines = list(cdxj_lines(self._counted(records(RecordStream(file))), key))
        yield from self._index(key, cdxj_content(lines))

    def _counted(self, found: Iterable[Record]) -> Iterator[Record]:
        for record in found:
            self._counts.records += 1
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
