"""Shell. Which process a site belongs to, and whether that process is still alive."""

from __future__ import annotations

import psutil


def owner_name(pid: int) -> str:
    """Return what tells a process from all others: its number and its start, because numbers are used again."""
    return f"{pid}@{psutil.Process(pid).create_time():.2f}"


def owner_process(name: str | None) -> int | None:
    """Return the number of the process that has this name, None where it is gone or there is no name."""
    if name is None:
        return None
    pid = int(name.partition("@")[0])
    try:
        return pid if owner_name(pid) == name else None
    except psutil.NoSuchProcess:
        return None
