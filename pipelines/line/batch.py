"""Batches: pages go down the line together, so that one fdatasync and one transaction serve all of them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import Future

from attrs import evolve

from pipelines.dedupe.verdict import fingerprint, payload_digest
from pipelines.errors import StoreAway, StoreUnavailable
from pipelines.line.order import archive_page, archive_requisite, index_batch
from pipelines.line.patience import Wait, patiently
from pipelines.line.protocols import Holding, Stores
from pipelines.model import Digests, Entry, Job, Outcome, Requisite
from pipelines.storage.options import Options

GATHER_S = 0.2
"""Seconds that pages wait for the next one to be parsed, so that it shares their sync and their transaction. Two
workers parse some ten pages in that time. A transaction for each page costs the line a third more CPU time than one for
ten."""


class Batch:
    """The pages that are archived and not yet indexed; use it from one thread."""

    def __init__(self, stores: Stores, options: Options, wait: Wait) -> None:
        """Start empty; `options` limit how many pages share a sync, and how long a page may wait for it.

        `wait` is called while the archive is full or the catalogue is away.
        """
        self._stores = stores
        self._options = options
        self._wait = wait
        self._pages: list[tuple[Entry | Requisite, Future[Entry | Requisite]]] = []
        self._since = 0.0
        self._failure: Exception | None = None

    def hold(self, holding: Holding) -> None:
        """Index pages within `holding` from now on."""
        self._stores = evolve(self._stores, holding=holding)

    def may_wait_s(self) -> float:
        """Return the seconds for which the pages may wait for one that is being parsed."""
        return max(0.0, min(GATHER_S, self._options.sync_age.total_seconds()) - self._age_s())

    def add(self, job: Job, outcome: Outcome | None, answer: Future[Entry | Requisite]) -> None:
        """Archive a parsed page, or a requisite (without an outcome); `answer` gets its entry once it is indexed.

        Raises StoreError if the page, or the batch before it, cannot be stored; `answer` may then be left unset.
        """
        self._check()
        digests = fingerprint(job.capture, outcome) if outcome else Digests(payload=payload_digest(job.capture))
        if self._must_be_indexed_before(digests, job.capture.final_url):
            self.index()
        entry: Entry | Requisite = self._archive(
            lambda: (
                archive_page(job, outcome, digests, self._stores) if outcome else archive_requisite(job, self._stores)
            )
        )
        if not self._pages:
            self._since = time.monotonic()
        self._pages.append((entry, answer))
        if self._age_s() >= self._options.sync_age.total_seconds() or len(self._pages) >= self._options.sync_pages:
            self.index()

    def index(self) -> None:
        """Make the batch durable, index its pages, and publish the WARC files that are complete.

        Waits while the catalogue is away. Raises StoreError; the answers that are still waiting get the error too.
        After that nothing more is archived or published: a file with captures that are not indexed must stay
        unfinished, so that the next start finds them.
        """
        self._check()
        pages, self._pages = self._pages, []
        archived = [entry for entry, _ in pages]
        try:
            entries = patiently(lambda: index_batch(archived, self._stores), self._wait)
        except Exception as error:
            self._failure = error
            for _, answer in pages:
                answer.set_exception(error)
            raise
        for (_, answer), entry in zip(pages, entries, strict=True):
            answer.set_result(entry)
        self._stores.archive.roll(dt.datetime.now(dt.UTC))

    def _archive(self, put: Callable[[], Entry | Requisite]) -> Entry | Requisite:
        """Archive a page; wait while the catalogue is away, or for space that publishing will free."""
        archive = self._stores.archive
        while True:
            why = archive.full()
            try:
                if why is None:
                    return put()
            except StoreAway as error:  # the catalogue, which is asked before anything is archived
                self._wait(error)
                continue
            except StoreUnavailable as error:
                if not archive.has_unsent():
                    raise
                why = error
            self.index()
            archive.roll(dt.datetime.now(dt.UTC), everything=True)
            self._wait(why)

    def _age_s(self) -> float:
        return time.monotonic() - self._since if self._pages else 0.0

    def _check(self) -> None:
        """Raise the error that made this batch fail before."""
        if self._failure:
            raise self._failure

    def _must_be_indexed_before(self, digests: Digests, url: str) -> bool:
        """Return whether a page of the batch has this URL, these bytes or this text.

        Classifying a page asks the catalogue for earlier captures, so these must be indexed first.
        """
        return any(
            entry.final_url == url
            or _digests(entry).payload == digests.payload
            or (digests.text is not None and _digests(entry).text == digests.text)
            for entry, _ in self._pages
        )


def _digests(entry: Entry | Requisite) -> Digests:
    return Digests(payload=entry.payload) if isinstance(entry, Requisite) else entry.digests
