"""Parsing within a time limit: in worker processes, so that neither the reactor nor the line waits, or in this one."""

from __future__ import annotations

import logging
import pickle
import selectors
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from pipelines.line.fork_server import fork_context
from pipelines.line.order import STAGES, read_page
from pipelines.line.time_limit import TimeLimitExceeded, time_limit
from pipelines.line.worker import Task, Worker
from pipelines.model import Job, Outcome, Rejection

logger = logging.getLogger(__name__)

PAGE_S = 60
"""Seconds that one page may take before its worker is killed, or its parsing in this process ends: the slowest of 340
real pages took under 2 s."""

PAGES_A_WORKER = 5_000
"""Pages after which a worker is replaced, so that a memory leak in a C library stays small."""

CHECK_S = 1.0
"""Seconds between two looks at the time that is left for the pages: a time limit may be exceeded by so much."""


class ExtractionPool:
    """A pool of processes that run `read_page`. A page that hangs or kills its worker is rejected; the others go on.

    Whoever submits a page sends it to a worker that is idle. A thread receives the outcomes, sends the pages that wait,
    and starts, kills and replaces workers. A worker that parses is sent nothing, because it does not read.
    """

    def __init__(self, workers: int) -> None:
        """Start `workers` processes at the first page; a fork server imports the parsers once for all of them."""
        self.workers = workers
        self._context = fork_context(["pipelines.line.worker", *STAGES])
        self._open, self._closed = self._context.Pipe(duplex=False)
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._waiting: deque[Task] = deque()
        self._started: list[Worker] = []
        self._idle: list[Worker] = []
        self._thread = threading.Thread(target=self._run, name="workers", daemon=True)

    def submit(self, job: Job) -> Future[Outcome]:
        """Queue a page for parsing; the future never fails because of the page."""
        task = Task(job, PAGE_S)
        with self._lock:
            if self._thread.ident is None:
                self._thread.start()
            self._waiting.append(task)
            self._give()
        return task.answer

    def close(self) -> None:
        """Parse the pages that are queued, then end the workers."""
        self._closed.close()  # the thread sees the end of this pipe
        if self._thread.ident is not None:
            self._thread.join()
        self._selector.close()
        self._open.close()

    def _run(self) -> None:
        is_open = True
        self._selector.register(self._open, selectors.EVENT_READ)
        while is_open or self._is_busy():
            self._start_missing()
            for key, _events in self._selector.select(CHECK_S):
                if key.data:
                    self._receive(key.data)
                else:
                    is_open = False
                    self._selector.unregister(self._open)
            for worker in [each for each in self._started if each.left_s() <= 0]:
                self._stop(worker, kill=True)
        for worker in [*self._started]:
            self._stop(worker)

    def _is_busy(self) -> bool:
        with self._lock:
            return bool(self._waiting) or any(each.task for each in self._started)

    def _start_missing(self) -> None:
        """Start the workers that are missing, and send them the pages that wait."""
        while len(self._started) < self.workers:
            try:
                worker = Worker(self._context)
            except OSError as error:
                logger.warning("no worker can be started, trying again: %s", error)
                return
            self._selector.register(worker.connection, selectors.EVENT_READ, worker)
            with self._lock:
                self._started.append(worker)
                self._idle.append(worker)
                self._give()

    def _give(self) -> None:
        """Send pages that wait to idle workers; the lock is held. A worker that has ended is replaced by `_receive`."""
        while self._waiting and self._idle:
            if self._idle.pop().give(self._waiting[0]):
                self._waiting.popleft()

    def _receive(self, worker: Worker) -> None:
        """Receive the outcome of a worker's page and send it the next one; or note that it has ended."""
        try:
            outcome = worker.connection.recv_bytes()
        except (EOFError, OSError):
            self._stop(worker)
            return
        with self._lock:
            task, worker.task = worker.task, None
            is_used_up = worker.pages >= PAGES_A_WORKER
            if not is_used_up:
                self._idle.append(worker)
                self._give()
        if is_used_up:
            self._stop(worker)
        if task:
            task.answer.set_result(pickle.loads(outcome))  # noqa: S301 - of our own child process

    def _stop(self, worker: Worker, *, kill: bool = False) -> None:
        """End a worker; reject its page, if it has one."""
        self._selector.unregister(worker.connection)
        with self._lock:
            self._started.remove(worker)
            self._idle = [each for each in self._idle if each is not worker]
        code = worker.end(kill=kill)
        if task := worker.task:
            detail = f"ended its worker: exit code {code}"
            task.answer.set_result(_too_slow(task.seconds) if kill else Rejection(reason="parser-error", detail=detail))


def read_page_here(job: Job, seconds: float = PAGE_S) -> Outcome:
    """Parse a page in this process, in the time that it would have in a worker; never raises because of the page."""
    try:
        with time_limit(seconds):
            return read_page(job)
    except TimeLimitExceeded:
        return _too_slow(seconds)


@contextmanager
def open_pool(workers: int) -> Iterator[ExtractionPool | None]:
    """Open a pool of so many workers; with 0 there is none, and the caller parses pages in its own process."""
    pool = ExtractionPool(workers) if workers else None
    try:
        yield pool
    finally:
        if pool:
            pool.close()


def _too_slow(seconds: float) -> Rejection:
    return Rejection(reason="parser-error", detail=f"took more than {seconds} s")
