"""The archive: captures are written to WARC files in a store and read from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.archive.compression import ZSTD_MAGIC, read_dictionary
from pipelines.archive.publish import OnUpload, check_file, ignore_upload, publish_manifests
from pipelines.archive.publisher import ClosedFile, Publisher
from pipelines.archive.reader import capture_at, captures
from pipelines.archive.record_reader import WarcInfo
from pipelines.archive.record_stream import is_warc
from pipelines.archive.revisits import BodyFinder
from pipelines.archive.shared import SHARED_FOLDER, continued_file, leave_idle
from pipelines.archive.spool import UnfinishedFile, publish_idle_files, unfinished_files
from pipelines.archive.writer import OpenWarcFile, site_folder
from pipelines.errors import StoreAway, StoreError, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.model import Capture, Digests, Location, Reference
from pipelines.storage import Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.storage.options import Options

REQUEST_READ_BYTES = (1 << 12, 1 << 20)
"""Bytes read after a response for its request, at the first and second try: usual requests have less than 4 KB, and
servers accept none above 1 MB."""

MAX_OPEN_FILES = 128
"""WARC files open at a time; the least recently used closes first. An eighth of the usual limit of 1,024 open files."""


class Archive:
    """All captures of a store. Any number of processes can read and write; each writes WARC files of its own.

    A capture that was `put` outlives this process. After `sync` it also outlives a power cut and may be catalogued.
    Once it is catalogued, `roll` may publish its file.
    """

    def __init__(
        self,
        storage: Storage,
        info: Callable[[str], Mapping[str, str]] | None = None,
        options: Options | None = None,
        on_upload: OnUpload = ignore_upload,
    ) -> None:
        """Open the archive in a store; `info` gives further warcinfo fields of a site, or other values.

        `on_upload` is called, in whichever thread, for each WARC file that is published.
        """
        self.storage, self._on_upload = storage, on_upload
        self._info = info or (lambda _key: {})
        self.options = options or Options()
        self._open: dict[str, OpenWarcFile] = {}
        self._closed: list[ClosedFile] = []
        self._publisher = Publisher(storage, on_upload)
        self.unsent: list[str] = []
        """Keys of files from dead processes that could not be published because the store was unavailable."""

    def put(
        self, capture: Capture, digests: Digests, site: str | None = None, original: Reference | None = None
    ) -> Location:
        """Write a capture and return its location; with an `original` of the same body, it is written as a revisit.

        The store is not accessed. Raises StoreUnavailable if the disk is full or read-only; earlier captures are safe.
        """
        name = site_folder(site, capture.final_url)
        if self.options.shared:
            file = self._file(SHARED_FOLDER, capture.fetched_at)
            return file.put(capture, digests, original, (name, self._info(name)))
        return self._file(name, capture.fetched_at).put(capture, digests, original)

    def sync(self) -> None:
        """Wait until all captures are on the disk; raises StoreUnavailable if the disk reports an error."""
        for file in self._open.values():
            file.sync()

    def roll(self, at: dt.datetime, *, everything: bool = False) -> None:
        """Close the files that are large or old enough at this time, and publish them; all captures must be catalogued.

        Returns at once: files are published in the background. Raises StoreCorrupt if a file that was published before
        is not what was written.
        """
        self._publisher.check()
        for folder, file in list(self._open.items()):
            if everything or file.full(at, self.options.roll_size, self._roll_age):
                self._close_file(folder)
        self._publish_closed()

    def full(self) -> StoreUnavailable | None:
        """Return the reason why no capture should be put now: the spool of a remote store is at its limit. Or None."""
        size = sum(file.size for file in self._open.values()) + self._publisher.size
        if not self.storage.separate_spool or size < self.options.spool_limit:
            return None
        error = self._publisher.last_error
        spool = self.storage.spool
        full = _("the spool {spool} is full, {size:.0f} MB wait for the archive", spool=spool, size=size / 1e6)
        return StoreUnavailable(
            _("{place}: {problem}", place=full, problem=error) if error else full,
            hint=_("nothing to do: it continues when the archive has taken them; spool_limit sets how much can wait"),
        )

    def has_unsent(self) -> bool:
        """Tell whether the spool holds files that `roll` can send to a remote store, which makes room in the spool.

        It cannot if the disk has no room even for their indexes.
        """
        written = any(not file.empty for file in self._open.values())
        can_send = self.storage.separate_spool and not self._publisher.lacks_space
        return can_send and (written or self._publisher.size > 0)

    def get(self, location: Location, find: BodyFinder | None = None) -> Capture:
        """Return the capture at a location by one range read, also from a file that is still being written."""
        for extra in REQUEST_READ_BYTES:
            data = self._range(location, location.length + extra)
            capture, complete = capture_at(data, location, find, self._dictionary(location.file, data))
            if complete or len(data) < location.length + extra:
                break
        return capture

    def files(self, prefix: str = "warc/") -> Iterator[str]:
        """Yield the keys of finished WARC files, sorted."""
        return (key for key in self.storage.keys(prefix) if is_warc(key))

    def read(self, key: str, find: BodyFinder | None = None) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield the captures of a finished file with their warcinfo fields; see `reader.captures`."""
        with self.storage.open(key) as file:
            yield from captures(file, key, find, lambda location: self.get(location, find))

    def key(self, path: Path) -> str | None:
        """Return the key of a local file if it is a finished file of this archive, else None."""
        folder, file = self.storage.spool.resolve(), path.resolve()
        key = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else ""
        return key if key and key in self.storage.keys(key) else None

    def unfinished(self) -> Iterator[UnfinishedFile]:
        """Yield the WARC files that dead processes left in the spool, truncated to their last whole capture.

        Read and catalogue each, then `finish` it before the next; a file that is not finished is found again.
        """
        yield from unfinished_files(self.storage, self.get)
        if not self.unsent:
            with suppress(StoreAway):
                publish_manifests(self.storage)

    def finish(self, file: UnfinishedFile) -> None:
        """Publish a file of a dead process, which is catalogued by now; an unavailable remote store gets it later.

        Raises StoreUnavailable if the spool is the store itself.
        """
        try:
            file.publish()
        except StoreUnavailable:
            if not self.storage.separate_spool:
                raise
            self.unsent.append(file.key)

    def publish_idle(self, at: dt.datetime | None = None) -> None:
        """Publish the shared files that no process writes to; with a time, only those that are due then.

        If a remote store is unavailable, they stay idle, with a warning. Raises StoreUnavailable if the spool is the
        store itself, and StoreCorrupt if a file is not what was written.
        """
        publish_idle_files(self.storage, self.options, at, self._on_upload)

    def resume(self, keys: Iterable[str]) -> None:
        """Publish in the background what was `unsent` in another instance of this archive; raises StoreCorrupt."""
        for key in keys:
            self._publisher.add(check_file(spool_path(self.storage, key), key))

    def close(self) -> None:
        """Publish every open file; raises the first error after all were tried.

        A shared file is left idle for the next crawl; all captures must be catalogued. Files that could not be
        published stay in the spool, where `unfinished` finds them at the next start.
        """
        failures = []
        for folder in list(self._open):
            try:
                self._end_file(folder)
            except StoreError as error:
                self._open.pop(folder).abandon()
                failures.append(error)
        self._publish_closed()
        publisher, self._publisher = self._publisher, Publisher(self.storage, self._on_upload)
        publisher.close()
        if failures:
            raise failures[0]

    def abandon(self) -> None:
        """Leave every open file in the spool, as a kill would: `unfinished` finds them at the next start."""
        for file in self._open.values():
            file.abandon()
        self._open.clear()
        self._closed.clear()
        self._publisher.abandon()

    @property
    def _roll_age(self) -> dt.timedelta:
        return self.options.shared_age if self.options.shared else self.options.roll_age

    def _file(self, folder: str, at: dt.datetime) -> OpenWarcFile:
        """Return the open file of a folder, as the most recently used one; create or continue it if there is none."""
        file = self._open.pop(folder, None)
        if file is None:
            while len(self._open) >= MAX_OPEN_FILES:
                self._close_file(next(iter(self._open)))
            file = continued_file(self.storage, at, self.options) if self.options.shared else None
            file = file or OpenWarcFile.create(
                self.storage, folder, at, self._info("" if self.options.shared else folder)
            )
        self._open[folder] = file
        return file

    def _end_file(self, folder: str) -> None:
        """Leave a shared file idle; close any other file, and a shared one that is large enough or empty."""
        file = self._open[folder]
        if not self.options.shared or file.empty or file.size >= self.options.roll_size:
            self._close_file(folder)
            return
        file.sync()
        leave_idle(self.storage, file.written())
        self._open.pop(folder).abandon()

    def _close_file(self, folder: str) -> None:
        if written := self._open[folder].close():
            self._closed.append(written)
        del self._open[folder]

    def _publish_closed(self) -> None:
        for file in self._closed:
            self._publisher.add(file)
        self._closed.clear()

    def _dictionary(self, key: str, data: bytes) -> bytes:
        """Return the dictionary of an imported zstd file, which a record of it can need."""
        if not data.startswith(ZSTD_MAGIC):
            return b""
        return read_dictionary(lambda offset, length: self.storage.read(key, offset, length))

    def _range(self, location: Location, length: int) -> bytes:
        """Read from the spool if the file is still there, else from the store."""
        try:
            with spool_path(self.storage, location.file).open("rb") as file:
                file.seek(location.offset)
                return file.read(length)
        except OSError:
            return self.storage.read(location.file, location.offset, length)


def read_file(path: Path, find: BodyFinder | None = None) -> Iterator[tuple[WarcInfo, Capture]]:
    """Yield the captures in a WARC file of any program (gzip, zstd or plain); see `reader.captures`.

    Locations have the absolute path. Raises StoreUnavailable if the file cannot be opened.
    """

    def read(offset: int, length: int) -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def read_body(location: Location) -> Capture:
        data = read(location.offset, location.length)
        dictionary = read_dictionary(read) if data.startswith(ZSTD_MAGIC) else b""
        return capture_at(data, location, None, dictionary)[0]

    with os_errors_as_unavailable("read", path), path.open("rb") as file:
        yield from captures(file, str(path.absolute()), find, read_body)
