"""What it costs to be sure: pages a second by how many share one fdatasync, MB a second into a real S3 server.

Run it with `python -m tests.benchmarks.spool`; it also ends `tests.benchmarks.archive`. Ours reads everything back and
compares; `aws s3 cp` (where `aws` is on the path, or named by AWS_CLI) and boto3's own `upload_file` do not.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import boto3

from pipelines.archive import Archive
from pipelines.model import Capture, Digests
from pipelines.storage import open_storage
from pipelines.storage.options import Options
from pipelines.storage.s3 import S3Storage
from pipelines.storage.s3.upload import upload
from tests.benchmarks.pages import best, made_pages
from tests.pipelines.storage.server import s3_server

SHARED = (1, 5, 20, 100)
PAGES = 600
SIZE = 200_000_000


def main() -> None:
    """Print both tables."""
    sync()
    with tempfile.TemporaryDirectory() as folder:
        uploads(Path(folder))


def sync() -> None:
    """Print pages a second for several sizes of group, beside none that is ever synced."""
    pages = made_pages(PAGES)
    with tempfile.TemporaryDirectory() as folder:
        seconds = {shared: best(partial(write, pages, Path(folder), shared)) for shared in (0, *SHARED)}
    for shared, taken in seconds.items():
        name = f"a sync for {shared} page{'s' * (shared > 1)}" if shared else "no sync"
        cost = (taken - seconds[0]) / PAGES * 1e3
        print(f"{name:22} {PAGES / taken:8,.0f} pages/s {cost:8.3f} ms a page beyond none")


def write(pages: list[Capture], folder: Path, shared: int) -> None:
    """Put pages into an archive that is then forgotten, with one sync for so many of them."""
    archive = Archive(open_storage(str(folder / uuid.uuid4().hex)))
    for number, page in enumerate(pages, 1):
        archive.put(page, Digests(payload=f"sha256:{hashlib.sha256(page.body).hexdigest()}"), "site")
        if shared and number % shared == 0:
            archive.sync()
    archive.abandon()


def uploads(folder: Path) -> None:
    """Print how fast one file of 200 MB gets into a bucket."""
    file = folder / "file"
    file.write_bytes(random.Random(1).randbytes(SIZE))
    with s3_server(folder) as server:
        keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": "us-east-1"}
        os.environ |= keys | {"AWS_ENDPOINT_URL_S3": server.endpoint, "FANGZHI_SPOOL": str(folder / "spool")}
        client = boto3.client("s3")
        client.create_bucket(Bucket="bench")
        store = S3Storage("bench", "", Options())
        ways: dict[str, Callable[[str], object]] = {
            "fangzhi, sent": lambda key: upload(store._bucket, key, file, "0" * 64),
            "fangzhi, compared": lambda key: store.put(key, Path(shutil.copy(file, folder / "copy"))),
            "boto3 upload_file": lambda key: client.upload_file(str(file), "bench", key),
        }
        if aws := os.environ.get("AWS_CLI") or shutil.which("aws"):
            command = (aws, "s3", "cp", "--only-show-errors", str(file))
            ways["aws s3 cp"] = lambda key: subprocess.run([*command, f"s3://bench/{key}"], check=True)
        else:
            print("aws is not on the path: `pip install awscli` in an environment of its own puts it beside the others")
        for name, way in ways.items():
            print(f"{name:22} {SIZE / 1e6 / least(way):8.0f} MB/s")


def least(way: Callable[[str], object]) -> float:
    """Return the shortest of three times, each with a key of its own."""
    times = []
    for _ in range(3):
        key, begun = uuid.uuid4().hex, time.perf_counter()
        way(key)
        times.append(time.perf_counter() - begun)
    return min(times)


if __name__ == "__main__":
    main()
