"""CPU seconds of processes on Linux, from `/proc`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
"""Ticks a second in which the kernel counts CPU time."""


def seconds(pid: int) -> float:
    """Return the CPU seconds of a process, in its own code and in the kernel."""
    return sum(map(int, _fields(pid)[11:13])) / TICKS


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are still running."""
    return [each for each in _processes() if _parent(each) == pid]


def _processes() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal())


def _parent(pid: int) -> int:
    try:
        return int(_fields(pid)[1])
    except OSError:  # it has ended
        return 0


def _fields(pid: int) -> list[str]:
    """Return the fields of `/proc/PID/stat` after the name of the program, which may contain anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
