"""What several parts of the tests share: the made city, an S3 server, and a PostgreSQL server."""

from __future__ import annotations

import gc
import os
import signal
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import settings

from crawler.demo import build, serve
from pipelines.line.garbage import keep_imported
from tests import examples, forks
from tests.pipelines.catalogue import server
from tests.pipelines.storage.radosgw import radosgw_server
from tests.pipelines.storage.server import s3_server
from tests.schedule import Scheduler, collected_by, turn
from tests.shared_servers import shared
from tests.town import Town, settle

# A first example that loads a dictionary, or a busy machine, is no failure. The examples of a test are the same at
# each run, so that a failure is one of the change at hand; `make soak` draws new ones, many times as many.
settings.register_profile("fangzhi", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile("fangzhi")


def pytest_configure(config: pytest.Config) -> None:
    """Give commands that are started the handler of SIGINT of a new process, also if we run in the background.

    A worker takes the fork server of the process that has started it, and begins to collect where no other does.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(examples)  # so that it counts for the whole project, and not for this folder alone
    if hasattr(config, "workerinput"):
        forks.use(config.workerinput["forks"])
        config.args = collected_by(config.workerinput["workerid"], config.args, config.getoption("ignore") or [])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker the name of the fork server."""
    node.workerinput["forks"] = forks.start_fork_server()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler | None:
    """Share the tests out among several workers; `--dist loadgroup` of pytest-xdist 3.8 has no effect in pytest 9.2."""
    return Scheduler(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from what lives until the end: 1.2 million objects, of modules and tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        keep_imported()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mix the groups of tests where several workers share them out, in the same order in each of them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (turn(item.nodeid), item.nodeid.partition("::")[0]))


@pytest.fixture
def new_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small city of a test's own."""
    with serve(build(pages=150)) as city:
        yield settle(city, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The city, crawled once; tests read it and keep what they add elsewhere."""
    with serve(build(pages=150)) as city:
        crawled = settle(city, tmp_path_factory.mktemp("town"))
        crawled.crawl(FANGZHI_WORKERS="2")
        yield crawled


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same for all workers."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def endpoint(common_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real S3 server: SeaweedFS, or what FANGZHI_S3_SERVER asks for. It takes 3 s of CPU time, so all share it."""
    run = radosgw_server if os.environ.get("FANGZHI_S3_SERVER") == "radosgw" else s3_server

    @contextmanager
    def start() -> Iterator[str]:
        with run(tmp_path_factory.mktemp("s3")) as started:
            yield started.endpoint

    with shared(common_folder, "s3", start) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql(common_folder: Path) -> Iterator[str]:
    """A real PostgreSQL server: the URL of its first database."""
    if not server.installed():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with shared(common_folder, "postgresql", partial(server.postgresql, durable=False)) as url:
        yield url


@pytest.fixture
def database(postgresql: str) -> str:
    """The URL of an empty database on the server."""
    return server.new_database(postgresql)


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
