"""A real PostgreSQL server on loopback, from Debian's package postgresql."""

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

STARTS_WITHIN = 60
"""Seconds; it takes about one where nothing else runs."""


def installed() -> bool:
    """Return whether the server's programs are on this machine."""
    return _program("initdb") is not None


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a server with an empty data folder of its own, and yield a catalogue's URL on it."""
    (port,) = free_ports(1)
    # PostgreSQL runs as nobody's root, and its data folder has to be its user's alone
    owner = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        data = Path(folder, "data")
        data.mkdir(mode=0o700)
        if owner:
            Path(folder).chmod(0o711)
            shutil.chown(data, **owner)
        options = ["-A", "trust", "-U", "fangzhi", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([_program("initdb"), "-D", data, *options], check=True, capture_output=True, cwd="/", **owner)
        command = [_program("postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **owner)
        try:
            _wait(port, server)
            yield f"postgresql+psycopg://fangzhi@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown; after SIGTERM it waits until all clients disconnect
            server.wait(30)


def _program(name: str) -> str | None:
    """Debian keeps the server's programs out of the PATH, in a folder for each version."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join(map(str, versions))) or shutil.which(name)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=fangzhi dbname=postgres").close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL ended at its start"
            assert time.monotonic() < until, "PostgreSQL did not start"
            time.sleep(0.1)
        else:
            return
