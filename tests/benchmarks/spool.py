"""Cost of durability: pages per second by pages per fdatasync, and MB per second of uploads to a real S3 server.

Run it with `python -m tests.benchmarks.spool`; `tests.benchmarks.archive` runs it at its end. fangzhi reads everything
back and compares; `aws s3 cp` (if `aws` is on PATH, or named by AWS_CLI) and boto3's `upload_file` do not.
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

PAGES_PER_SYNC = (1, 5, 20, 100)
PAGES = 600
SIZE_BYTES = 200_000_000


def main() -> None:
    """Print both tables."""
    sync()
    with tempfile.TemporaryDirectory() as folder:
        uploads(Path(folder))


def sync() -> None:
    """Print pages per second for several numbers of pages per sync, and without any sync."""
    pages = made_pages(PAGES)
    with tempfile.TemporaryDirectory() as folder:
        seconds = {per_sync: best(partial(write, pages, Path(folder), per_sync)) for per_sync in (0, *PAGES_PER_SYNC)}
    for per_sync, taken in seconds.items():
        name = f"a sync for {per_sync} page{'s' * (per_sync > 1)}" if per_sync else "no sync"
        cost = (taken - seconds[0]) / PAGES * 1e3
        print(f"{name:22} {PAGES / taken:8,.0f} pages/s {cost:8.3f} ms per page more than without sync")


def write(pages: list[Capture], folder: Path, per_sync: int) -> None:
    """Put pages into a new archive, with one sync for every `per_sync` of them, none for 0."""
    archive = Archive(open_storage(str(folder / uuid.uuid4().hex)))
    for number, page in enumerate(pages, 1):
        archive.put(page, Digests(payload=f"sha256:{hashlib.sha256(page.body).hexdigest()}"), "site")
        if per_sync and number % per_sync == 0:
            archive.sync()
    archive.abandon()


def uploads(folder: Path) -> None:
    """Print how fast a file of 200 MB is uploaded to a bucket."""
    file = folder / "file"
    file.write_bytes(random.Random(1).randbytes(SIZE_BYTES))
    with s3_server(folder) as server:
        keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": "us-east-1"}
        os.environ |= keys | {"AWS_ENDPOINT_URL_S3": server.endpoint, "FANGZHI_SPOOL": str(folder / "spool")}
        client = boto3.client("s3")
        client.create_bucket(Bucket="bench")
        store = S3Storage("bench", "", Options())
        methods: dict[str, Callable[[str], object]] = {
            "fangzhi, upload only": lambda key: upload(store._bucket, key, file, "0" * 64),
            "fangzhi, compared": lambda key: store.put(key, Path(shutil.copy(file, folder / "copy"))),
            "boto3 upload_file": lambda key: client.upload_file(str(file), "bench", key),
        }
        if aws := os.environ.get("AWS_CLI") or shutil.which("aws"):
            command = (aws, "s3", "cp", "--only-show-errors", str(file))
            methods["aws s3 cp"] = lambda key: subprocess.run([*command, f"s3://bench/{key}"], check=True)
        else:
            print("aws is not on PATH: to include it, `pip install awscli` in a venv of its own and set AWS_CLI")
        for name, method in methods.items():
            print(f"{name:22} {SIZE_BYTES / 1e6 / shortest(method):8.0f} MB/s")


def shortest(method: Callable[[str], object]) -> float:
    """Return the shortest time of three uploads in seconds, each with a key of its own."""
    times = []
    for _ in range(3):
        key, begun = uuid.uuid4().hex, time.perf_counter()
        method(key)
        times.append(time.perf_counter() - begun)
    return min(times)


if __name__ == "__main__":
    main()
