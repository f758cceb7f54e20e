"""Parsing within a time limit: in worker processes, so that neither the reactor nor the line waits, or in this one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager

from pebble import ProcessPool

from pipelines.line.fork_server import fork_context, unblock
from pipelines.line.garbage import keep_imported
from pipelines.line.order import STAGES, read_page
from pipelines.line.time_limit import TimeLimitExceeded, time_limit
from pipelines.model import Job, Outcome, Rejection

PAGE_S = 60
"""Seconds that one page may take before its worker is killed, or its parsing in this process ends: the slowest of 340
real pages took under 2 s."""

PAGES_A_WORKER = 5_000
"""Pages after which a worker is replaced, so that a memory leak in a C library stays small."""


class ExtractionPool:
    """A pool of processes that run `read_page`. A page that hangs or kills its worker is rejected; the others go on."""

    def __init__(self, workers: int) -> None:
        """Start `workers` processes at the first page; a fork server imports the parsers once for all of them."""
        self.workers = workers
        context = fork_context(["pipelines.line.order", *STAGES])
        self._pool = ProcessPool(max_workers=workers, max_tasks=PAGES_A_WORKER, initializer=_begin, context=context)

    def submit(self, job: Job) -> Future[Outcome]:
        """Queue a page for parsing; the future never fails because of the page."""
        answer: Future[Outcome] = Future()
        seconds = PAGE_S
        task = self._pool.schedule(read_page, args=(job,), timeout=seconds)
        task.add_done_callback(lambda done: answer.set_result(_outcome(done, seconds)))
        return answer

    def close(self) -> None:
        """Parse the pages that are queued, then end the workers."""
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()


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


def _begin() -> None:
    """Prepare a worker."""
    unblock()
    keep_imported()


def _outcome(done: Future[Outcome], seconds: float) -> Outcome:
    try:
        return done.result()
    except FutureTimeoutError:
        return _too_slow(seconds)
    except Exception as error:  # noqa: BLE001 - the caller waits for an answer, whatever happened to the worker
        return Rejection(reason="parser-error", detail=f"ended its worker: {error!r}")


def _too_slow(seconds: float) -> Rejection:
    return Rejection(reason="parser-error", detail=f"took more than {seconds} s")
