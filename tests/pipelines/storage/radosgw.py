"""Another real S3 server on loopback: Ceph's radosgw with one monitor and one OSD in memory.

For a separate, longer test run. It needs Debian's packages radosgw, ceph-mon and ceph-osd::

    FANGZHI_S3_SERVER=radosgw python -m pytest tests/pipelines/storage tests/pipelines/archive tests/journeys/test_s3.py
"""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from tests.pipelines.storage.server import free_ports

PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
STARTS_WITHIN = 60
"""Seconds; it takes about 20 on an idle machine."""

KEYS = ("--access-key=any", "--secret-key=any")

CONF = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon}
mon data = {folder}/mon
mon allow pool delete = true
mon warn on pool no redundancy = false
public network = 127.0.0.0/8
public addr = 127.0.0.1
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
pid file = {folder}/$name.pid
run dir = {folder}
keyring = {folder}/keyring
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw enable usage log = false
rgw lifecycle work time = 00:00-00:01
"""


@frozen
class Radosgw:
    """A running server."""

    endpoint: str


@contextmanager
def radosgw_server(folder: Path) -> Iterator[Radosgw]:
    """Run a cluster of one node with its objects in memory; access key and secret key are `any`."""
    absent = [name for name in PROGRAMS if not shutil.which(name)]
    assert not absent, f"not installed: {', '.join(absent)}"
    mon, port = free_ports(2)
    fsid = str(uuid.uuid4())
    (folder / "osd").mkdir()
    conf = folder / "ceph.conf"
    conf.write_text(CONF.format(fsid=fsid, mon=mon, port=port, folder=folder))
    running: list[subprocess.Popen[bytes]] = []

    def run(*command: str) -> str:
        done = subprocess.run([*command, "-c", str(conf)], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, (command, done.stderr[-2_000:])
        return done.stdout

    def start(*command: str) -> None:
        with (folder / f"{command[0]}.out").open("wb") as output:
            running.append(subprocess.Popen([*command, "-f", "-c", str(conf)], stdout=output, stderr=output))

    try:
        run("monmaptool", "--create", "--addv", "a", f"[v2:127.0.0.1:{mon}]", "--fsid", fsid, f"{folder}/monmap")
        (folder / "mon").mkdir()
        run("ceph-authtool", "--create-keyring", f"{folder}/keyring")
        for name in ("mon.", "client.admin", "client.rgw", "osd.0"):
            caps = [word for part in ("mon", "osd", "mgr") for word in ("--cap", part, "allow *")]
            run("ceph-authtool", f"{folder}/keyring", "--gen-key", "-n", name, *caps)
        run("ceph-mon", "--mkfs", "-i", "a", "--monmap", f"{folder}/monmap", "--keyring", f"{folder}/keyring")
        start("ceph-mon", "-i", "a")
        number = run("ceph", "--connect-timeout", "60", "osd", "create").strip()
        run("ceph-osd", "-i", number, "--mkfs", "--osd-data", f"{folder}/osd")
        start("ceph-osd", "-i", number, "--osd-data", f"{folder}/osd")
        start("radosgw", "-n", "client.rgw")
        _wait(f"http://127.0.0.1:{port}", running)
        run("radosgw-admin", "-n", "client.rgw", "user", "create", "--uid=any", "--display-name=any", *KEYS)
        yield Radosgw(f"http://127.0.0.1:{port}")
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


def _wait(endpoint: str, running: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            urllib.request.urlopen(endpoint, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            assert all(process.poll() is None for process in running), "a process of the cluster ended"
            assert time.monotonic() < until, "radosgw does not start"
            time.sleep(0.5)
        else:
            return
