"""The line in a thread: pages go down it in the order in which they came, while workers parse the next ones."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import Protocol

from attrs import frozen

from pipelines.errors import StoreError, StoreUnavailable
from pipelines.line.batch import Batch
from pipelines.line.patience import PAUSE_S
from pipelines.line.protocols import Holding
from pipelines.line.stores import stores_for
from pipelines.line.workers import open_pool, read_page_here
from pipelines.model import Entry, Job, Outcome, Requisite
from pipelines.storage.options import Options


@frozen(kw_only=True)
class LineSettings:
    """The stores of a line and its workers: the arguments of `stores_for`, and the number of `open_pool`."""

    archive: str
    catalogue: str
    info: Mapping[str, Mapping[str, str]]
    options: Options
    left: tuple[str, ...] = ()
    workers: int = 0


class CrawlListener(Protocol):
    """What a line tells the crawl that feeds it, from another thread."""

    def line_waits(self, why: StoreUnavailable) -> None:
        """Take note that a store cannot be used; called again at each try, until the line goes on or gives up."""

    def line_goes_on(self) -> None:
        """Take note that the store can be used again."""

    def line_failed(self, error: Exception) -> None:
        """Take note that nothing more can be stored, and that the crawl must end."""

    def file_uploaded(self, seconds: float) -> None:
        """Take note how long a WARC file took into the store."""


class LineThread:
    """One thread does what follows the parsing, in the order in which the jobs came.

    It waits for the outcome of a page while the workers parse the next ones, so verdicts do not depend on which worker
    was faster.
    """

    def __init__(self, settings: LineSettings, crawl: CrawlListener) -> None:
        """Open the stores; raises ConfigError or StoreError."""
        self._crawl = crawl
        self._open = ExitStack()
        addresses = settings.archive, settings.catalogue
        stores = stores_for(*addresses, settings.info, settings.options, settings.left, crawl.file_uploaded)
        self._batch = Batch(self._open.enter_context(stores), settings.options, self._wait)
        self._extraction = self._open.enter_context(open_pool(settings.workers))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="line")
        self._received = self._added = 0
        self._waits = self._gives_up = False

    def hold(self, holding: Holding) -> None:
        """Index pages within `holding`; to be called before any is submitted."""
        self._batch.hold(holding)

    def submit(self, job: Job) -> Future[Entry | Requisite]:
        """Queue a page, or a requisite, which is not parsed; the answer is its entry, or the error of the stores."""
        answer: Future[Entry | Requisite] = Future()
        answer.set_running_or_notify_cancel()
        is_page = job.capture.requisite_of is None
        parsing = self._extraction.submit(job) if self._extraction and is_page else None
        self._received += 1
        self._thread.submit(self._add, job, parsing, answer)
        return answer

    def tick(self) -> None:
        """Publish files that nothing is written to any more; to be called once in a while."""
        self._thread.submit(self._index)

    def give_up(self) -> None:
        """Wait for no store any more, because the crawl ends: what cannot be stored now raises its error."""
        self._gives_up = True

    def close(self, failure: Exception | None) -> Future[StoreError | None]:
        """Close the stores once every page received is stored; after a failure, leave them as a kill would.

        The answer is the error of closing them.
        """
        closed = self._thread.submit(self._close, failure)
        self._thread.shutdown(wait=False)
        return closed

    def _add(self, job: Job, parsing: Future[Outcome] | None, answer: Future[Entry | Requisite]) -> None:
        """Add a job to the batch; index the batch before waiting for long, and when no other job is queued."""
        self._added += 1
        try:
            if parsing and not wait([parsing], self._batch.may_wait_s()).done:
                self._batch.index()
            here = None if job.capture.requisite_of else read_page_here
            self._batch.add(job, parsing.result() if parsing else here and here(job), answer)
            self._go_on()
        except Exception as error:  # noqa: BLE001 - the caller waits for an answer, whatever happened to the page
            if not answer.done():
                answer.set_exception(error)
        if self._added == self._received:
            self._index()

    def _index(self) -> None:
        try:
            self._batch.index()
            self._go_on()
        except Exception as error:  # noqa: BLE001 - the answers have it, if there are any
            self._crawl.line_failed(error)

    def _wait(self, why: StoreUnavailable) -> None:
        """Let a moment pass before a store is tried again; if the crawl is ending, raise the error instead."""
        if self._gives_up:
            raise why
        self._waits = True
        self._crawl.line_waits(why)
        time.sleep(PAUSE_S)

    def _go_on(self) -> None:
        if self._waits:
            self._waits = False
            self._crawl.line_goes_on()

    def _close(self, failure: Exception | None) -> StoreError | None:
        """Close the workers, then the stores: the last thing opened is the first closed."""
        try:
            self._open.__exit__(type(failure) if failure else None, failure, None)
        except StoreError as error:
            return error
        return None
