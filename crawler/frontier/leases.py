"""Which process a site belongs to, and whether that process is still alive."""

from __future__ import annotations

import functools
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def owner_name(pid: int) -> str:
    """Return what tells a process from all others: its number and its start, because numbers are used again.

    The start is counted from the machine's: by the clock it would be another one once the clock is set.
    """
    start = psutil.Process(pid).create_time() - psutil.boot_time()
    return f"{pid}@{start:.2f}@{_boot()}"


def owner_process(name: str | None) -> int | None:
    """Return the number of the process that has this name, None where it is gone or there is no name.

    One that has ended and was not yet waited for, as under a container's first process, is gone.
    """
    if name is None:
        return None
    pid = int(name.partition("@")[0])
    try:
        alive = owner_name(pid) == name and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return pid if alive else None


@functools.cache
def _boot() -> str:
    """Return what tells this start of the machine from others, where the system says it."""
    return _BOOT.read_text("ascii").strip() if _BOOT.exists() else ""
