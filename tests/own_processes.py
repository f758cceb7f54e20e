"""The fork server of multiprocessing for a command in a forked child: forked as well, instead of a new interpreter.

`schedule` and the workers of a crawl are processes that such a server forks. It would import again what its command has
at hand: 2.5 s of CPU time for each command that makes processes.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from typing import Any

from pipelines.line.fork_server import STOP_SIGNALS


def makes_processes(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Return whether a command is to crawl, or to read pages, in processes of its own."""
    return "schedule" in arguments or environ.get("FANGZHI_WORKERS", "0") != "0"


def fork_its_server() -> None:
    """Fork the server of this process, which has one thread still; it ends when this process and its children have.

    From then on this process is one that was forked by a server: see `fork_context` in pipelines/line/fork_server.py.
    From Python 3.14 on a server wants a key, so that it is started as everywhere else.
    """
    if sys.version_info >= (3, 14):
        return
    known: Any = forkserver._forkserver  # type: ignore[attr-defined]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("")  # Linux chooses a name that is in no folder
    listener.listen()
    ends, lives = os.pipe()
    if os.fork() == 0:
        try:
            os.close(lives)
            signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # as `start_server` does
            forkserver.main(listener.detach(), ends, [])
        finally:
            os._exit(0)
    known._forkserver_address, known._forkserver_alive_fd = listener.getsockname(), lives
    os.close(ends)
    listener.close()
