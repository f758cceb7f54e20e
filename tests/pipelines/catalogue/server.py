"""A real PostgreSQL server on loopback, from Debian's package `postgresql`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.pipelines.storage.server import free_ports

START_TIMEOUT_S = 60
"""A start takes about one second on an idle machine."""

STOP_TIMEOUT_S = 30
"""A stop takes below a second without fsync. With it, a checkpoint of 30 databases took 100 s on a busy disk."""


def installed() -> bool:
    """Return whether the server is installed on this machine."""
    return _program("initdb") is not None


@contextmanager
def postgresql(*, durable: bool = True) -> Iterator[str]:
    """Run a server with an empty data folder, and yield the URL of a catalogue on it.

    With `durable=False` it never calls fsync: its data need not survive a power cut.
    """
    (port,) = free_ports(1)
    # PostgreSQL refuses to run as root, and only its user may have access to its data folder.
    owner = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        data = Path(folder, "data")
        data.mkdir(mode=0o700)
        if owner:
            Path(folder).chmod(0o711)
            shutil.chown(data, **owner)
        options = ["-A", "trust", "-U", "fangzhi", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([_program("initdb"), "-D", data, *options], check=True, capture_output=True, cwd="/", **owner)
        no_fsync = [] if durable else ["-F"]
        command = [_program("postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", *no_fsync]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **owner)
        try:
            _wait(port, server)
            yield f"postgresql+psycopg://fangzhi@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown; after SIGTERM it waits until all clients disconnect
            server.wait(STOP_TIMEOUT_S)


def _program(name: str) -> str | None:
    """Return the path of a program of the server; Debian has them outside of PATH, in a folder for each version."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join(map(str, versions))) or shutil.which(name)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=fangzhi dbname=postgres").close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL exited while it started"
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.1)
        else:
            return
