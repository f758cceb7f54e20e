"""Extracted texts as conversion records, in WARC files of their own."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import socket
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.archive.importing import put_file
from pipelines.archive.locks import lock_existing
from pipelines.archive.manifest import Fixity
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import CONFORMS_TO, FORMAT, conversion_member, warcinfo_member
from pipelines.archive.writer import safe_name
from pipelines.model import Article, Capture, Version
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.storage.options import Options

TEXT_FOLDER = "text/"
"""Folder of these files in a store: not `warc/`, so that no replay takes them for captures."""


class Conversions:
    """Writes texts to `text/fangzhi-VERSION/fangzhi-text-VERSION-TIME-SERIAL-HOST-PID.warc.gz`, a record an article.

    Texts that were `put` outlive this process. Call `recover` first: it publishes what killed processes left.
    """

    def __init__(self, storage: Storage, version: Version, at: dt.datetime, options: Options | None = None) -> None:
        """Start a run; `at` is the date of all its records. A file is created with its first text."""
        self.keys: list[str] = []
        self.articles = 0
        self._storage, self._version, self._at = storage, version, at
        self._options = options or Options()
        self._file: BinaryIO | None = None
        self._path = Path()
        self._serial = 0

    def put(self, capture: Capture, articles: Iterable[Article]) -> None:
        """Write the texts of a capture's articles in their order."""
        for number, article in enumerate(articles, start=1):
            with os_errors_as_unavailable("write", self._path):
                file = self._open()
                id_seed = f"{self._path.name}@{file.tell()}"
                file.write(conversion_member(capture, article.text, number, self._at, id_seed))
            self.articles += 1
            if file.tell() >= self._options.roll_size:
                self._close(file)

    def recover(self) -> None:
        """Publish the files that killed processes left in the spool, truncated to their last whole record."""
        for path in sorted(self._storage.spool.glob(f"{TEXT_FOLDER}**/*{OPEN_SUFFIX}")):
            with lock_existing(path) as file:
                if file is None:
                    continue
                whole = max(
                    (sum(record.span) for record in records(RecordStream(file, strict=True)) if record.span), default=0
                )
                with os_errors_as_unavailable("recover", path):
                    os.truncate(path, whole)
                if whole:
                    self._put(path)
                else:
                    path.unlink()

    def close(self) -> None:
        """Put the last file into the store."""
        if self._file:
            self._close(self._file)

    def _open(self) -> BinaryIO:
        if self._file is None:
            key = self._key()
            self._path = spool_path(self._storage, key)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb", buffering=0)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._file.write(warcinfo_member(PurePosixPath(key).name, self._at, self._info()))
        return self._file

    def _close(self, file: BinaryIO) -> None:
        with os_errors_as_unavailable("write", self._path):
            os.fdatasync(file.fileno())
        self._put(self._path)
        file.close()
        self._file = None

    def _put(self, path: Path) -> None:
        key = path.relative_to(self._storage.spool).as_posix().removesuffix(OPEN_SUFFIX)
        with os_errors_as_unavailable("read", path), path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        put_file(self._storage, Fixity(key=key, size=size, digest=f"sha256:{digest}"), path)
        self.keys.append(key)

    def _key(self) -> str:
        version = safe_name(self._version.fangzhi)
        name = f"fangzhi-text-{version}-{self._at:%Y%m%d%H%M%S}-{self._serial:05d}-{safe_name(socket.gethostname())}"
        self._serial += 1
        return f"{TEXT_FOLDER}fangzhi-{version}/{name}-{os.getpid()}.warc.gz"

    def _info(self) -> dict[str, str]:
        return {
            "software": f"fangzhi/{self._version.fangzhi} trafilatura/{self._version.trafilatura}",
            "format": FORMAT,
            "conformsTo": CONFORMS_TO,
            "description": "text of the articles that this version extracted from archived pages, a record each",
        }
