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
from attrs import evolve

from crawler.frontier.identity import Owner, is_earlier_process
from tests.wait import wait_until

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it needs Linux' /proc")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def is_alive(identity: str, *, lease_holds: bool = False) -> bool:
    return Owner.parse(identity).is_alive(lease_holds=lease_holds)


def test_a_process_is_found_by_its_identity_until_it_ends(child: subprocess.Popen[bytes]) -> None:
    identity = Owner.of_process(child.pid).identity
    assert Owner.parse(identity).pid == child.pid
    assert is_alive(identity)
    child.kill()
    child.wait()
    assert not is_alive(identity, lease_holds=True), "its lease does not matter on its own machine"


def test_another_process_with_the_same_pid_has_another_identity(child: subprocess.Popen[bytes]) -> None:
    before = Owner.of_process(child.pid)
    assert not is_alive(evolve(before, start="1.23").identity, lease_holds=True)


@pytest.mark.parametrize("where", ["boot", "namespace", "host"])
def test_a_process_elsewhere_lives_while_its_lease_holds(child: subprocess.Popen[bytes], where: str) -> None:
    """Two containers have the same PIDs, and often the same host name; a machine that was started again has both."""
    elsewhere = evolve(Owner.of_process(child.pid), **{where: "another"})
    assert is_alive(elsewhere.identity, lease_holds=True)
    assert not is_alive(elsewhere.identity, lease_holds=False)


def test_a_process_that_an_earlier_version_named_is_found(child: subprocess.Popen[bytes]) -> None:
    owner = Owner.of_process(child.pid)
    assert is_earlier_process(f"{owner.pid}@{owner.start}@{owner.boot}")
    assert not is_earlier_process(f"{owner.pid}@1{owner.start}@{owner.boot}")
    assert not is_earlier_process(f"{child.pid}@1767225600.12"), "the format of the first versions"


@linux
def test_a_zombie_has_ended(child: subprocess.Popen[bytes]) -> None:
    identity = Owner.of_process(child.pid).identity
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    assert not is_alive(identity)


@linux
def test_setting_the_clock_does_not_change_the_identity(
    child: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux gives the start of a process as time since the boot, and the time of the boot by the current clock."""
    identity = Owner.of_process(child.pid).identity
    (tmp_path / str(child.pid)).symlink_to(f"/proc/{child.pid}")
    lines = Path("/proc/stat").read_text("ascii").splitlines()
    booted = next(int(line.split()[1]) for line in lines if line.startswith("btime"))
    (tmp_path / "stat").write_text(f"btime {booted + 3600}\n", "ascii")
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    assert psutil.Process(child.pid).create_time() > booted + 3600
    assert is_alive(identity)
