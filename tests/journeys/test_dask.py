"""`fangzhi replay --dask`: `dask scheduler` and `dask worker` extract the pages, and the entries are the same."""

from __future__ import annotations

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import boto3
import pytest

from tests.cluster import dask_scheduler
from tests.fangzhi import documents, fangzhi, warcs
from tests.town import Town

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra fangzhi[dask] is not installed")


def listed(*options: str) -> list[dict]:
    return documents(fangzhi("list", "--json", *options))


def texts(entries: list[dict]) -> list[object]:
    return [(each["id"], each["verdict"], [article["text"] for article in each["articles"]]) for each in entries]


@pytest.mark.soak
def test_a_lost_catalogue_is_filled_by_a_cluster_from_a_folder_a_bucket_and_a_web_server(
    town: Town, tmp_path: Path, bucket: str
) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(town.archive, copy, ignore=shutil.ignore_patterns("catalogue*"))
    with dask_scheduler(tmp_path, 2) as scheduler:
        here = ("--archive", str(copy), "--registry", str(town.registry))
        done = fangzhi("replay", "--json", "--dask", scheduler.address, *here)
        (report,) = documents(done)
        assert listed(*here)[::-1] == town.entries(), done.stderr
        assert report["dask"] == {"partitions": len(warcs(copy)), "lost_workers": [], "unread": []}
        assert done.returncode == 0

        client = boto3.client("s3")
        for path in copy.rglob("*"):
            if path.is_file() and path.suffix != ".sqlite":
                client.upload_file(str(path), bucket, f"a/{path.relative_to(copy)}")
        far = ("--archive", f"s3://{bucket}/a", "--catalogue", f"sqlite:///{tmp_path}/far.sqlite", *here[2:])
        assert fangzhi("replay", "--json", "--dask", scheduler.address, *far).returncode == 0
        assert listed(*far)[::-1] == town.entries()

        served = functools.partial(SimpleHTTPRequestHandler, directory=str(copy))
        with ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            names = [f"http://127.0.0.1:{server.server_port}/{path.relative_to(copy)}" for path in warcs(copy)]
            mine = ("--archive", str(tmp_path / "mine"), "--registry", str(town.registry))
            assert fangzhi("replay", *names, "--dask", scheduler.address, *mine).returncode == 0
            server.shutdown()
        assert texts(listed(*mine)[::-1]) == texts(town.entries())


def test_a_dry_run_on_workers_of_this_machine_finds_no_difference(town: Town) -> None:
    done = fangzhi("replay", "--dry-run", "--dask", "local", "--workers", "2", *town.options)
    assert done.returncode == 0
    assert f"{len(town.entries())} unchanged, 0 changed, 0 added" in done.stderr
    assert "partitions extracted in the Dask cluster local" in done.stderr
    assert "distributed" not in done.stderr, "the log of Dask is not that of the command"


def test_what_excludes_a_cluster_is_said(town: Town) -> None:
    done = fangzhi("replay", "--links", "--dask", "local", *town.options)
    assert done.returncode == 2
    assert "--links extracts no articles: leave out --dask" in done.stderr
