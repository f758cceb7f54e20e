"""A real PostgreSQL server on loopback, from Debian's package `postgresql`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from attrs import field, frozen

from tests.pipelines.storage.server import free_ports

START_TIMEOUT_S = 60
"""A start takes about one second on an idle machine."""

STOP_TIMEOUT_S = 30
"""A stop takes below a second without fsync. With it, a checkpoint of 30 databases took 100 s on a busy disk."""


def installed() -> bool:
    """Return whether the server is installed on this machine."""
    return _program("initdb") is not None


@frozen
class Server:
    """A server on a data folder, which a test can stop and start again."""

    url: str
    _command: list[Any]
    _owner: dict[str, str]
    _running: list[subprocess.Popen[bytes]] = field(factory=list)

    def start(self) -> None:
        """Start it, and come back when it answers."""
        server = subprocess.Popen(self._command, stderr=subprocess.DEVNULL, cwd="/", **self._owner)
        self._running.append(server)
        _wait(self.url, server)

    def stop(self) -> None:
        """Stop it at once, also for the clients that are connected; nothing if it does not run."""
        if self._running:
            server = self._running.pop()
            server.send_signal(signal.SIGINT)  # fast shutdown; after SIGTERM it waits until all clients disconnect
            server.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """Kill it with SIGKILL, and wait until its child processes, which notice that, have ended too."""
        server = self._running.pop()
        children = psutil.Process(server.pid).children(recursive=True)
        server.kill()
        server.wait(STOP_TIMEOUT_S)
        assert not psutil.wait_procs(children, timeout=STOP_TIMEOUT_S)[1]


def new_database(server: str) -> str:
    """Make an empty database on a server, and return its URL."""
    name = f"d{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server.rpartition('/')[0]}/{name}"


@contextmanager
def postgresql(*, durable: bool = True) -> Iterator[str]:
    """Run a server with an empty data folder, and yield the URL of a catalogue on it; see `postgresql_server`."""
    with postgresql_server(durable=durable) as server:
        yield server.url


@contextmanager
def postgresql_server(*, durable: bool = True) -> Iterator[Server]:
    """Run a server with an empty data folder, and yield it.

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
        server = Server(f"postgresql+psycopg://fangzhi@127.0.0.1:{port}/postgres", command, owner)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _program(name: str) -> str | None:
    """Return the path of a program of the server; Debian has them outside of PATH, in a folder for each version."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join(map(str, versions))) or shutil.which(name)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL exited while it started"
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.1)
        else:
            return
