"""The identity of a process is unique, and valid only while the process is alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crawler.frontier.leases import live_process, process_identity
from tests.wait import wait_until

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it needs Linux' /proc")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_a_process_is_found_by_its_identity_until_it_ends(child: subprocess.Popen[bytes]) -> None:
    identity = process_identity(child.pid)
    assert live_process(identity) == child.pid
    child.kill()
    child.wait()
    assert live_process(identity) is None
    assert live_process(None) is None


def test_another_process_with_the_same_pid_has_another_identity(child: subprocess.Popen[bytes]) -> None:
    before = process_identity(child.pid)
    assert live_process(before.replace("@", "@1", 1)) is None
    assert live_process(f"{child.pid}@1767225600.12") is None, "the format of earlier versions"


@linux
def test_a_zombie_has_ended(child: subprocess.Popen[bytes]) -> None:
    identity = process_identity(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    assert live_process(identity) is None


@linux
def test_setting_the_clock_does_not_change_the_identity(
    child: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux gives the start of a process as time since the boot, and the time of the boot by the current clock."""
    identity = process_identity(child.pid)
    (tmp_path / str(child.pid)).symlink_to(f"/proc/{child.pid}")
    lines = Path("/proc/stat").read_text("ascii").splitlines()
    booted = next(int(line.split()[1]) for line in lines if line.startswith("btime"))
    (tmp_path / "stat").write_text(f"btime {booted + 3600}\n", "ascii")
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    assert psutil.Process(child.pid).create_time() > booted + 3600
    assert live_process(identity) == child.pid
