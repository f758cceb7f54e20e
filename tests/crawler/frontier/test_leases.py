"""Who owns a site is told apart from all others, and only as long as it lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crawler.frontier.leases import owner_name, owner_process
from tests.wait import wait_until

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it needs Linux' /proc")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_a_process_is_found_by_its_name_until_it_ends(child: subprocess.Popen[bytes]) -> None:
    name = owner_name(child.pid)
    assert owner_process(name) == child.pid
    child.kill()
    child.wait()
    assert owner_process(name) is None
    assert owner_process(None) is None


def test_another_process_with_the_same_number_is_not_taken_for_it(child: subprocess.Popen[bytes]) -> None:
    before = owner_name(child.pid)
    assert owner_process(before.replace("@", "@1", 1)) is None
    assert owner_process(f"{child.pid}@1767225600.12") is None, "as the frontier had it before"


@linux
def test_who_has_ended_owns_nothing_even_if_nobody_waited_for_it(child: subprocess.Popen[bytes]) -> None:
    name = owner_name(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    assert owner_process(name) is None


@linux
def test_a_clock_that_is_set_makes_no_other_process_of_it(
    child: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux tells starts by the time since the machine's, which it tells by the clock as it is now."""
    name = owner_name(child.pid)
    (tmp_path / str(child.pid)).symlink_to(f"/proc/{child.pid}")
    lines = Path("/proc/stat").read_text("ascii").splitlines()
    booted = next(int(line.split()[1]) for line in lines if line.startswith("btime"))
    (tmp_path / "stat").write_text(f"btime {booted + 3600}\n", "ascii")
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    assert psutil.Process(child.pid).create_time() > booted + 3600
    assert owner_process(name) == child.pid
