"""The WARC file to which the captures of a site are written."""

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

from pipelines import __version__
from pipelines.archive.records import CONFORMS_TO, FORMAT, exchange_members, rendering_member, warcinfo_member
from pipelines.errors import StoreUnavailable
from pipelines.model import Capture, Digests, Location, Reference
from pipelines.storage import Storage, spool_path
from pipelines.storage.local import fsync, make_folder, os_errors_as_unavailable
from pipelines.storage.options import Options
from pipelines.text.urls import split_url

UNSAFE_CHARS = re.compile(r"[^\w.-]+")


class OpenWarcFile:
    """A WARC file that is being written: locked while its process lives, one system call for each capture."""

    def __init__(self, storage: Storage, key: str, handle: int, started_at: dt.datetime) -> None:
        self.key = key
        self.path = spool_path(storage, key)
        self.started_at = started_at
        self.size = 0
        self._first_capture = self._synced = 0
        self._handle = handle
        self._digest = hashlib.sha256()

    @classmethod
    def create(cls, storage: Storage, site: str, at: dt.datetime, fields: Mapping[str, str]) -> OpenWarcFile:
        """Create a file for the captures of a site from a time on, with its warcinfo record."""
        key, handle = _new_file(storage, site, at)
        file = cls(storage, key, handle, at)
        try:
            file._append(warcinfo_member(PurePosixPath(key).name, at, {**_warcinfo_fields(site), **fields}))
        except StoreUnavailable:
            file.path.unlink()
            os.close(handle)
            raise
        file._first_capture = file.size
        return file

    def put(self, capture: Capture, digests: Digests, original: Reference | None) -> Location:
        """Write a capture; on return it outlives this process. After StoreUnavailable the file is as it was before."""
        if capture.rendered is not None:
            members: tuple[bytes, ...] = (rendering_member(capture, digests.payload),)
        else:
            members = exchange_members(capture, digests.payload, original)
        offset = self.size
        self._append(b"".join(members))
        return Location(file=self.key, offset=offset, length=len(members[0]))

    def sync(self) -> None:
        """Wait until all captures are on the disk, where they outlive a power cut."""
        if self._synced < self.size:
            with os_errors_as_unavailable("write", self.path):
                os.fdatasync(self._handle)
            self._synced = self.size

    @property
    def empty(self) -> bool:
        """Whether it has no capture yet."""
        return self.size == self._first_capture

    def full(self, at: dt.datetime, options: Options) -> bool:
        """Tell whether it is large enough, or old enough at this time, to be closed."""
        return self.size >= options.roll_size or at - self.started_at >= options.roll_age

    def close(self) -> str | None:
        """Sync and close the file, and return the digest of what was written; after an error it stays open.

        A file without captures is removed, and None returned.
        """
        self.sync()
        if self.empty:
            with os_errors_as_unavailable("remove", self.path):
                self.path.unlink()
        os.close(self._handle)
        return None if self.empty else f"sha256:{self._digest.hexdigest()}"

    def abandon(self) -> None:
        """Leave the file in the spool and release its lock."""
        os.close(self._handle)

    def _append(self, members: bytes) -> None:
        """Write members in one call, so that a kill leaves all or an incomplete end; undo the write on a full disk."""
        try:
            with os_errors_as_unavailable("write", self.path):
                written = os.write(self._handle, members)
                while written < len(members):
                    written += os.write(self._handle, members[written:])
        except StoreUnavailable:
            os.ftruncate(self._handle, self.size)
            raise
        self.size += len(members)
        self._digest.update(members)


def warc_key(site: str, at: dt.datetime, serial: int, host: str) -> str:
    """Return the key of a site's WARC file that begins at a time; the serial number separates files of one second.

    >>> warc_key("jm-gov", dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC), 0, "crawl1")
    'warc/jm-gov/2026/03/fangzhi-jm-gov-20260304050607-00000-crawl1.warc.gz'
    """
    at = at.astimezone(dt.UTC)
    return f"warc/{site}/{at:%Y/%m}/fangzhi-{site}-{at:%Y%m%d%H%M%S}-{serial:05d}-{safe_name(host)}.warc.gz"


def site_folder(site: str | None, url: str) -> str:
    """Return the folder name for a site's files: its slug, or else the host of the URL.

    >>> site_folder(None, "http://127.0.0.1:8001/a")
    '127.0.0.1-8001'
    """
    return safe_name(site or split_url(url).netloc.rpartition("@")[2].lower())


def safe_name(name: str) -> str:
    """Return a name that is one path component on any file system and in any bucket."""
    return UNSAFE_CHARS.sub("-", name).lstrip(".") or "unknown"


def _warcinfo_fields(site: str) -> dict[str, str]:
    return {
        "software": f"fangzhi/{__version__}",
        "format": FORMAT,
        "conformsTo": CONFORMS_TO,
        "robots": "obey",
        "isPartOf": site,
    }


def _new_file(storage: Storage, site: str, at: dt.datetime) -> tuple[str, int]:
    """Create a file under a new key, and return the key and the open file.

    The serial number starts at the hundred-thousandths of the second, so that another run hardly uses the same key: a
    remote store, which can be unavailable, is not accessed.
    """
    keys = (warc_key(site, at, serial, socket.gethostname()) for serial in count(at.microsecond // 10))
    free = (key for key in keys if not (storage.spool / key).exists())
    created = ((key, _create(spool_path(storage, key))) for key in free)
    return next((key, handle) for key, handle in created if handle is not None)


def _create(path: Path) -> int | None:
    """Create and lock a file, or return None if it exists.

    A process that recovers files after a crash can lock the new file before this one does, and remove it as empty; then
    the file is created again.
    """
    with os_errors_as_unavailable("write", path):
        make_folder(path.parent)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            fsync(path.parent)
            return handle
        os.close(handle)
        return _create(path)
