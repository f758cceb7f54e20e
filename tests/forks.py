"""Start the fork server (tests/warm.py), one for all workers of pytest, and find it in each of them."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

CODE = os.pathsep.join(filter(None, (str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH"))))
"""Where an interpreter finds this checkout."""

_shared: list[str] = []
"""The name of the socket of the server that another process has started for us, if one has."""


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a command.

    Unless it is changed, messages are in English, private addresses are allowed, and pages are read in the process
    itself: a worker takes 1 to 2 s of CPU time to start.
    """
    fixed = {"PYTHONPATH": CODE, "FANGZHI_ALLOW_PRIVATE": "1", "FANGZHI_LANG": "en", "NO_COLOR": "1"}
    return {"FANGZHI_WORKERS": "0", **os.environ, **fixed, **changes}


def use(name: str) -> None:
    """Take the fork server of another process from now on, by the name of its socket."""
    _shared[:] = [name]


@cache
def fork_server() -> socket.socket:
    """Return a connection to the fork server of all workers, or of this process alone."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.connect(*_shared or [start_fork_server()])
    return client


@cache
def start_fork_server() -> str:
    """Start a fork server, which ends with this process, and return the name of its socket, which is in no folder."""
    name = f"\0fangzhi-forks-{os.getpid()}"
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(name)
    listening.listen()
    ours, theirs = socket.socketpair()
    handles = [listening.fileno(), theirs.fileno()]
    # -c: click names a command that ran as a module `python -m tests.warm`; -P: nothing is imported from where we are
    command = [sys.executable, "-P", "-c", f"from tests.warm import main; main(*{handles})"]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with listening, theirs:
        server = subprocess.Popen(command, pass_fds=handles, env=environment(), **quiet)

    @atexit.register
    def end() -> None:
        ours.close()
        server.wait()

    return name
