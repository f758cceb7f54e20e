"""What several parts of the tests share: the made city, and an S3 server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from hypothesis import settings

from crawler.demo import build, serve
from tests.pipelines.storage.radosgw import radosgw_server
from tests.pipelines.storage.server import s3_server
from tests.town import Town, settle

# A first example that loads a dictionary, or a busy machine, is no failure.
settings.register_profile("fangzhi", deadline=None)
settings.load_profile("fangzhi")


@pytest.fixture
def new_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small city of a test's own."""
    with serve(build(pages=150)) as server:
        yield settle(server, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The city, crawled once; tests read it and keep what they add elsewhere."""
    with serve(build()) as server:
        crawled = settle(server, tmp_path_factory.mktemp("town"))
        crawled.crawl()
        yield crawled


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real S3 server: SeaweedFS, or what FANGZHI_S3_SERVER asks for."""
    run = radosgw_server if os.environ.get("FANGZHI_S3_SERVER") == "radosgw" else s3_server
    with run(tmp_path_factory.mktemp("s3")) as server:
        yield server.endpoint


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
