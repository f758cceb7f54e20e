"""Publishing of closed WARC files in the background: they wait while the store is unavailable, the crawl does not."""

from __future__ import annotations

import errno
import logging
import random
import threading
from collections import deque

from pipelines.archive.locks import lock_existing
from pipelines.archive.manifest import Fixity
from pipelines.archive.publish import OnUpload, ignore_upload, publish, publish_manifests
from pipelines.archive.written import WrittenFile
from pipelines.errors import FangzhiError, StoreCorrupt, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.storage import Storage, spool_path

logger = logging.getLogger(__name__)

MAX_PAUSE_S = 60.0
"""Maximum pause between two tries: once a server is back, it gets the files within a minute."""

FINAL_TRIES = 5
"""Tries at the end of a run before the files are left to the next start: half a minute, enough for a busy server."""


NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
"""Errors of a disk or a quota that is full."""

ClosedFile = Fixity | WrittenFile
"""A closed file: with the digest that it has, or with those of its parts when they were written."""


class Publisher:
    """Publishes WARC files in the order in which they were closed, and retries while the store is unavailable."""

    def __init__(self, storage: Storage, on_upload: OnUpload = ignore_upload) -> None:
        """`on_upload` is called in the thread of the publisher."""
        self._storage, self._on_upload = storage, on_upload
        self._waiting: deque[ClosedFile] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._last_round = self._abandoned = False
        self._failure: Exception | None = None
        self.last_error: FangzhiError | None = None
        """The reason why the store accepts no files now, or None."""

    @property
    def size(self) -> int:
        """Total size of the waiting files in bytes."""
        with self._changed:
            return sum(each.size for each in self._waiting)

    @property
    def lacks_space(self) -> bool:
        """Tell whether the last try failed because the spool has no room for the index or the manifest of a file."""
        cause = self.last_error.__cause__ if self.last_error else None
        return isinstance(cause, OSError) and cause.errno in NO_SPACE

    def add(self, file: ClosedFile) -> None:
        """Enqueue a closed WARC file; all its captures must be catalogued."""
        with self._changed:
            self._waiting.append(file)
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
            self._thread.start()

    def check(self) -> None:
        """Raise an error that a person must see: a file that is not what was written, or a bug."""
        if self._failure:
            raise self._failure

    def close(self) -> None:
        """Publish the waiting files; raises StoreUnavailable if that fails in a few more tries."""
        with self._changed:
            self._last_round = True
            self._changed.notify()
        if self._thread:
            self._thread.join()
        self.check()
        if self._waiting:
            raise StoreUnavailable(
                _(
                    "{count} files ({size:.1f} MB) wait in the spool {spool}: {last_error}",
                    count=len(self._waiting),
                    size=self.size / 1000000.0,
                    spool=self._storage.spool,
                    last_error=self.last_error,
                ),
                hint=_("nothing is lost: the next start puts them into the archive"),
            )

    def abandon(self) -> None:
        """Stop after the current file; the waiting files stay in the spool."""
        with self._changed:
            self._abandoned = True
            self._changed.notify()

    def _run(self) -> None:
        try:
            tries = final_tries = 0
            while file := self._next(tries):
                tries = 0 if self._published(file) else tries + 1
                final_tries = final_tries + 1 if tries and self._last_round else 0
                if final_tries == FINAL_TRIES:
                    return
        except Exception as error:  # noqa: BLE001 - a bug must reach the caller, not end with this thread
            self._failure = error

    def _next(self, tries: int) -> ClosedFile | None:
        """Wait for a file, after a failure also for the pause; None if there will be no further one."""
        with self._changed:
            if tries:
                ending = self._last_round
                self._changed.wait_for(lambda: self._last_round != ending or self._abandoned, retry_pause(tries))
            self._changed.wait_for(lambda: self._waiting or self._last_round or self._abandoned)
            return self._waiting[0] if self._waiting and not self._abandoned else None

    def _published(self, file: ClosedFile) -> bool:
        """Try to publish a file; True if no further try is needed: it is published, or a person must repair it."""
        try:
            self._publish(file)
        except StoreCorrupt as error:
            self._failure = self._failure or error
            logger.error("%s", error)
        except FangzhiError as error:
            if self.last_error is None:
                logger.warning("archived files wait in the spool %s: %s", self._storage.spool, error)
            self.last_error = error
            return False
        else:
            if self.last_error:
                logger.warning("the archive is available again; the files in the spool are sent")
            self.last_error = None
        with self._changed:
            self._waiting.popleft()
        return True

    def _publish(self, file: ClosedFile) -> None:
        """Publish a file unless another process, which found it in the spool at its start, has done so.

        If the file reached the store before and its manifest did not, the manifest is put now.
        """
        path = spool_path(self._storage, file.key)
        with lock_existing(path) as locked:
            if locked:
                publish(self._storage, file.key, file, self._on_upload)
            elif path.exists():
                raise StoreUnavailable(_("another process is publishing {path}", path=path))
        publish_manifests(self._storage)


def retry_pause(tries: int) -> float:
    """Return the seconds to wait after a number of failures: exponential backoff with jitter.

    >>> 0.5 <= retry_pause(1) <= 1, MAX_PAUSE_S / 2 <= retry_pause(99) <= MAX_PAUSE_S
    (True, True)
    """
    longest = min(MAX_PAUSE_S, 2.0 ** (tries - 1))
    return random.SystemRandom().uniform(longest / 2, longest)
