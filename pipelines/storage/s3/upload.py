"""Uploads as one PUT or in parts: conditional, so that nothing is overwritten, and resumed after an interruption."""

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

from pipelines.storage.s3.bucket import NOT_FOUND_CODES, Bucket, error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, ObjectLockRetentionTypeDef

EXISTS_CODES = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
NO_CONDITIONS_CODES = {"501", "NotImplemented"}
NO_UPLOAD_CODES = {"404", "NoSuchUpload"}

STALE_UPLOAD_AGE = dt.timedelta(days=7)
"""Age at which an incomplete upload is aborted: S3 would store, and bill, its parts for ever."""


def upload(bucket: Bucket, key: str, path: Path, digest: str) -> None:
    """Upload a file unless the object exists; the caller compares the object afterwards.

    Raises StoreUnavailable; parts that have arrived are not sent again the next time.
    """
    with bucket.translated_errors(key):
        try:
            if path.stat().st_size <= bucket.options.part_size:
                _put(bucket, key, path.read_bytes(), digest)
            else:
                _put_parts(bucket, key, path, digest)
        except ClientError as error:
            if error_code(error) not in NO_UPLOAD_CODES:
                raise


def lock(bucket: Bucket, key: str) -> None:
    """Lock an object if the options say so and it is not locked: radosgw 16 ignores locks of uploads in parts."""
    with bucket.translated_errors(key):
        if bucket.options.lock and "ObjectLockMode" not in bucket.client.head_object(**bucket.object(key)):
            retention: ObjectLockRetentionTypeDef = {
                "Mode": bucket.options.lock,
                "RetainUntilDate": bucket.locked_until(),
            }
            bucket.client.put_object_retention(**bucket.object(key), Retention=retention)


def _put(bucket: Bucket, key: str, content: bytes, digest: str) -> None:
    md5 = _content_md5(_md5(content))
    request = {**bucket.object(key), **bucket.attributes(digest), "Body": content, "ContentMD5": md5}
    _create_only(bucket.client.put_object, request)


def _put_parts(bucket: Bucket, key: str, path: Path, digest: str) -> None:
    """Send the parts that have not arrived yet, then join them into one object."""
    upload_id = _find_upload(bucket, key) or _start_upload(bucket, key, digest)
    size = bucket.options.part_size
    multipart: dict[str, Any] = {**bucket.object(key), "UploadId": upload_id}
    arrived = dict(_arrived_parts(bucket, multipart))

    def send(number: int) -> CompletedPartTypeDef:
        with path.open("rb") as file:
            content = os.pread(file.fileno(), size, (number - 1) * size)
        md5 = _md5(content)
        if arrived.get(number) == _etag(md5):
            return {"PartNumber": number, "ETag": arrived[number]}
        part = {**multipart, "PartNumber": number, "Body": content, "ContentMD5": _content_md5(md5)}
        return {"PartNumber": number, "ETag": bucket.client.upload_part(**part)["ETag"]}

    with ThreadPoolExecutor(bucket.options.concurrency, thread_name_prefix="part") as threads:
        futures = [threads.submit(send, number) for number in range(1, math.ceil(path.stat().st_size / size) + 1)]
        try:
            parts = [future.result() for future in futures]
        finally:
            threads.shutdown(cancel_futures=True)
    request = {**multipart, "MultipartUpload": {"Parts": parts}}
    if _exists(bucket, key) or not _create_only(bucket.client.complete_multipart_upload, request):
        bucket.client.abort_multipart_upload(**multipart)


def _create_only(send: Any, request: dict[str, Any]) -> bool:
    """Create an object on the condition that it does not exist; returns False if it exists.

    Servers that do not support conditions (501) get the request without one.
    """
    try:
        send(**request, IfNoneMatch="*")
    except ClientError as error:
        if error_code(error) in EXISTS_CODES:
            return False
        if error_code(error) not in NO_CONDITIONS_CODES:
            raise
        send(**request)
    return True


def _exists(bucket: Bucket, key: str) -> bool:
    """Tell whether an object exists: radosgw 16 ignores the condition when it joins parts."""
    try:
        bucket.client.head_object(**bucket.object(key))
    except ClientError as error:
        if error_code(error) not in NOT_FOUND_CODES:
            raise
        return False
    return True


def _start_upload(bucket: Bucket, key: str, digest: str) -> str:
    return bucket.client.create_multipart_upload(**bucket.object(key), **bucket.attributes(digest))["UploadId"]


def _find_upload(bucket: Bucket, key: str) -> str | None:
    """Return the id of an incomplete upload of this key, or None; aborts stale uploads of the whole archive."""
    found = None
    for item in _uploads(bucket):
        if item["Key"] == bucket.prefix + key:
            found = item["UploadId"]
        elif dt.datetime.now(dt.UTC) - item["Initiated"] > STALE_UPLOAD_AGE:
            stale = {"Bucket": bucket.name, "Key": item["Key"], "UploadId": item["UploadId"]}
            try:
                bucket.client.abort_multipart_upload(**stale)
            except ClientError as error:
                if error_code(error) not in NO_UPLOAD_CODES:
                    raise
    return found


def _uploads(bucket: Bucket) -> Iterator[Any]:
    pages = bucket.client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket.name, Prefix=bucket.prefix)
    for page in pages:
        yield from page.get("Uploads", ())


def _arrived_parts(bucket: Bucket, multipart: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the number and the ETag of each part that has arrived."""
    for page in bucket.client.get_paginator("list_parts").paginate(**multipart):
        for part in page.get("Parts", ()):
            yield part["PartNumber"], part["ETag"]


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _content_md5(md5: bytes) -> str:
    """Return the value of Content-MD5, which the server compares with the body (RFC 1864)."""
    return base64.b64encode(md5).decode()


def _etag(md5: bytes) -> str:
    """Return the ETag of a part on usual servers; if a server computes it differently, the part is sent again."""
    return f'"{md5.hex()}"'
