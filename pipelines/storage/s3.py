"""Shell. Files in a bucket of Amazon S3 or any server that speaks it."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)

from pipelines.errors import ConfigError, StoreCorrupt, StoreError, StoreUnavailable
from pipelines.storage.local import LocalStorage, missing, unavailable

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

SETTINGS = "set AWS_ENDPOINT_URL_S3, AWS_REGION and AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
ABSENT = {"404", "NoSuchKey", "NotFound"}
TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
UNCONDITIONAL = {"501", "NotImplemented"}
REFUSED = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


class S3Storage:
    """A bucket, or what lies under a prefix of it; files are written in a local spool and put when they are finished.

    Credentials, region and endpoint come from the usual AWS settings. `FANGZHI_SPOOL` names the folder of spools.
    """

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        with self._translated():
            self._client = _client()
        self._endpoint = self._client.meta.endpoint_url

    @property
    def spool(self) -> Path:
        """A folder of this archive's own, so that two archives never publish each other's files."""
        name = quote(f"{self.bucket}/{self.prefix}".rstrip("/"), safe="")
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        return Path(os.environ.get("FANGZHI_SPOOL") or data / "fangzhi" / "spool") / name

    def put(self, key: str, path: Path) -> None:
        """Upload a finished file unless the bucket has it, compare size and digest, then let the local file go."""
        size = path.stat().st_size
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if self._head(key) is None:
            self._upload(key, path, digest)
        found = self._head(key)
        if found != (size, digest):
            raise StoreCorrupt(
                f"{self._name(key)} is not the file that was to be kept there: {size} bytes with SHA-256 {digest} "
                f"were expected, {found} found; {path} was left where it is",
                hint="compare the two and move one of them away",
            )
        path.unlink()

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a range of a file by one ranged GET; less than `length` where the file ends before."""
        if length == 0:
            return b""
        last = "" if length is None else str(offset + length - 1)
        try:
            with self._translated(key):
                answer = self._client.get_object(
                    Bucket=self.bucket, Key=self.prefix + key, Range=f"bytes={offset}-{last}"
                )
                return answer["Body"].read()
        except _PastEnd:
            return b""

    def open(self, key: str) -> BinaryIO:
        """Return a file as a stream from its start."""
        with self._translated(key):
            body = self._client.get_object(Bucket=self.bucket, Key=self.prefix + key)["Body"]
        return cast("BinaryIO", io.BufferedReader(_Body(self, key, body), buffer_size=1 << 18))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of files that begin with `prefix`, sorted by code point, which not every server does."""
        with self._translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix + prefix
            )
            found = [item["Key"] for page in pages for item in page.get("Contents", ())]
        yield from sorted(key.removeprefix(self.prefix) for key in found)

    def size(self, key: str) -> int:
        """Return a file's size in bytes."""
        found = self._head(key)
        if found is None:
            raise missing(key, f"s3://{self.bucket}/{self.prefix}")
        return found[0]

    def remove(self, key: str) -> None:
        """Delete an object, if it is there."""
        with self._translated(key):
            self._client.delete_object(Bucket=self.bucket, Key=self.prefix + key)

    def check(self) -> None:
        """Raise StoreUnavailable if the bucket cannot be reached or the spool cannot be written to."""
        with self._translated():
            self._client.head_bucket(Bucket=self.bucket)
        with unavailable("make", self.spool):
            self.spool.mkdir(parents=True, exist_ok=True)
        LocalStorage(self.spool).check()

    def _head(self, key: str) -> tuple[int, str] | None:
        """Return the size and the SHA-256 noted at the upload of an object, or None if there is none."""
        try:
            with self._translated(key):
                found = self._client.head_object(Bucket=self.bucket, Key=self.prefix + key)
        except StoreCorrupt:
            return None
        return found["ContentLength"], found["Metadata"].get("sha256", "")

    def _upload(self, key: str, path: Path, digest: str) -> None:
        """PUT a file on the condition that nothing is there, which servers that cannot tell (501) are not asked."""
        with self._translated(key), path.open("rb") as file:
            try:
                self._client.put_object(
                    Bucket=self.bucket,
                    Key=self.prefix + key,
                    Body=file,
                    Metadata={"sha256": digest},
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if _code(error) in UNCONDITIONAL:
                    file.seek(0)
                    self._client.put_object(
                        Bucket=self.bucket, Key=self.prefix + key, Body=file, Metadata={"sha256": digest}
                    )
                elif _code(error) not in TAKEN:
                    raise

    @contextmanager
    def _translated(self, key: str | None = None) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._refusal(error, key) from error
        except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as error:
            raise ConfigError(f"no right to use s3://{self.bucket}: {error}", hint=SETTINGS) from error
        except BotoCoreError as error:
            raise StoreUnavailable(
                f"s3://{self.bucket} cannot be reached: {error}",
                hint="see that the endpoint in AWS_ENDPOINT_URL_S3 is right and up, then start again",
            ) from error

    def _refusal(self, error: ClientError, key: str | None) -> StoreError:
        code = _code(error)
        where = f"s3://{self.bucket} at {self._endpoint}"
        if code == "InvalidRange":
            return _PastEnd(f"{self._name(key or '')} ends before the range that was asked for")
        if code == "NoSuchBucket" or (key is None and code in ABSENT):
            return StoreUnavailable(
                f"there is no bucket {self.bucket} at {self._endpoint}", hint="make the bucket or correct --archive"
            )
        if code in ABSENT:
            return missing(key or "", f"s3://{self.bucket}/{self.prefix}")
        if code in REFUSED:
            return StoreUnavailable(f"{where} refuses these credentials ({code})", hint=SETTINGS)
        return StoreUnavailable(f"{where} answered {code}: {error}", hint="try again later")

    def _name(self, key: str) -> str:
        return f"s3://{self.bucket}/{self.prefix}{key}"


class _PastEnd(StoreCorrupt):
    """A range begins behind the end of an object."""


class _Body(io.RawIOBase):
    """An object's bytes as they arrive, with the vendor's errors translated where they arise."""

    def __init__(self, store: S3Storage, key: str, body: StreamingBody) -> None:
        self._store, self._key, self._body = store, key, body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._store._translated(self._key):
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()


def _client() -> S3Client:
    """Return a client that gives up on a dead endpoint within half a minute.

    Checksums only where S3 requires them: boto3's default CRC trailers break radosgw over TLS. An endpoint whose name
    has no dot (`minio`, `localhost`) has no subdomains, so the bucket goes into the path.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 4},
        connect_timeout=5,
        read_timeout=60,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    session = boto3.session.Session()
    client: S3Client = session.client("s3", config=config)
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    if "." in host or ":" in host:
        return client
    return session.client("s3", config=config.merge(Config(s3={"addressing_style": "path"})))


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown error"))
