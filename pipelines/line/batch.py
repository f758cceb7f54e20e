"""Pages go down the line in groups: each is kept at once, one fdatasync lets all of them be remembered."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import Future

from pipelines.dedupe.verdict import fingerprint
from pipelines.errors import StoreUnavailable
from pipelines.line.order import Stores, keep, remember
from pipelines.model import Digests, Entry, Job, Outcome
from pipelines.storage.options import Options

Wait = Callable[[StoreUnavailable], None]
"""Called when nothing can be kept now: returns after a while if that is to be tried again, or raises the error."""


class Batch:
    """The pages that are kept and not yet remembered; use it from one thread."""

    def __init__(self, stores: Stores, options: Options, wait: Wait) -> None:
        """Begin with none; `options` says how many may share a sync, and how long one may wait for it."""
        self._stores = stores
        self._options = options
        self._wait = wait
        self._pages: list[tuple[Entry, Future[Entry]]] = []
        self._since = 0.0

    def take(self, job: Job, outcome: Outcome, answer: Future[Entry]) -> None:
        """Take a page that was read as far as the archive; `answer` gets its entry once its group is remembered.

        Raises StoreError if the page, or the group before it, cannot be kept; `answer` may be without either then.
        """
        prints = fingerprint(job.capture, outcome)
        if self._concern(prints, job.capture.final_url):
            self.remember()
        entry = self._keep(job, outcome, prints)
        if not self._pages:
            self._since = time.monotonic()
        self._pages.append((entry, answer))
        old = time.monotonic() - self._since >= self._options.sync_age.total_seconds()
        if old or len(self._pages) >= self._options.sync_pages:
            self.remember()

    def remember(self) -> None:
        """Make the group durable, remember its pages, and send complete files on their way.

        Raises StoreError, which the answers that are still waiting get as well.
        """
        pages, self._pages = self._pages, []
        try:
            self._stores.archive.sync()
            entries = self._remembered([entry for entry, _ in pages]) if pages else []
        except Exception as error:
            for _, answer in pages:
                answer.set_exception(error)
            raise
        for (_, answer), entry in zip(pages, entries, strict=True):
            answer.set_result(entry)
        self._stores.archive.roll(dt.datetime.now(dt.UTC))

    def _remembered(self, entries: list[Entry]) -> list[Entry]:
        """Remember pages in one transaction, so that they share the database's wait for the disk as well."""
        with self._stores.catalogue.together():
            return [remember(entry, self._stores.catalogue) for entry in entries]

    def _keep(self, job: Job, outcome: Outcome, prints: Digests) -> Entry:
        """Keep a page; while there is no room for it, and there will be, wait."""
        archive = self._stores.archive
        while True:
            why = archive.full()
            try:
                if why is None:
                    return keep(job, outcome, prints, self._stores)
            except StoreUnavailable as error:
                if not archive.has_unsent():
                    raise
                why = error
            self.remember()
            archive.roll(dt.datetime.now(dt.UTC), everything=True)
            self._wait(why)

    def _concern(self, prints: Digests, url: str) -> bool:
        """Tell whether a page of the group must be remembered before one with these prints and URL is judged."""
        return any(
            entry.final_url == url
            or entry.digests.payload == prints.payload
            or (prints.text is not None and entry.digests.text == prints.text)
            for entry, _ in self._pages
        )
