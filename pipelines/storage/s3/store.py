"""A bucket as a store: an uploaded file is read back and compared before the local file is deleted."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from pipelines.errors import StoreAway, StoreCorrupt, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.storage import StoredObject
from pipelines.storage.local import LocalStorage, missing_key, os_errors_as_unavailable
from pipelines.storage.options import Options
from pipelines.storage.s3.bucket import Bucket, RangeAfterEnd, open_bucket
from pipelines.storage.s3.upload import lock, upload

if TYPE_CHECKING:
    from botocore.response import StreamingBody

logger = logging.getLogger(__name__)


_MD5 = re.compile(r'"?(?P<md5>[0-9a-f]{32})"?')
"""The ETag of an object that was uploaded as one piece; that of parts ends in a hyphen and their number."""


class S3Storage:
    """A bucket, or a prefix of it; files are written in a local spool, and uploaded when they are finished.

    Credentials, region and endpoint come from the usual AWS settings.
    """

    separate_spool = True

    def __init__(self, bucket: str, prefix: str, options: Options | None = None) -> None:
        self._options = options or Options()
        self._bucket = open_bucket(bucket, f"{prefix}/" if prefix else "", self._options.s3)

    @property
    def spool(self) -> Path:
        """A folder for this archive alone, so that two archives never publish each other's files."""
        name = quote(self._bucket.address.removeprefix("s3://").rstrip("/"), safe="")
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        named = self._options.spool or os.environ.get("FANGZHI_SPOOL")
        return Path(named or data / "fangzhi" / "spool") / name

    def put(self, key: str, path: Path) -> None:
        """Upload a finished file unless the bucket has it, read it back, compare, and delete the local file."""
        with os_errors_as_unavailable("read", path), path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            expected = (os.fstat(file.fileno()).st_size, digest)
        if self._head(key) is None:
            upload(self._bucket, key, path, digest)
        stated = self._head(key)
        if stated is None:
            raise StoreUnavailable(
                _("{name} was uploaded, but does not exist", name=self._name(key)), hint=_("try again later")
            )
        actual = (stated[0], self._digest(key)) if stated == expected else stated
        if actual != expected:
            raise StoreCorrupt(
                _(
                    "{name} is not the file that was uploaded: {size} bytes with SHA-256 "
                    "{digest} were expected, {found} bytes with {found_digest} found; {path} was not "
                    "deleted",
                    name=self._name(key),
                    size=expected[0],
                    digest=expected[1],
                    found=actual[0],
                    found_digest=actual[1] or "none",
                    path=path,
                ),
                hint=_("compare the two and move one of them away"),
            )
        lock(self._bucket, key)
        path.unlink(missing_ok=True)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a range of a file by one range request; less than `length` bytes if the file ends before."""
        if length == 0:
            return b""
        last = "" if length is None else str(offset + length - 1)
        try:
            with self._bucket.translated_errors(key):
                request = {**self._bucket.object(key), "Range": f"bytes={offset}-{last}"}
                return self._bucket.client.get_object(**request)["Body"].read()
        except RangeAfterEnd:
            return b""

    def open(self, key: str) -> BinaryIO:
        """Return a file as a stream from its start."""
        with self._bucket.translated_errors(key):
            body = self._bucket.client.get_object(**self._bucket.object(key))["Body"]
        return cast("BinaryIO", io.BufferedReader(_ObjectBody(self._bucket, key, body), buffer_size=1 << 18))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of files that begin with `prefix`, sorted by code point."""
        return (each.key for each in self.objects(prefix))

    def objects(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield files as `keys` does, with size and MD5 from the listing; not every server sorts it."""
        with self._bucket.translated_errors():
            pages = self._bucket.client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket.name, Prefix=self._bucket.prefix + prefix
            )
            found = [item for page in pages for item in page.get("Contents", ())]
        for item in sorted(found, key=itemgetter("Key")):
            etag = _MD5.fullmatch(item.get("ETag", ""))
            key = item["Key"].removeprefix(self._bucket.prefix)
            yield StoredObject(key=key, size=item["Size"], md5=etag["md5"] if etag else None)

    def size(self, key: str) -> int:
        """Return a file's size in bytes."""
        head = self._head(key)
        if head is None:
            raise missing_key(key, self._bucket.address)
        return head[0]

    def remove(self, key: str) -> None:
        """Delete an object, if it exists."""
        with self._bucket.translated_errors(key):
            self._bucket.client.delete_object(**self._bucket.object(key))

    def check(self) -> None:
        """Raise StoreUnavailable if the bucket cannot be used or the spool is not writable.

        If the server is unreachable and the spool exists, the archive was in use before, and files can wait in the
        spool: no error. Without a spool the address can be wrong: an error.
        """
        try:
            with self._bucket.translated_errors():
                self._bucket.client.head_bucket(Bucket=self._bucket.name)
        except StoreAway as error:
            if not self.spool.exists():
                raise
            logger.warning("%s; archived files wait in the spool %s meanwhile", error, self.spool)
        with os_errors_as_unavailable("create", self.spool):
            self.spool.mkdir(parents=True, exist_ok=True)
        LocalStorage(self.spool).check()

    def _head(self, key: str) -> tuple[int, str] | None:
        """Return size and SHA-256 of an object by its metadata, or None if it does not exist."""
        try:
            with self._bucket.translated_errors(key):
                head = self._bucket.client.head_object(**self._bucket.object(key))
        except StoreCorrupt:
            return None
        return head["ContentLength"], head["Metadata"].get("sha256", "")

    def _digest(self, key: str) -> str:
        """Return the SHA-256 of an object by reading it."""
        digest = hashlib.sha256()
        with self.open(key) as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()

    def _name(self, key: str) -> str:
        return f"{self._bucket.address}{key}"


class _ObjectBody(io.RawIOBase):
    """The content of an object as a stream."""

    def __init__(self, bucket: Bucket, key: str, body: StreamingBody) -> None:
        self._bucket, self._key, self._body = bucket, key, body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._bucket.translated_errors(self._key):
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()
