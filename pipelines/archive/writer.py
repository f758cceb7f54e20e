"""A segment: the WARC that a site's captures are being written to."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import re
import socket
from collections.abc import Mapping
from itertools import count
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pipelines import __version__
from pipelines.archive.records import CONFORMS_TO, FORMAT, exchange, rendering, warcinfo
from pipelines.errors import StoreUnavailable
from pipelines.model import Capture, Digests, Location, Reference
from pipelines.storage import Storage, spooled
from pipelines.storage.local import make_folder, sync, unavailable
from pipelines.storage.options import Options

UNSAFE = re.compile(r"[^\w.-]+")


class Segment:
    """A WARC being written: held under a lock as long as its process lives, one write a capture."""

    def __init__(self, storage: Storage, key: str, handle: int, started_at: dt.datetime) -> None:
        self.key = key
        self.path = spooled(storage, key)
        self.started_at = started_at
        self.size = 0
        self._first = self._synced = 0
        self._handle = handle
        self._digest = hashlib.sha256()

    @classmethod
    def create(cls, storage: Storage, site: str, at: dt.datetime, fields: Mapping[str, str]) -> Segment:
        """Begin a segment for the captures of a site from a time on; its first record is the warcinfo."""
        key, handle = _begin(storage, site, at)
        segment = cls(storage, key, handle, at)
        try:
            segment._append(warcinfo(PurePosixPath(key).name, at, {**_info(site), **fields}))
        except StoreUnavailable:
            segment.path.unlink()
            os.close(handle)
            raise
        segment._first = segment.size
        return segment

    def put(self, capture: Capture, prints: Digests, original: Reference | None) -> Location:
        """Write a capture; on return it outlives this process. On StoreUnavailable the segment is as it was before."""
        rendered = capture.rendered is not None
        members = (rendering(capture, prints.payload),) if rendered else exchange(capture, prints.payload, original)
        offset = self.size
        self._append(b"".join(members))
        return Location(file=self.key, offset=offset, length=len(members[0]))

    def sync(self) -> None:
        """Wait until everything that was put is on the disk, where a power cut leaves it."""
        if self._synced < self.size:
            with unavailable("write", self.path):
                os.fdatasync(self._handle)
            self._synced = self.size

    @property
    def empty(self) -> bool:
        """Whether no capture has come into it."""
        return self.size == self._first

    def full(self, at: dt.datetime, options: Options) -> bool:
        """Tell whether it is long enough, or old enough at this time, to be closed."""
        return self.size >= options.roll_size or at - self.started_at >= options.roll_age

    def seal(self) -> str | None:
        """End the segment, durable, and return the digest of what was written to it; on an error it stays open.

        One into which no capture came is taken away, and None returned.
        """
        self.sync()
        if self.empty:
            with unavailable("remove", self.path):
                self.path.unlink()
        os.close(self._handle)
        return None if self.empty else f"sha256:{self._digest.hexdigest()}"

    def abandon(self) -> None:
        """Leave the segment in the spool without a lock."""
        os.close(self._handle)

    def _append(self, members: bytes) -> None:
        """Write members in one call, so that a kill leaves all or a torn tail; take back what a full disk cut short."""
        try:
            with unavailable("write", self.path):
                written = os.write(self._handle, members)
                while written < len(members):
                    written += os.write(self._handle, members[written:])
        except StoreUnavailable:
            os.ftruncate(self._handle, self.size)
            raise
        self.size += len(members)
        self._digest.update(members)


def segment_key(site: str, at: dt.datetime, serial: int, host: str) -> str:
    """Return the key of a site's segment that begins at a time; the serial tells segments of one second apart.

    >>> segment_key("jm-gov", dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC), 0, "crawl1")
    'warc/jm-gov/2026/03/fangzhi-jm-gov-20260304050607-00000-crawl1.warc.gz'
    """
    at = at.astimezone(dt.UTC)
    return f"warc/{site}/{at:%Y/%m}/fangzhi-{site}-{at:%Y%m%d%H%M%S}-{serial:05d}-{safe(host)}.warc.gz"


def site_folder(site: str | None, url: str) -> str:
    """Return the name that a site's files go under: its slug, else the host of the URL.

    >>> site_folder(None, "http://127.0.0.1:8001/a")
    '127.0.0.1-8001'
    """
    return safe(site or urlsplit(url).netloc.rpartition("@")[2].lower())


def safe(name: str) -> str:
    """Return a name that is one path component on any file system and in any bucket."""
    return UNSAFE.sub("-", name).lstrip(".") or "unknown"


def _info(site: str) -> dict[str, str]:
    return {
        "software": f"fangzhi/{__version__}",
        "format": FORMAT,
        "conformsTo": CONFORMS_TO,
        "robots": "obey",
        "isPartOf": site,
    }


def _begin(storage: Storage, site: str, at: dt.datetime) -> tuple[str, int]:
    """Create a file under a key of its own, and return the key and the open file.

    The serial counts from the hundred-thousandths of the second, so that the store, which may be away, need not be
    asked whether another run has used the key.
    """
    keys = (segment_key(site, at, serial, socket.gethostname()) for serial in count(at.microsecond // 10))
    free = (key for key in keys if not (storage.spool / key).exists())
    made = ((key, _create(spooled(storage, key))) for key in free)
    return next((key, handle) for key, handle in made if handle is not None)


def _create(path: Path) -> int | None:
    """Create a file under an exclusive lock, or return None if another has it.

    Whoever clears up after crashes may take the lock, and remove the file as empty, before we have it: then again.
    """
    with unavailable("write", path):
        make_folder(path.parent)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            sync(path.parent)
            return handle
        os.close(handle)
        return _create(path)
