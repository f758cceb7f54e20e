"""A bucket as a store: what was put is read back before the local file goes."""

from __future__ import annotations

import hashlib
import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from pipelines.errors import StoreAway, StoreCorrupt, StoreUnavailable
from pipelines.storage.local import LocalStorage, missing, unavailable
from pipelines.storage.options import Options
from pipelines.storage.s3.bucket import Bucket, PastEnd, open_bucket
from pipelines.storage.s3.upload import lock, upload

if TYPE_CHECKING:
    from botocore.response import StreamingBody

log = logging.getLogger(__name__)


class S3Storage:
    """A bucket, or what lies under a prefix of it; files are written in a local spool and put when they are finished.

    Credentials, region and endpoint come from the usual AWS settings.
    """

    apart = True

    def __init__(self, bucket: str, prefix: str, options: Options | None = None) -> None:
        self._options = options or Options()
        self._bucket = open_bucket(bucket, f"{prefix}/" if prefix else "", self._options.s3)

    @property
    def spool(self) -> Path:
        """A folder of this archive's own, so that two archives never publish each other's files."""
        name = quote(self._bucket.address.removeprefix("s3://").rstrip("/"), safe="")
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        named = self._options.spool or os.environ.get("FANGZHI_SPOOL")
        return Path(named or data / "fangzhi" / "spool") / name

    def put(self, key: str, path: Path) -> None:
        """Upload a finished file unless the bucket has it, read it back and compare, then let the local file go."""
        with unavailable("read", path), path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            wanted = (os.fstat(file.fileno()).st_size, digest)
        if self._head(key) is None:
            upload(self._bucket, key, path, digest)
        noted = self._head(key)
        if noted is None:
            raise StoreUnavailable(f"{self._name(key)} was sent and is not there", hint="try again later")
        found = (noted[0], self._digest(key)) if noted == wanted else noted
        if found != wanted:
            raise StoreCorrupt(
                f"{self._name(key)} is not the file that was to be kept there: {wanted[0]} bytes with SHA-256 "
                f"{wanted[1]} were expected, {found[0]} with {found[1] or 'none'} found; {path} was left where it is",
                hint="compare the two and move one of them away",
            )
        lock(self._bucket, key)
        path.unlink(missing_ok=True)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a range of a file by one ranged GET; less than `length` where the file ends before."""
        if length == 0:
            return b""
        last = "" if length is None else str(offset + length - 1)
        try:
            with self._bucket.translated(key):
                told = {**self._bucket.object(key), "Range": f"bytes={offset}-{last}"}
                return self._bucket.client.get_object(**told)["Body"].read()
        except PastEnd:
            return b""

    def open(self, key: str) -> BinaryIO:
        """Return a file as a stream from its start."""
        with self._bucket.translated(key):
            body = self._bucket.client.get_object(**self._bucket.object(key))["Body"]
        return cast("BinaryIO", io.BufferedReader(_Body(self._bucket, key, body), buffer_size=1 << 18))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of files that begin with `prefix`, sorted by code point, which not every server does."""
        with self._bucket.translated():
            pages = self._bucket.client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket.name, Prefix=self._bucket.prefix + prefix
            )
            found = [item["Key"] for page in pages for item in page.get("Contents", ())]
        yield from sorted(key.removeprefix(self._bucket.prefix) for key in found)

    def size(self, key: str) -> int:
        """Return a file's size in bytes."""
        found = self._head(key)
        if found is None:
            raise missing(key, self._bucket.address)
        return found[0]

    def remove(self, key: str) -> None:
        """Delete an object, if it is there."""
        with self._bucket.translated(key):
            self._bucket.client.delete_object(**self._bucket.object(key))

    def check(self) -> None:
        """Raise StoreUnavailable if the bucket cannot be used or the spool cannot be written to.

        A server that is away is no reason where the archive was in use before: what is put waits in the spool. Before
        its first use it is: then the address may be wrong.
        """
        try:
            with self._bucket.translated():
                self._bucket.client.head_bucket(Bucket=self._bucket.name)
        except StoreAway as error:
            if not self.spool.exists():
                raise
            log.warning("%s; what is archived waits in the spool %s meanwhile", error, self.spool)
        with unavailable("make", self.spool):
            self.spool.mkdir(parents=True, exist_ok=True)
        LocalStorage(self.spool).check()

    def _head(self, key: str) -> tuple[int, str] | None:
        """Return the size and the SHA-256 noted at the upload of an object, or None if there is none."""
        try:
            with self._bucket.translated(key):
                found = self._bucket.client.head_object(**self._bucket.object(key))
        except StoreCorrupt:
            return None
        return found["ContentLength"], found["Metadata"].get("sha256", "")

    def _digest(self, key: str) -> str:
        """Return the SHA-256 of what an object holds, by reading it."""
        digest = hashlib.sha256()
        with self.open(key) as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()

    def _name(self, key: str) -> str:
        return f"{self._bucket.address}{key}"


class _Body(io.RawIOBase):
    """An object's bytes as they arrive."""

    def __init__(self, bucket: Bucket, key: str, body: StreamingBody) -> None:
        self._bucket, self._key, self._body = bucket, key, body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._bucket.translated(self._key):
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()
