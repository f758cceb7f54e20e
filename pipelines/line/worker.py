"""A worker: a process that parses one page after another. It gets jobs and returns outcomes by a connection."""

from __future__ import annotations

import math
import signal
import time
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext

from attrs import field, frozen

from pipelines.line.fork_server import unblock
from pipelines.line.garbage import keep_imported
from pipelines.line.order import read_page
from pipelines.model import Job, Outcome

EXIT_S = 1.0
"""Seconds until a process that was killed, or whose connection is closed, has an exit code: it takes milliseconds."""


@frozen(eq=False)
class Task:
    """A page to parse in so many seconds, and the future of its outcome."""

    job: Job
    seconds: float
    answer: Future[Outcome] = field(factory=Future)


class Worker:
    """A process that parses pages; it has at most one `task` at a time."""

    def __init__(self, context: ForkServerContext) -> None:
        """Start the process; raises OSError if the machine lacks the resources."""
        self.connection, theirs = context.Pipe()
        with theirs:
            self._process = context.Process(target=_serve, args=(theirs,), name="reader", daemon=True)
            self._process.start()
        self.task: Task | None = None
        self.pages = 0
        self._due = math.inf

    def give(self, task: Task) -> bool:
        """Send a page to the process, which must be idle; returns False if it has ended."""
        self.task, self._due = task, time.monotonic() + task.seconds
        self.pages += 1
        try:
            self.connection.send(task.job)
        except OSError:
            self.task = None
        return self.task is not None

    def left_s(self) -> float:
        """Return the seconds that are left for the task."""
        return self._due - time.monotonic() if self.task else math.inf

    def end(self, *, kill: bool = False) -> int | None:
        """End the process, which is idle unless it is killed; returns its exit code."""
        if kill:
            self._process.kill()
        self.connection.close()
        self._process.join(EXIT_S)
        return self._process.exitcode


def _serve(connection: Connection) -> None:
    """Parse the pages that come, until nobody sends any more: an interrupt from the terminal is for the command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    unblock()
    keep_imported()
    while True:
        try:
            job = connection.recv()
        except (EOFError, OSError):
            return
        outcome = read_page(job)
        try:
            connection.send(outcome)
        except OSError:
            return
