"""A share of a core for a process, by a control group of Linux: the same work as on a machine with more cores."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

V1, V2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
"""Where groups with a quota of CPU time are made: version 1 has a tree for each kind of quota, version 2 one tree."""

PERIOD_US = 20_000
"""The time, in µs, in which a process uses its quota: a fifth of the kernel's default, so that pauses stay short."""


def can_share() -> bool:
    """Return whether this process may make such groups: as root, with a tree that it may write to."""
    with suppress(OSError), _group("probe") as group:
        return (group / "cpu.cfs_quota_us").exists() or (group / "cpu.max").exists()
    return False


@contextmanager
def share_of_core(pids: Iterable[int], share: float) -> Iterator[None]:
    """Let each of some processes use this share of a core while the block runs; processes that have ended are left out.

    Raises OSError where no group can be made: see `can_share`.
    """
    with ExitStack() as stack:
        for pid in pids:
            group = stack.enter_context(_group(str(pid)))
            if (group / "cpu.max").exists():
                (group / "cpu.max").write_text(f"{round(share * PERIOD_US)} {PERIOD_US}")
            else:
                (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
                (group / "cpu.cfs_quota_us").write_text(str(round(share * PERIOD_US)))
            with suppress(ProcessLookupError):
                (group / "cgroup.procs").write_text(str(pid))
        yield


@contextmanager
def _group(name: str) -> Iterator[Path]:
    """Make a group, and move its processes to the root group in the end."""
    root = V1 if (V1 / "cpu.cfs_quota_us").exists() else V2
    group = root / f"fangzhi-{os.getpid()}-{name}"
    group.mkdir()
    try:
        yield group
    finally:
        for pid in (group / "cgroup.procs").read_text().split():
            with suppress(OSError):
                (root / "cgroup.procs").write_text(pid)
        group.rmdir()
