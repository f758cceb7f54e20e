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
from pipelines.archive.records import (
    CONFORMS_TO,
    FORMAT,
    SITE_FIELD,
    exchange_members,
    rendering_member,
    warcinfo_id,
    warcinfo_member,
)
from pipelines.archive.written import WrittenBytes, WrittenFile
from pipelines.errors import StoreUnavailable
from pipelines.model import NO_SITES, Capture, Digests, Location, Reference
from pipelines.storage import Storage, spool_path
from pipelines.storage.local import fsync, make_folder, os_errors_as_unavailable
from pipelines.text.urls import split_url

UNSAFE_CHARS = re.compile(r"[^\w.-]+")
FILE_START = re.compile(r"-(\d{14})-\d{5}-[^/]+\.warc\.gz$")

SiteFields = tuple[str, Mapping[str, str]]
"""The name of a site, as in the keys of its files, and its warcinfo fields."""


class OpenWarcFile:
    """A WARC file that is being written: locked while its process lives, one system call for each capture."""

    def __init__(
        self, storage: Storage, key: str, handle: int, started_at: dt.datetime, parts: tuple[WrittenBytes, ...] = ()
    ) -> None:
        self.key = key
        self.path = spool_path(storage, key)
        self.started_at = started_at
        self.size = self._own_start = self._synced = sum(part.size for part in parts)
        self._first_capture = 0
        self._handle = handle
        self._parts = parts
        self._digest = hashlib.sha256()
        self._infos: dict[str, str] = {}

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

    @classmethod
    def resume(cls, storage: Storage, written: WrittenFile, handle: int, at: dt.datetime) -> OpenWarcFile:
        """Continue a file that an earlier process has written to; `handle` is open for appending and holds its lock."""
        return cls(storage, written.key, handle, file_start(written.key) or at, written.parts)

    def put(
        self, capture: Capture, digests: Digests, original: Reference | None, about: SiteFields | None = None
    ) -> Location:
        """Write a capture; on return it outlives this process. After StoreUnavailable the file is as it was before.

        With `about`, the name of its site and the warcinfo fields of this site, the capture refers to a warcinfo record
        with these, which precedes the first capture of the site that this process writes.
        """
        name = PurePosixPath(self.key).name
        info, record = self._infos.get(about[0]) if about else None, b""
        if about and info is None:
            info = warcinfo_id(name, self.size)
            record = warcinfo_member(name, capture.fetched_at, {**_warcinfo_fields(about[0]), **about[1]}, info)
        if capture.rendered is not None:
            members: tuple[bytes, ...] = (rendering_member(capture, digests.payload, info),)
        else:
            members = exchange_members(capture, digests.payload, original, info)
        offset = self.size + len(record)
        self._append(record + b"".join(members))
        if about and info:
            self._infos[about[0]] = info
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

    def full(self, at: dt.datetime, roll_size: int, age: dt.timedelta) -> bool:
        """Tell whether it is large enough, or old enough at this time, to be closed."""
        return self.size >= roll_size or at - self.started_at >= age

    def written(self) -> WrittenFile:
        """Return what was written to the file so far, by this process and by earlier ones."""
        own = WrittenBytes(size=self.size - self._own_start, sha256=self._digest.hexdigest())
        return WrittenFile(key=self.key, parts=(*self._parts, *([own] if own.size else [])))

    def close(self) -> WrittenFile | None:
        """Sync and close the file, and return what was written to it; after an error it stays open.

        A file without captures is removed, and None returned.
        """
        self.sync()
        if self.empty:
            with os_errors_as_unavailable("remove", self.path):
                self.path.unlink()
        os.close(self._handle)
        return None if self.empty else self.written()

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


def file_start(key: str) -> dt.datetime | None:
    """Return the time at which a WARC file was begun, by its key; None if the key has another form.

    >>> file_start(warc_key("jm-gov", dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC), 0, "crawl1"))
    datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.timezone.utc)
    """
    found = FILE_START.search(key)
    try:
        return dt.datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC) if found else None
    except ValueError:
        return None


def start_order(key: str) -> tuple[str, str]:
    """Return by what files are sorted in the order in which they were begun; those with other keys come first.

    >>> sorted(["warc/b/2026/03/fangzhi-b-20260304050607-00000-a.warc.gz", "warc/a/2026/04/a.warc.gz"], key=start_order)
    ['warc/a/2026/04/a.warc.gz', 'warc/b/2026/03/fangzhi-b-20260304050607-00000-a.warc.gz']
    """
    found = FILE_START.search(key)
    return (found[1] if found else "", key)


def site_folder(site: str | None, url: str) -> str:
    """Return the folder name for a site's files: its slug, or else the host of the URL.

    >>> site_folder(None, "http://127.0.0.1:8001/a"), site_folder(None, "http://shared/a")
    ('127.0.0.1-8001', 'shared-site')
    """
    name = safe_name(site or split_url(url).netloc.rpartition("@")[2].lower())
    return f"{name}-site" if name in NO_SITES else name


def safe_name(name: str) -> str:
    """Return a name that is one path component on any file system and in any bucket."""
    return UNSAFE_CHARS.sub("-", name).lstrip(".") or "unknown"


def _warcinfo_fields(site: str) -> dict[str, str]:
    return {
        "software": f"fangzhi/{__version__}",
        "format": FORMAT,
        "conformsTo": CONFORMS_TO,
        "robots": "obey",
        SITE_FIELD: site,
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
