"""Who crawls: a process of a machine, by a name that no other process ever has."""

from __future__ import annotations

import functools
import os
import socket
from pathlib import Path

import psutil
from attrs import frozen

_BOOT_ID, _PID_NAMESPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


@frozen(kw_only=True)
class Owner:
    """A process: its PID, its start in seconds after the boot, and where it runs.

    PIDs are used again, so the start and the boot belong to the name. Containers of one machine have the same boot, and
    often the same PIDs and host name: `namespace` is that of their PIDs. The start is counted from the boot, because as
    wall-clock time it would change when the clock is set.
    """

    pid: int
    start: str
    boot: str
    namespace: str
    host: str

    @classmethod
    def of_process(cls, pid: int) -> Owner:
        """Return a process of this machine; raises psutil.NoSuchProcess."""
        start = psutil.Process(pid).create_time() - psutil.boot_time()
        return cls(pid=pid, start=f"{start:.2f}", boot=_boot_id(), namespace=_namespace(), host=socket.gethostname())

    @classmethod
    def parse(cls, text: str) -> Owner:
        """Return the owner of an identity."""
        pid, start, boot, namespace, host = text.split("@", maxsplit=4)
        return cls(pid=int(pid), start=start, boot=boot, namespace=namespace, host=host)

    @property
    def identity(self) -> str:
        """Return the name that no other process ever has."""
        return "@".join((str(self.pid), self.start, self.boot, self.namespace, self.host))

    @property
    def is_here(self) -> bool:
        """Tell whether it runs on this machine, where it can be looked up by its PID."""
        return (self.boot, self.namespace, self.host) == (_boot_id(), _namespace(), socket.gethostname())

    def is_alive(self, *, lease_holds: bool) -> bool:
        """Tell whether the process crawls: it is looked up on this machine; elsewhere its lease says so.

        A process of this machine that is stopped keeps its sites, as during the sleep of a laptop. A zombie, which
        ended but was not waited for, as happens under a container's first process, has ended.
        """
        if not self.is_here:
            return lease_holds
        try:
            same = Owner.of_process(self.pid) == self
            return same and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


def is_earlier_process(identity: str) -> bool:
    """Tell whether a process lives that an earlier version of fangzhi named: PID, start and boot of this machine."""
    pid, _mark, rest = identity.partition("@")
    try:
        process = Owner.of_process(int(pid))
    except psutil.NoSuchProcess:
        return False
    return rest == f"{process.start}@{process.boot}"


def own_identity() -> str:
    """Return the identity of this process."""
    return Owner.of_process(os.getpid()).identity


@functools.cache
def _boot_id() -> str:
    """Return the ID of the machine's current boot, empty if the system has none."""
    return _BOOT_ID.read_text("ascii").strip() if _BOOT_ID.exists() else ""


@functools.cache
def _namespace() -> str:
    """Return the namespace of the PIDs of this process, empty if the system has none."""
    return _PID_NAMESPACE.readlink().name if _PID_NAMESPACE.is_symlink() else ""
