"""A bucket as boto3 speaks to it, with the vendor's errors translated where they arise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from attrs import frozen
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)

from pipelines.errors import ConfigError, StoreAway, StoreCorrupt, StoreError, StoreUnavailable
from pipelines.storage.local import missing
from pipelines.storage.options import S3Options

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SETTINGS = "set AWS_ENDPOINT_URL_S3, AWS_REGION and AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
ABSENT = {"404", "NoSuchKey", "NotFound"}
REFUSED = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}

ATTEMPTS = 4
"""Of one request, with pauses of up to 1, 2 and 4 s drawn at random between them; the spool waits longer than that."""

CONNECT_S, READ_S = 5, 60
"""How long a server may say nothing: a loaded one answers within seconds, a dead one never."""


class PastEnd(StoreCorrupt):
    """A range begins behind the end of an object."""


@frozen
class Bucket:
    """A bucket, and the prefix under which its keys lie."""

    name: str
    prefix: str
    client: S3Client
    options: S3Options

    @property
    def address(self) -> str:
        """The bucket and prefix as people write them."""
        return f"s3://{self.name}/{self.prefix}"

    def object(self, key: str) -> dict[str, Any]:
        """Return the parameters that name an object."""
        return {"Bucket": self.name, "Key": self.prefix + key}

    def kept(self, digest: str) -> dict[str, Any]:
        """Return the parameters with which every object is made: its digest, and what the options ask for."""
        kept: dict[str, Any] = {"Metadata": {"sha256": digest}}
        if self.options.storage_class:
            kept["StorageClass"] = self.options.storage_class
        if self.options.lock:
            kept |= {"ObjectLockMode": self.options.lock, "ObjectLockRetainUntilDate": self.locked_until()}
        return kept

    def locked_until(self) -> dt.datetime:
        """Return until when an object that is made now is to be locked."""
        return dt.datetime.now(dt.UTC) + dt.timedelta(days=self.options.lock_days)

    @contextmanager
    def translated(self, key: str | None = None) -> Iterator[None]:
        """Translate what boto3 raises within into our errors."""
        try:
            yield
        except ClientError as error:
            raise self._refusal(error, key) from error
        except BotoCoreError as error:
            raise unreached(self.name, error) from error

    def _refusal(self, error: ClientError, key: str | None) -> StoreError:
        where, said = f"s3://{self.name} at {self.client.meta.endpoint_url}", code(error)
        if said == "InvalidRange":
            return PastEnd(f"{self.address}{key} ends before the range that was asked for")
        if said == "NoSuchBucket" or (key is None and said in ABSENT):
            return StoreUnavailable(
                f"there is no bucket {self.name} at {self.client.meta.endpoint_url}",
                hint="make the bucket or correct --archive",
            )
        if said in ABSENT:
            return missing(key or "", self.address)
        if said in REFUSED:
            return StoreUnavailable(f"{where} refuses these credentials ({said})", hint=SETTINGS)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        passing = StoreAway if status >= 500 or status == 429 else StoreUnavailable
        return passing(f"{where} answered {said}: {error}", hint="try again later")


def open_bucket(name: str, prefix: str, options: S3Options) -> Bucket:
    """Return a bucket by the usual AWS settings; nothing is asked of it yet."""
    try:
        return Bucket(name=name, prefix=prefix, client=_client(options), options=options)
    except BotoCoreError as error:
        raise unreached(name, error) from error


def unreached(name: str, error: BotoCoreError) -> ConfigError | StoreUnavailable:
    """Return our error for one that arose before the server could answer."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        return ConfigError(f"no right to use s3://{name}: {error}", hint=SETTINGS)
    return StoreAway(
        f"s3://{name} cannot be reached: {error}",
        hint="see that the endpoint in AWS_ENDPOINT_URL_S3 is right and up, then start again",
    )


def code(error: ClientError) -> str:
    """Return the code that the server gave its error."""
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


def _client(options: S3Options) -> S3Client:
    """Return a client; an endpoint whose name has no dot (`minio`, `localhost`) has no subdomains for buckets."""
    config = Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        max_pool_connections=max(10, 2 * options.concurrency),
        request_checksum_calculation=options.checksums,
        response_checksum_validation=options.checksums,
        s3={"addressing_style": options.addressing},
    )
    session = boto3.session.Session()
    client: S3Client = session.client("s3", config=config)
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    if options.addressing != "auto" or "." in host or ":" in host:
        return client
    return session.client("s3", config=config.merge(Config(s3={"addressing_style": "path"})))
