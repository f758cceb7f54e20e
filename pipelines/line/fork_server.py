"""One fork server for the line's process and its workers: it imports once what all of them need."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext
from typing import Any

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def fork_context(imports: Sequence[str]) -> ForkServerContext:
    """Return the context that makes processes by the fork server, which imports these modules at its start.

    A process that was forked by a server uses that same server, whatever it has imported.
    """
    context = multiprocessing.get_context("forkserver")
    if _is_forked():
        # The documentation of `ForkServer.ensure_running` says that it does nothing in such a process, but as far as
        # Python 3.14 it starts a second server, which imports everything again: 1.2 s of CPU time.
        _server().ensure_running = resource_tracker.ensure_running
    else:
        context.set_forkserver_preload(list(imports))
    return context


def start_server() -> None:
    """Start the fork server, unless it runs, so that the signals that end us do not reach it.

    It must be there as long as its processes are: it tells their exit codes. They inherit that these signals are
    blocked, and must call `unblock`. A process that was forked by a server starts none, see `fork_context`.
    """
    resource_tracker.ensure_running()  # it unblocks signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        _server().ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def unblock() -> None:
    """Let this process have the signals again that `start_server` blocked."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def _is_forked() -> bool:
    return _server()._forkserver_pid is None and _server()._forkserver_alive_fd is not None


def _server() -> Any:
    return forkserver._forkserver
