"""Fixity: a whole archive held against its manifests, its indexes, its own records and the catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from secrets import SystemRandom
from typing import BinaryIO

from attrs import define

from pipelines.archive import Archive
from pipelines.archive.cdxj import FOLDER as INDEXES
from pipelines.archive.cdxj import cdxj_key, cdxj_line, read_cdxj, write_cdxj
from pipelines.archive.checks import check_revisit
from pipelines.archive.conversions import FOLDER as TEXTS
from pipelines.archive.headers import moment
from pipelines.archive.manifest import FOLDER as MANIFESTS
from pipelines.archive.manifest import SUFFIX, Fixity, manifest_key, read_manifest
from pipelines.archive.record_index import IndexedRecord, RecordIndex
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import NOT_MODIFIED
from pipelines.archive.verify import FileCheck, Finding, check_range
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import StoreCorrupt
from pipelines.model import IMPORTED, Entry, Location
from pipelines.storage import OPEN_SUFFIX

WARCS = "warc/"
CHECKED = (WARCS, INDEXES, TEXTS)
PIECE = 1 << 20
"""Bytes read at a time."""

MISSING_INDEX = "its WARC has no index; `fangzhi rebuild` makes it"


@define(kw_only=True)
class Seen:
    """What a verification has looked at."""

    objects: int = 0
    files: int = 0
    bytes: int = 0
    records: int = 0
    indexed: int = 0
    entries: int = 0
    elsewhere: int = 0
    pending: int = 0


class Verification:
    """One walk over an archive; `seen` tells while it goes how far it is."""

    def __init__(self, archive: Archive, catalogue: Catalogue | None, *, sample: int | None) -> None:
        """Look at `sample` captures of each file by range reads, or, without a number, at every byte."""
        self.seen = Seen()
        self._archive = archive
        self._storage = archive.storage
        self._catalogue = catalogue
        self._sample = sample
        self._sizes: dict[str, int] = {}

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is wrong; raises StoreUnavailable where the store cannot be read on."""
        with closing(RecordIndex()) as register:
            kept = set(self._storage.keys(MANIFESTS))
            keys = [key for folder in CHECKED for key in self._storage.keys(folder)]
            for key in keys:
                yield from self._object(key, kept, register)
            for manifest in sorted(kept - {manifest_key(key) for key in keys}):
                key = manifest.removeprefix(MANIFESTS).removesuffix(SUFFIX)
                yield Finding(file=key, kind="missing", what=f"{manifest} tells of it, but it is not there")
            yield from self._alone()
            if self._sample is None:
                for revisit in register.revisits():
                    original = register.record(revisit.facts.refers_to or "")
                    for problem in check_revisit(revisit.facts, original.facts if original else None):
                        yield _finding(revisit, problem.kind, problem.what)
            yield from self._entries(register)

    def _object(self, key: str, kept: set[str], register: RecordIndex) -> Iterator[Finding]:
        """Look at one object; what disappears meanwhile is missing."""
        self.seen.objects += 1
        try:
            self._sizes[key] = self._storage.size(key)
            expected, problem = self._expected(key, kept)
            if problem:
                yield problem
            if expected and expected.size != self._sizes[key]:
                what = f"it has {self._sizes[key]} bytes, {manifest_key(key)} says {expected.size}"
                yield Finding(file=key, kind="wrong-size", what=what)
            if key.startswith(WARCS):
                yield from self._warc(key, expected, register)
            else:
                yield from self._digest(key, expected, self._hashed(key).digest.hexdigest())
        except StoreCorrupt as error:
            yield Finding(file=key, kind="missing", what=str(error))

    def _expected(self, key: str, kept: set[str]) -> tuple[Fixity | None, Finding | None]:
        name = manifest_key(key)
        if name not in kept:
            return None, Finding(file=key, kind="no-manifest", what=f"there is no {name}: fangzhi did not put it there")
        try:
            return read_manifest(self._storage.read(name), name), None
        except StoreCorrupt as error:
            return None, Finding(file=name, kind="wrong-manifest", what=str(error))

    def _digest(self, key: str, expected: Fixity | None, digest: str) -> Iterator[Finding]:
        if expected and expected.digest != f"sha256:{digest}":
            what = f"its SHA-256 is {digest}, {manifest_key(key)} says {expected.digest.removeprefix('sha256:')}"
            yield Finding(file=key, kind="wrong-digest", what=what)

    def _warc(self, key: str, expected: Fixity | None, register: RecordIndex) -> Iterator[Finding]:
        self.seen.files += 1
        if self._sample is not None:
            yield from self._some(key, self._sample)
            return
        if key.startswith(IMPORTED):
            yield from self._imported(key, expected)
            return
        check, wrong = FileCheck(key, register), 0
        with self._storage.open(key) as file:
            hashed = _Hashed(file)
            for finding in check.findings(hashed):
                wrong += 1
                yield finding
        self.seen.bytes += hashed.size
        self.seen.records += check.records
        yield from self._digest(key, expected, hashed.digest.hexdigest())
        if not wrong:
            yield from self._index(key, write_cdxj(check.lines))

    def _imported(self, key: str, expected: Fixity | None) -> Iterator[Finding]:
        """Look at every byte of another program's file; how its records are made is that program's affair."""
        hashed = self._hashed(key)
        self.seen.bytes += hashed.size
        yield from self._digest(key, expected, hashed.digest.hexdigest())
        with self._storage.open(key) as file:
            lines = [cdxj_line(record, key) for record in records(RecordStream(file))]
        self.seen.records += len(lines)
        yield from self._index(key, write_cdxj(lines))

    def _hashed(self, key: str) -> _Hashed:
        """Return an object's size and digest, by reading it piece by piece."""
        with self._storage.open(key) as file:
            hashed = _Hashed(file)
            while hashed.read(PIECE):
                pass
        return hashed

    def _index(self, key: str, made: bytes) -> Iterator[Finding]:
        """Hold the index of a sound WARC against what its records give."""
        name = cdxj_key(key)
        try:
            lies = self._storage.read(name)
        except StoreCorrupt:
            yield Finding(file=name, kind="no-index", what=MISSING_INDEX)
            return
        if lies != made:
            pairs = enumerate(zip([*made.splitlines(), None], [*lies.splitlines(), None], strict=False), 1)
            line = next((number for number, (one, other) in pairs if one != other), 0)
            yield Finding(file=name, kind="wrong-index", what=f"from line {line} on it is not the index of {key}")

    def _some(self, key: str, sample: int) -> Iterator[Finding]:
        """Look at captures drawn by chance, and at the last one with everything up to the file's end."""
        name = cdxj_key(key)
        try:
            places = read_cdxj(self._storage.read(name))
        except StoreCorrupt:
            yield Finding(file=name, kind="no-index", what=MISSING_INDEX)
            return
        except ValueError as error:
            yield Finding(file=name, kind="wrong-index", what=str(error))
            return
        ends = [*(place.offset for place in places[1:]), self._sizes[key]]
        pairs = list(zip(places, ends, strict=False))
        self.seen.indexed += len(pairs)
        for place, end in [*SystemRandom().sample(pairs[:-1], min(sample - 1, len(pairs[:-1]))), *pairs[-1:]]:
            self.seen.records += 1
            if key.startswith(IMPORTED):
                yield from self._readable(place)
                continue
            data = self._storage.read(key, place.offset, max(end - place.offset, place.length))
            self.seen.bytes += len(data)
            yield from check_range(data, place)

    def _readable(self, place: Location) -> Iterator[Finding]:
        """Tell where no capture can be read in another program's file."""
        self.seen.bytes += place.length
        try:
            self._archive.get(place)
        except StoreCorrupt as error:
            yield Finding(file=place.file, offset=place.offset, kind="wrong-place", what=str(error))

    def _alone(self) -> Iterator[Finding]:
        """Name the indexes whose WARC is not there."""
        owned = {cdxj_key(key) for key in self._sizes if key.startswith(WARCS)}
        for key in self._sizes:
            if key.startswith(INDEXES) and key not in owned:
                yield Finding(file=key, kind="missing", what="the WARC of this index is not there")

    def _entries(self, register: RecordIndex) -> Iterator[Finding]:
        """Hold the catalogue's entries against the records, and, if all of them were read, these against it."""
        if self._catalogue is None:
            yield Finding(file=WARCS, kind="no-catalogue", what="there is no catalogue; `fangzhi rebuild` makes it")
            return
        spool = self._storage.spool
        for entry in self._catalogue.entries():
            self.seen.entries += 1
            place = entry.location
            if place is None or not place.file.startswith(WARCS):
                self.seen.elsewhere += 1
            elif place.file not in self._sizes and (spool / (place.file + OPEN_SUFFIX)).exists():
                self.seen.pending += 1
            elif what := self._misplaced(entry, place, register):
                yield Finding(
                    file=place.file, offset=place.offset, kind="wrong-entry", what=f"entry {entry.id}: {what}"
                )
        if self._sample is None:
            for found in register.uncatalogued():
                yield _finding(found, "not-catalogued", "the catalogue has no entry for it; `fangzhi rebuild` makes it")

    def _misplaced(self, entry: Entry, place: Location, register: RecordIndex) -> str:
        if place.file not in self._sizes:
            return "its file is not there"
        if place.offset + place.length > self._sizes[place.file]:
            return "its file ends before its record does"
        if self._sample is not None or not place.own:
            return ""
        found = register.catalogued(place)
        if found is None or found.place.length != place.length:
            return f"no record of {place.length} bytes lies there"
        return _disagreement(entry, found)


def _disagreement(entry: Entry, found: IndexedRecord) -> str:
    """Say in what an entry is not that of a record; the payload of a 304 is that of what it confirms."""
    told = {
        "address": (entry.final_url, found.facts.url),
        "time": (entry.fetched_at, moment(found.facts.date)),
        "payload digest": (entry.digests.payload, found.facts.payload),
    }
    if found.facts.profile == NOT_MODIFIED:
        del told["payload digest"]
    return "; ".join(
        f"its {name} is {one}, that of its record {other}" for name, (one, other) in told.items() if one != other
    )


def _finding(found: IndexedRecord, kind: str, what: str) -> Finding:
    return Finding(file=found.place.file, offset=found.place.offset, record=found.facts.id, kind=kind, what=what)


class _Hashed:
    """A stream that counts and digests what is read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self.digest, self.size = hashlib.sha256(), 0
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece
