"""A bucket with its boto3 client; errors of boto3 are translated here into errors of fangzhi."""

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
from pipelines.messages import gettext as _
from pipelines.storage.local import missing_key
from pipelines.storage.options import S3Options

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AWS_SETTINGS_HINT = _(
    "set AWS_ENDPOINT_URL_S3, AWS_REGION and AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
NOT_FOUND_CODES = {"404", "NoSuchKey", "NotFound"}
ACCESS_DENIED_CODES = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}

MAX_ATTEMPTS = 4
"""Attempts for one request, with random pauses of up to 1, 2 and 4 s; the publisher of the spool retries for longer."""

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5, 60
"""A server under load answers within seconds; a server that is down never does."""


class RangeAfterEnd(StoreCorrupt):
    """A range begins after the end of an object."""


@frozen
class Bucket:
    """A bucket, and the prefix of all keys."""

    name: str
    prefix: str
    client: S3Client
    options: S3Options

    @property
    def address(self) -> str:
        """The address of bucket and prefix: `s3://bucket/prefix`."""
        return f"s3://{self.name}/{self.prefix}"

    def object(self, key: str) -> dict[str, Any]:
        """Return the request parameters that name an object."""
        return {"Bucket": self.name, "Key": self.prefix + key}

    def attributes(self, digest: str) -> dict[str, Any]:
        """Return the request parameters for a new object: its digest, storage class and lock."""
        attributes: dict[str, Any] = {"Metadata": {"sha256": digest}}
        if self.options.storage_class:
            attributes["StorageClass"] = self.options.storage_class
        if self.options.lock:
            attributes |= {"ObjectLockMode": self.options.lock, "ObjectLockRetainUntilDate": self.locked_until()}
        return attributes

    def locked_until(self) -> dt.datetime:
        """Return the time at which the lock of an object that is created now ends."""
        return dt.datetime.now(dt.UTC) + dt.timedelta(days=self.options.lock_days)

    @contextmanager
    def translated_errors(self, key: str | None = None) -> Iterator[None]:
        """Translate errors of boto3 in the `with` block into errors of fangzhi."""
        try:
            yield
        except ClientError as error:
            raise self._translation(error, key) from error
        except BotoCoreError as error:
            raise unreachable(self.name, error) from error

    def _translation(self, error: ClientError, key: str | None) -> StoreError:
        where, code = f"s3://{self.name} at {self.client.meta.endpoint_url}", error_code(error)
        if code == "InvalidRange":
            return RangeAfterEnd(_("{address}{key} ends before the requested range", address=self.address, key=key))
        if code == "NoSuchBucket" or (key is None and code in NOT_FOUND_CODES):
            return StoreUnavailable(
                _(
                    "there is no bucket {name} at {endpoint_url}",
                    name=self.name,
                    endpoint_url=self.client.meta.endpoint_url,
                ),
                hint=_("create the bucket or correct --archive"),
            )
        if code in NOT_FOUND_CODES:
            return missing_key(key or "", self.address)
        if code in ACCESS_DENIED_CODES:
            return StoreUnavailable(
                _("{where} refuses these credentials ({code})", where=where, code=code), hint=AWS_SETTINGS_HINT
            )
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        error_class = StoreAway if status >= 500 or status == 429 else StoreUnavailable
        return error_class(
            _("{where} answered {code}: {error}", where=where, code=code, error=error), hint=_("try again later")
        )


def open_bucket(name: str, prefix: str, options: S3Options) -> Bucket:
    """Return a bucket by the usual AWS settings, without a request to it yet."""
    try:
        return Bucket(name=name, prefix=prefix, client=_client(options), options=options)
    except BotoCoreError as error:
        raise unreachable(name, error) from error


def unreachable(name: str, error: BotoCoreError) -> ConfigError | StoreUnavailable:
    """Return the error of fangzhi for an error before any response of the server."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        return ConfigError(_("no access to s3://{name}: {error}", name=name, error=error), hint=AWS_SETTINGS_HINT)
    return StoreAway(
        _("s3://{name} cannot be reached: {error}", name=name, error=error),
        hint=_("check that AWS_ENDPOINT_URL_S3 is correct and that its server runs, then start again"),
    )


def error_code(error: ClientError) -> str:
    """Return the error code of the server."""
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


def _client(options: S3Options) -> S3Client:
    """Return a client; with an endpoint name without a dot (`minio`, `localhost`), which has no subdomains, by path."""
    config = Config(
        retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
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
