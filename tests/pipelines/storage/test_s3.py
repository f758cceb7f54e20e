"""Features of buckets on a real server: uploads in parts, interrupted uploads, conditions, options."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import boto3
import pytest
from attrs import evolve
from botocore.exceptions import ClientError

from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.storage.options import Options, S3Options
from pipelines.storage.s3 import S3Storage
from pipelines.storage.s3 import upload as uploads
from tests.pipelines.storage.test_storage import KEY, put, written

PART = 5 << 20
"""The smallest part that S3 accepts."""

CONTENT = bytes(range(256)) * (2 * PART // 256) + b"the end"
"""A little more than two parts."""


@pytest.fixture
def parted(bucket: str) -> S3Storage:
    return S3Storage(bucket, "news", Options(s3=S3Options(part_size=PART)))


def incomplete_uploads(storage: S3Storage) -> list[dict[str, Any]]:
    return boto3.client("s3").list_multipart_uploads(Bucket=storage._bucket.name).get("Uploads", [])


def test_a_large_file_is_uploaded_in_parts_and_read_back_whole(parted: S3Storage) -> None:
    put(parted, KEY, CONTENT)
    assert parted.size(KEY) == len(CONTENT)
    assert parted.read(KEY) == CONTENT
    head = boto3.client("s3").head_object(Bucket=parted._bucket.name, Key=f"news/{KEY}")
    assert head["Metadata"] == {"sha256": hashlib.sha256(CONTENT).hexdigest()}
    assert head["ETag"].endswith('-3"')
    assert incomplete_uploads(parted) == []


def test_an_interrupted_upload_is_resumed(parted: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    client, sent = parted._bucket.client, []
    send = client.upload_part

    def fail_once(**request: Any) -> Any:
        sent.append(request["PartNumber"])
        if request["PartNumber"] == 3 and sent.count(3) == 1:
            raise ConnectionError
        return send(**request)

    monkeypatch.setattr(client, "upload_part", fail_once)
    path = written(parted, KEY, CONTENT)
    with pytest.raises(ConnectionError):
        parted.put(KEY, path)
    parted.put(KEY, path)
    assert sorted(sent) == [1, 2, 3, 3]
    assert parted.read(KEY) == CONTENT
    assert incomplete_uploads(parted) == []


def test_parts_of_other_content_are_sent_again(parted: S3Storage) -> None:
    client = boto3.client("s3")
    request = {"Bucket": parted._bucket.name, "Key": f"news/{KEY}"}
    digest = {"sha256": hashlib.sha256(CONTENT).hexdigest()}
    upload_id = client.create_multipart_upload(**request, Metadata=digest)["UploadId"]
    client.upload_part(**request, UploadId=upload_id, PartNumber=1, Body=b"other" * PART)
    put(parted, KEY, CONTENT)
    assert parted.read(KEY) == CONTENT


def test_stale_uploads_are_aborted(parted: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("s3")
    for key in ("news/given-up", "elsewhere/not-ours"):
        client.create_multipart_upload(Bucket=parted._bucket.name, Key=key)
    put(parted, KEY, CONTENT)
    assert len(incomplete_uploads(parted)) == 2
    monkeypatch.setattr(uploads, "STALE_UPLOAD_AGE", dt.timedelta(0))
    put(parted, f"{KEY}.2", CONTENT)
    assert [item["Key"] for item in incomplete_uploads(parted)] == ["elsewhere/not-ours"]


def test_a_file_of_another_process_is_never_overwritten(parted: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process puts its file after ours was not found and before ours arrives: the condition prevents it."""
    rival = S3Storage(parted._bucket.name, "news")
    head = parted._head
    for content in (b"short", CONTENT):
        key = f"{KEY}.{len(content)}"
        calls: list[str] = []

        def absent(key: str, calls: list[str] = calls) -> tuple[int, str] | None:
            calls.append(key)
            if len(calls) == 1:
                put(rival, key, b"theirs")
                return None
            return head(key)

        monkeypatch.setattr(parted, "_head", absent)
        path = written(parted, f"{key}.ours", content)
        with pytest.raises(StoreCorrupt, match="is not the file"):
            parted.put(key, path)
        assert rival.read(key) == b"theirs"
        assert path.exists()


def test_an_object_with_the_same_metadata_and_other_content_is_detected(parted: S3Storage) -> None:
    digest = hashlib.sha256(b"content").hexdigest()
    request = {"Bucket": parted._bucket.name, "Key": f"news/{KEY}", "Metadata": {"sha256": digest}}
    boto3.client("s3").put_object(**request, Body=b"CONTENT")
    path = written(parted, KEY, b"content")
    with pytest.raises(StoreCorrupt, match=digest):
        parted.put(KEY, path)
    assert path.read_bytes() == b"content"


def test_objects_have_the_attributes_of_the_options(parted: S3Storage) -> None:
    name = parted._bucket.name
    options = S3Options(storage_class="STANDARD_IA", lock="GOVERNANCE", lock_days=7, part_size=PART)
    attributes = evolve(parted._bucket, options=options).attributes("00")
    assert (attributes["StorageClass"], attributes["ObjectLockMode"]) == ("STANDARD_IA", "GOVERNANCE")
    left = attributes["ObjectLockRetainUntilDate"] - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=6, hours=23) < left <= dt.timedelta(days=7)
    locked = f"{name}-locked"
    boto3.client("s3").create_bucket(Bucket=locked, ObjectLockEnabledForBucket=True)
    storage = S3Storage(locked, "news", Options(s3=evolve(options, storage_class=None)))
    for key, content in ((KEY, b"short"), (f"{KEY}.long", CONTENT)):
        put(storage, key, content)
        head = boto3.client("s3").head_object(Bucket=locked, Key=f"news/{key}")
        assert head["ObjectLockMode"] == "GOVERNANCE"
        with pytest.raises(ClientError, match="AccessDenied"):
            boto3.client("s3").delete_object(Bucket=locked, Key=f"news/{key}", VersionId=head["VersionId"])


@pytest.mark.parametrize(("addressing", "host"), [("path", "s3.example.cn"), ("virtual", "news.s3.example.cn")])
def test_the_bucket_is_addressed_as_the_option_says(aws: pytest.MonkeyPatch, addressing: Any, host: str) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.cn")
    bucket = S3Storage("news", "", Options(s3=S3Options(addressing=addressing)))._bucket
    assert f"//{host}/" in bucket.client.generate_presigned_url("get_object", Params=bucket.object("key"))


def test_the_spool_is_where_the_option_says(aws: pytest.MonkeyPatch, tmp_path: Path) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    assert S3Storage("b", "p", Options(spool=tmp_path / "mine")).spool == tmp_path / "mine" / "b%2Fp"


def test_an_object_that_is_missing_after_its_upload_is_unavailable(
    parted: S3Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parted._bucket.client, "put_object", lambda **_: None)
    path = written(parted, KEY, b"content")
    with pytest.raises(StoreUnavailable, match="does not exist"):
        parted.put(KEY, path)
    assert path.exists()
