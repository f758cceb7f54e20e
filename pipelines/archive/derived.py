"""WARC files of records that are made from captures, outside the folder of the captures: texts, renditions."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.archive.importing import put_file
from pipelines.archive.index import put_index
from pipelines.archive.locks import lock_existing
from pipelines.archive.manifest import Fixity
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import warcinfo_member
from pipelines.archive.writer import safe_name
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.storage.options import Options


class DerivedFiles:
    """Writes records to `PREFIX-TIME-SERIAL-HOST-PID.warc.gz`, where the prefix begins with a folder.

    Records that were `put` outlive this process. Call `recover` first: it publishes what killed processes left.
    """

    def __init__(
        self,
        storage: Storage,
        prefix: str,
        info: Mapping[str, str],
        at: dt.datetime,
        options: Options | None = None,
        *,
        indexed: bool = False,
    ) -> None:
        """Start a run at a time; a file with these warcinfo fields is created with its first record.

        If the files are `indexed`, an index of each is put before it.
        """
        self.keys: list[str] = []
        self._storage, self._prefix, self._info, self._at = storage, prefix, info, at
        self._options = options or Options()
        self._indexed = indexed
        self._file: BinaryIO | None = None
        self._path = Path()
        self._serial = 0

    def put(self, make: Callable[[str], bytes]) -> None:
        """Write the record that `make` returns for a text which is unique to the record, as the seed of its id."""
        with os_errors_as_unavailable("write", self._path):
            file = self._open()
            file.write(make(f"{self._path.name}@{file.tell()}"))

    def roll(self) -> None:
        """Publish the file if it is large enough."""
        if self._file and self._file.tell() >= self._options.roll_size:
            self._close(self._file)

    def recover(self) -> None:
        """Publish the files that killed processes left in the spool, truncated to their last whole record."""
        folder = self._prefix.partition("/")[0]
        for path in sorted(self._storage.spool.glob(f"{folder}/**/*{OPEN_SUFFIX}")):
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
            self._file.write(warcinfo_member(PurePosixPath(key).name, self._at, self._info))
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
        index = put_index(self._storage, key, path) if self._indexed else ()
        put_file(self._storage, Fixity(key=key, size=size, digest=f"sha256:{digest}"), path, index)
        self.keys.append(key)

    def _key(self) -> str:
        name = f"{self._prefix}-{self._at:%Y%m%d%H%M%S}-{self._serial:05d}-{safe_name(socket.gethostname())}"
        self._serial += 1
        return f"{name}-{os.getpid()}.warc.gz"
