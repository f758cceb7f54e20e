"""Uploads: one PUT or many parts, on the condition that nothing is there, gone on with where they broke off."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipelines.storage.s3.bucket import ABSENT, Bucket, code

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, ObjectLockRetentionTypeDef

TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
UNCONDITIONAL = {"501", "NotImplemented"}
GONE = {"404", "NoSuchUpload"}

STALE = dt.timedelta(days=7)
"""An upload that nobody went on with for so long is given up: S3 would keep, and bill, its parts for ever."""


def upload(bucket: Bucket, key: str, path: Path, digest: str) -> None:
    """Send a file unless something is there already; whoever calls compares what is there afterwards.

    Raises StoreUnavailable; the parts that have arrived by then are not sent again the next time.
    """
    with bucket.translated(key):
        try:
            if path.stat().st_size <= bucket.options.part_size:
                _put(bucket, key, path.read_bytes(), digest)
            else:
                _put_parts(bucket, key, path, digest)
        except ClientError as error:
            if code(error) not in GONE:
                raise


def lock(bucket: Bucket, key: str) -> None:
    """Lock an object if the options want it locked and it is not: radosgw 16 forgets that of files sent in parts."""
    with bucket.translated(key):
        if bucket.options.lock and "ObjectLockMode" not in bucket.client.head_object(**bucket.object(key)):
            retention: ObjectLockRetentionTypeDef = {
                "Mode": bucket.options.lock,
                "RetainUntilDate": bucket.locked_until(),
            }
            bucket.client.put_object_retention(**bucket.object(key), Retention=retention)


def _put(bucket: Bucket, key: str, content: bytes, digest: str) -> None:
    told = {**bucket.object(key), **bucket.kept(digest), "Body": content, "ContentMD5": _content_md5(_md5(content))}
    _unless_there(bucket.client.put_object, told)


def _put_parts(bucket: Bucket, key: str, path: Path, digest: str) -> None:
    """Send the parts that are not there yet, then make them one object."""
    upload_id = _begun(bucket, key) or _begin(bucket, key, digest)
    size = bucket.options.part_size
    whole: dict[str, Any] = {**bucket.object(key), "UploadId": upload_id}
    there = dict(_arrived(bucket, whole))

    def send(number: int) -> CompletedPartTypeDef:
        with path.open("rb") as file:
            content = os.pread(file.fileno(), size, (number - 1) * size)
        md5 = _md5(content)
        if there.get(number) == _etag(md5):
            return {"PartNumber": number, "ETag": there[number]}
        part = {**whole, "PartNumber": number, "Body": content, "ContentMD5": _content_md5(md5)}
        return {"PartNumber": number, "ETag": bucket.client.upload_part(**part)["ETag"]}

    with ThreadPoolExecutor(bucket.options.concurrency, thread_name_prefix="part") as threads:
        futures = [threads.submit(send, number) for number in range(1, math.ceil(path.stat().st_size / size) + 1)]
        try:
            parts = [future.result() for future in futures]
        finally:
            threads.shutdown(cancel_futures=True)
    told = {**whole, "MultipartUpload": {"Parts": parts}}
    if _is_there(bucket, key) or not _unless_there(bucket.client.complete_multipart_upload, told):
        bucket.client.abort_multipart_upload(**whole)


def _unless_there(send: Any, told: dict[str, Any]) -> bool:
    """Make an object on the condition that there is none, which servers that cannot tell (501) are not asked.

    Return False if something was there.
    """
    try:
        send(**told, IfNoneMatch="*")
    except ClientError as error:
        if code(error) in TAKEN:
            return False
        if code(error) not in UNCONDITIONAL:
            raise
        send(**told)
    return True


def _is_there(bucket: Bucket, key: str) -> bool:
    """Tell whether an object has come meanwhile: radosgw 16 takes no notice of the condition when parts are joined."""
    try:
        bucket.client.head_object(**bucket.object(key))
    except ClientError as error:
        if code(error) not in ABSENT:
            raise
        return False
    return True


def _begin(bucket: Bucket, key: str, digest: str) -> str:
    return bucket.client.create_multipart_upload(**bucket.object(key), **bucket.kept(digest))["UploadId"]


def _begun(bucket: Bucket, key: str) -> str | None:
    """Return the upload that was begun for this key, if there is one; give up the stale ones of the whole archive."""
    found = None
    for item in _uploads(bucket):
        if item["Key"] == bucket.prefix + key:
            found = item["UploadId"]
        elif dt.datetime.now(dt.UTC) - item["Initiated"] > STALE:
            told = {"Bucket": bucket.name, "Key": item["Key"], "UploadId": item["UploadId"]}
            try:
                bucket.client.abort_multipart_upload(**told)
            except ClientError as error:
                if code(error) not in GONE:
                    raise
    return found


def _uploads(bucket: Bucket) -> Iterator[Any]:
    pages = bucket.client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket.name, Prefix=bucket.prefix)
    for page in pages:
        yield from page.get("Uploads", ())


def _arrived(bucket: Bucket, whole: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the number and the ETag of each part that has arrived."""
    for page in bucket.client.get_paginator("list_parts").paginate(**whole):
        for part in page.get("Parts", ()):
            yield part["PartNumber"], part["ETag"]


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _content_md5(md5: bytes) -> str:
    """Return what Content-MD5 says of a body, for the server to compare (RFC 1864)."""
    return base64.b64encode(md5).decode()


def _etag(md5: bytes) -> str:
    """Return the ETag of a part that is kept as it was sent; a server with another notion of it gets it once more."""
    return f'"{md5.hex()}"'
