"""Shell. A segment: the WARC that a site's captures are being written to."""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import re
import socket
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pipelines.archive.index import put_index
from pipelines.archive.records import CONFORMS_TO, FORMAT, exchange, warcinfo
from pipelines.errors import StoreUnavailable
from pipelines.model import Capture, Location, Prints, Reference
from pipelines.storage import OPEN_SUFFIX, Storage
from pipelines.storage.local import unavailable

log = logging.getLogger(__name__)

ROLL_SIZE = 1_000_000_000
"""Bytes: what web archives roll at, one PUT to S3 (5 GB at most) and one unit of copying and checking."""

ROLL_AGE = dt.timedelta(hours=1)
"""So that after an hour at most a capture is where other machines and other tools find it."""

UNSAFE = re.compile(r"[^\w.-]+")


class Segment:
    """A WARC being written: held under a lock as long as its process lives, one write a capture."""

    def __init__(self, storage: Storage, key: str, handle: int, started_at: dt.datetime) -> None:
        self.key = key
        self.path = spooled(storage, key)
        self.started_at = started_at
        self.size = 0
        self._first = 0
        self._storage = storage
        self._handle = handle

    @classmethod
    def create(cls, storage: Storage, site: str, at: dt.datetime, fields: Mapping[str, str]) -> Segment:
        """Begin a segment for the captures of a site from a time on; its first record is the warcinfo."""
        serial = 0
        while True:
            key = segment_key(site, at, serial, socket.gethostname())
            handle = None if _taken(storage, key) else _create(spooled(storage, key))
            if handle is not None:
                break
            serial += 1
        segment = cls(storage, key, handle, at)
        try:
            segment._append(warcinfo(PurePosixPath(key).name, at, {**_info(site), **fields}))
        except StoreUnavailable:
            segment.path.unlink()
            os.close(handle)
            raise
        segment._first = segment.size
        return segment

    def put(self, capture: Capture, prints: Prints, original: Reference | None) -> Location:
        """Write a capture; on return it outlives this process. On StoreUnavailable the segment is as it was before."""
        answer, question = exchange(capture, prints.payload, original)
        offset = self.size
        self._append(answer + question)
        return Location(file=self.key, offset=offset, length=len(answer))

    def full(self, at: dt.datetime) -> bool:
        """Tell whether a capture made at this time belongs into the next segment."""
        return self.size >= ROLL_SIZE or at - self.started_at >= ROLL_AGE

    def close(self) -> None:
        """Make the segment durable and publish it, unless no capture came into it; on an error it stays open."""
        with unavailable("write", self.path):
            os.fdatasync(self._handle)
            if self.size == self._first:
                self.path.unlink()
            else:
                put_index(self._storage, self.key, self.path)
                self._storage.put(self.key, self.path)
        os.close(self._handle)

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


def segment_key(site: str, at: dt.datetime, serial: int, host: str) -> str:
    """Return the key of a site's segment that begins at a time.

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


def spooled(storage: Storage, key: str) -> Path:
    """Return where a file lies while it is being written."""
    return storage.spool / (key + OPEN_SUFFIX)


def _info(site: str) -> dict[str, str]:
    return {
        "software": f"fangzhi/{version('fangzhi')}",
        "format": FORMAT,
        "conformsTo": CONFORMS_TO,
        "robots": "obey",
        "isPartOf": site,
    }


def _taken(storage: Storage, key: str) -> bool:
    """Tell whether a finished file has this key; a store that cannot be asked now is asked again by `put`."""
    try:
        return key in storage.keys(key)
    except StoreUnavailable as error:
        log.warning("%s", error)
        return False


def _create(path: Path) -> int | None:
    """Create a file under an exclusive lock, or return None if another has it.

    Whoever clears up after crashes may take the lock, and remove the file as empty, before we have it: then again.
    """
    with unavailable("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)
        return _create(path)
