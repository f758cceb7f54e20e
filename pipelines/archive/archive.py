"""Shell. The archive: captures go in and come out, as WARC files in a store."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from pipelines.archive.reader import Info, capture_at, captures
from pipelines.archive.recovery import recover
from pipelines.archive.revisits import Find
from pipelines.archive.unpack import ZSTD_MAGIC, dictionary, is_warc
from pipelines.archive.writer import Segment, site_folder, spooled
from pipelines.errors import StoreError, StoreUnavailable
from pipelines.model import Capture, Location, Prints, Reference
from pipelines.storage import OPEN_SUFFIX, Storage
from pipelines.storage.local import unavailable

log = logging.getLogger(__name__)

REACH = (1 << 12, 1 << 20)
"""Bytes read behind a response for the request that follows it: 4 KB hold any usual one, 1 MB any that servers take."""

MOST_OPEN = 128
"""Segments open at a time, the one longest unused closes first: an eighth of the usual limit of 1,024 open files."""


class Archive:
    """All captures of a store. Any number of processes may write and read; each writes segments of its own."""

    def __init__(self, storage: Storage, info: Callable[[str], Mapping[str, str]] | None = None) -> None:
        """Open the archive in a store; `info` gives the warcinfo fields of a site beyond ours, or in place of them."""
        self.storage = storage
        self._info = info or (lambda _: {})
        self._open: dict[str, Segment] = {}
        self._waiting: list[Segment] = []

    def put(
        self, capture: Capture, prints: Prints, site: str | None = None, original: Reference | None = None
    ) -> Location:
        """Keep a capture, as a revisit if there is an `original` with the same body, and return where its record is.

        On return a kill of this process cannot lose it. Raises StoreUnavailable where the disk is full or read-only;
        nothing that was kept before is harmed.
        """
        folder = site_folder(site, capture.final_url)
        segment = self._open.pop(folder, None)
        if segment and segment.full(capture.fetched_at):
            self._finish(segment)
            segment = None
        if segment is None:
            self._make_room()
            segment = Segment.create(self.storage, folder, capture.fetched_at, self._info(folder))
        self._open[folder] = segment
        return segment.put(capture, prints, original)

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

        Read and catalogue each, then publish it before asking for the next; one that is not published is found again.
        """
        for path in sorted(self.storage.spool.glob(f"warc/**/*{OPEN_SUFFIX}")):
            with _claimed(path) as file:
                if file is None:
                    continue
                key = path.relative_to(self.storage.spool).as_posix().removesuffix(OPEN_SUFFIX)
                cut = recover(file, str(path))
                if file.seek(0, os.SEEK_END) == 0:
                    path.unlink()
                else:
                    yield Unfinished(self, key, path, cut)

    def close(self) -> None:
        """Publish every open segment; raises what kept the first one from it, after all were tried.

        What could not be published stays in the spool, to be found by `unfinished` at the next start.
        """
        segments = [*self._waiting, *self._open.values()]
        self._waiting.clear()
        self._open.clear()
        failures = []
        for segment in segments:
            try:
                segment.close()
            except StoreError as error:
                segment.abandon()
                failures.append(error)
        if failures:
            raise failures[0]

    def abandon(self) -> None:
        """Leave every open segment in the spool, as a kill would: `unfinished` finds them at the next start."""
        for segment in (*self._waiting, *self._open.values()):
            segment.abandon()
        self._waiting.clear()
        self._open.clear()

    def _finish(self, segment: Segment) -> None:
        """Publish a segment, and those that had to wait; while the store is unavailable they wait in the spool."""
        waiting, self._waiting = [*self._waiting, segment], []
        for each in waiting:
            try:
                each.close()
            except StoreUnavailable as error:
                log.warning("%s waits in the spool: %s", each.key, error)
                self._waiting.append(each)

    def _make_room(self) -> None:
        while len(self._open) >= MOST_OPEN:
            self._finish(self._open.pop(next(iter(self._open))))

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


class Unfinished:
    """A segment that a dead process left behind, held under a lock while it is being looked at."""

    def __init__(self, archive: Archive, key: str, path: Path, cut: int) -> None:
        """Take a recovered file; `cut` is how many bytes of a torn capture were taken off its end."""
        self.key = key
        self.path = path
        self.cut = cut
        self._archive = archive

    def read(self, find: Find | None = None) -> Iterator[tuple[Info, Capture]]:
        """Yield its captures as `Archive.read` does; their locations are those that they have once it is published."""
        with self.path.open("rb") as file:
            yield from captures(file, self.key, find, lambda place: self._archive.get(place, find).body)

    def publish(self) -> None:
        """Put the segment to the store."""
        self._archive.storage.put(self.key, self.path)


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


@contextmanager
def _claimed(path: Path) -> Iterator[BinaryIO | None]:
    """Open a file under its lock, or yield None if a living process holds it or has published it meanwhile."""
    with unavailable("recover", path), ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb+"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, FileNotFoundError):
            yield None
            return
        yield file if _is_still(file, path) else None


def _is_still(file: BinaryIO, path: Path) -> bool:
    """Tell whether an open file has its name yet: one that was published has another."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
