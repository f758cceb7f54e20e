"""Shell. A store of each scheme."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from pipelines.storage import Storage, open_storage
from tests.pipelines.storage.server import s3_server


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """AWS settings of this test alone, without an endpoint."""
    settings = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("FANGZHI_SPOOL", str(tmp_path / "spool"))
    return monkeypatch


@pytest.fixture
def bucket(endpoint: str, aws: pytest.MonkeyPatch) -> str:
    aws.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    name = f"b{uuid.uuid4().hex[:12]}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        store = open_storage(str(tmp_path / "archive"))
    else:
        store = open_storage(f"s3://{request.getfixturevalue('bucket')}/some/prefix")
    store.check()
    return store
