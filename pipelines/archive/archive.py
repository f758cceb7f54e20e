"""The archive: captures go in and come out, as WARC files in a store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.archive.compression import ZSTD_MAGIC, dictionary
from pipelines.archive.manifest import Fixity
from pipelines.archive.publish import checked, publish_manifests
from pipelines.archive.publisher import Publisher
from pipelines.archive.reader import capture_at, captures
from pipelines.archive.record_reader import Info
from pipelines.archive.record_stream import is_warc
from pipelines.archive.revisits import Find
from pipelines.archive.spool import Unfinished, unfinished
from pipelines.archive.writer import Segment, site_folder
from pipelines.errors import StoreAway, StoreError, StoreUnavailable
from pipelines.model import Capture, Digests, Location, Reference
from pipelines.storage import Storage, spooled
from pipelines.storage.local import unavailable
from pipelines.storage.options import Options

REACH = (1 << 12, 1 << 20)
"""Bytes read behind a response for the request that follows it: 4 KB hold any usual one, 1 MB any that servers take."""

MOST_OPEN = 128
"""Segments open at a time, the one longest unused closes first: an eighth of the usual limit of 1,024 open files."""


class Archive:
    """All captures of a store. Any number of processes may write and read; each writes segments of its own.

    What `put` was given outlives this process; after `sync` it also outlives a power cut and may be catalogued; once
    it is catalogued, `roll` may send it to the store.
    """

    def __init__(
        self,
        storage: Storage,
        info: Callable[[str], Mapping[str, str]] | None = None,
        options: Options | None = None,
    ) -> None:
        """Open the archive in a store; `info` gives the warcinfo fields of a site beyond ours, or in place of them."""
        self.storage = storage
        self._info = info or (lambda _: {})
        self.options = options or Options()
        self._open: dict[str, Segment] = {}
        self._sealed: list[Fixity] = []
        self._publisher = Publisher(storage)
        self.left: list[str] = []
        """The keys of what dead processes left behind and the store, being away, could not take from us either."""

    def put(
        self, capture: Capture, prints: Digests, site: str | None = None, original: Reference | None = None
    ) -> Location:
        """Keep a capture, as a revisit if there is an `original` with the same body, and return where its record is.

        The store is not asked. Raises StoreUnavailable where the disk is full or read-only; nothing that was kept
        before is harmed.
        """
        folder = site_folder(site, capture.final_url)
        segment = self._open.pop(folder, None)
        if segment is None:
            while len(self._open) >= MOST_OPEN:
                self._seal(next(iter(self._open)))
            segment = Segment.create(self.storage, folder, capture.fetched_at, self._info(folder))
        self._open[folder] = segment
        return segment.put(capture, prints, original)

    def sync(self) -> None:
        """Wait until everything that was put is on the disk; raises StoreUnavailable if the disk refuses it."""
        for segment in self._open.values():
            segment.sync()

    def roll(self, at: dt.datetime, *, everything: bool = False) -> None:
        """Send what is long enough, or old enough at this time, to the store; all that was put must be catalogued.

        Returns at once: the files go in the background. Raises StoreCorrupt if one that went before is not what was
        written.
        """
        self._publisher.check()
        for folder, segment in list(self._open.items()):
            if everything or segment.full(at, self.options):
                self._seal(folder)
        self._send()

    def full(self) -> StoreUnavailable | None:
        """Tell why nothing more should be put now, or None: the spool of a store elsewhere has reached its limit."""
        size = sum(segment.size for segment in self._open.values()) + self._publisher.size
        if not self.storage.apart or size < self.options.spool_limit:
            return None
        trouble = self._publisher.trouble
        return StoreUnavailable(
            f"the spool {self.storage.spool} is full, {size / 1e6:.0f} MB wait for the archive"
            + (f": {trouble}" if trouble else ""),
            hint="it goes on by itself once they have been taken; spool_limit says how much may wait",
        )

    def waits(self) -> bool:
        """Tell whether the spool holds what `roll` can send to a store elsewhere, so that there will be room."""
        written = any(not segment.empty for segment in self._open.values())
        return self.storage.apart and (written or self._publisher.size > 0)

    def get(self, location: Location, find: Find | None = None) -> Capture:
        """Return the capture at a location by one range read, also out of a segment that is still being written."""
        for reach in REACH:
            data = self._range(location, location.length + reach)
            capture, with_request = capture_at(data, location, find, self._dictionary(location.file, data))
            if with_request or len(data) < location.length + reach:
                break
        return capture

    def files(self, prefix: str = "warc/") -> Iterator[str]:
        """Yield the keys of finished WARC files, sorted."""
        return (key for key in self.storage.keys(prefix) if is_warc(key))

    def read(self, key: str, find: Find | None = None) -> Iterator[tuple[Info, Capture]]:
        """Yield the captures in a finished file with the warcinfo fields in force; see `reader.captures`."""
        with self.storage.open(key) as file:
            yield from captures(file, key, find, lambda place: self.get(place, find).body)

    def key(self, path: Path) -> str | None:
        """Return the key of a local file that is one of the finished files, or None if it is somebody else's."""
        folder, place = self.storage.spool.resolve(), path.resolve()
        key = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else ""
        return key if key and key in self.storage.keys(key) else None

    def unfinished(self) -> Iterator[Unfinished]:
        """Yield the segments that dead processes left in the spool, cut back to their last whole capture.

        Read and catalogue each, then `finish` it before asking for the next; one that is not finished is found again.
        """
        yield from unfinished(self.storage, lambda place: self.get(place).body)
        if not self.left:
            with suppress(StoreAway):
                publish_manifests(self.storage)

    def finish(self, segment: Unfinished) -> None:
        """Send a segment that was left behind, and is catalogued by now, to the store; one that is away gets it later.

        Raises StoreUnavailable where the store is no other place than the spool.
        """
        try:
            segment.publish()
        except StoreUnavailable:
            if not self.storage.apart:
                raise
            self.left.append(segment.key)

    def resume(self, keys: Iterable[str]) -> None:
        """Send what was `left`, by another opening of this archive, in the background; raises StoreCorrupt."""
        for key in keys:
            self._publisher.add(checked(spooled(self.storage, key), key))

    def close(self) -> None:
        """Publish every open segment; raises what kept the first one from it, after all were tried.

        What could not be published stays in the spool, to be found by `unfinished` at the next start.
        """
        failures = []
        for folder in list(self._open):
            try:
                self._seal(folder)
            except StoreError as error:
                self._open.pop(folder).abandon()
                failures.append(error)
        self._send()
        publisher, self._publisher = self._publisher, Publisher(self.storage)
        publisher.close()
        if failures:
            raise failures[0]

    def abandon(self) -> None:
        """Leave every open segment in the spool, as a kill would: `unfinished` finds them at the next start."""
        for segment in self._open.values():
            segment.abandon()
        self._open.clear()
        self._sealed.clear()
        self._publisher.abandon()

    def _seal(self, folder: str) -> None:
        segment = self._open[folder]
        if digest := segment.seal():
            self._sealed.append(Fixity(key=segment.key, size=segment.size, digest=digest))
        del self._open[folder]

    def _send(self) -> None:
        for sealed in self._sealed:
            self._publisher.add(sealed)
        self._sealed.clear()

    def _dictionary(self, key: str, data: bytes) -> bytes:
        """Return the dictionary that a record of an imported file may need."""
        if not data.startswith(ZSTD_MAGIC):
            return b""
        return dictionary(lambda offset, length: self.storage.read(key, offset, length))

    def _range(self, location: Location, length: int) -> bytes:
        try:
            with spooled(self.storage, location.file).open("rb") as file:
                file.seek(location.offset)
                return file.read(length)
        except OSError:
            return self.storage.read(location.file, location.offset, length)


def read_file(path: Path, find: Find | None = None) -> Iterator[tuple[Info, Capture]]:
    """Yield the captures in any program's WARC, gzip, zstd or plain, at its absolute path; see `reader.captures`.

    Raises StoreUnavailable if the file cannot be opened.
    """

    def read(offset: int, length: int) -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def again(place: Location) -> bytes:
        data = read(place.offset, place.length)
        return capture_at(data, place, None, dictionary(read) if data.startswith(ZSTD_MAGIC) else b"")[0].body

    with unavailable("read", path), path.open("rb") as file:
        yield from captures(file, str(path.absolute()), find, again)
