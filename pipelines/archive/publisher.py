"""Sealed segments go to the store in the background; while it is away they wait, and nobody else does."""

from __future__ import annotations

import logging
import random
import threading
from collections import deque

from pipelines.archive.locks import claimed
from pipelines.archive.manifest import Fixity
from pipelines.archive.publish import publish, publish_manifests
from pipelines.errors import FangzhiError, StoreCorrupt, StoreUnavailable
from pipelines.storage import Storage, spooled

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between two tries at most: a server that is back gets the spool within a minute."""


LAST_TRIES = 5
"""Before what waits is left to the next start: half a minute, in which a server that is only busy answers once."""


class Publisher:
    """Publishes segments in the order in which they were sealed, and tries again while the store is unavailable."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._waiting: deque[Fixity] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._last_round = self._abandoned = False
        self._failure: Exception | None = None
        self.trouble: FangzhiError | None = None
        """Why the store takes nothing now; None if it does."""

    @property
    def size(self) -> int:
        """How many bytes wait."""
        with self._changed:
            return sum(each.size for each in self._waiting)

    def add(self, sealed: Fixity) -> None:
        """Take a sealed segment with what was written to it; all of its captures are catalogued."""
        with self._changed:
            self._waiting.append(sealed)
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
            self._thread.start()

    def check(self) -> None:
        """Raise what a person must see to: a segment that is not what was written, or a bug."""
        if self._failure:
            raise self._failure

    def close(self) -> None:
        """Publish what waits; raises StoreUnavailable, after a few more tries, if the store is still away."""
        with self._changed:
            self._last_round = True
            self._changed.notify()
        if self._thread:
            self._thread.join()
        self.check()
        if self._waiting:
            raise StoreUnavailable(
                f"{len(self._waiting)} files ({self.size / 1e6:.1f} MB) wait in the spool {self._storage.spool}: "
                f"{self.trouble}",
                hint="nothing is lost: the next start puts them",
            )

    def abandon(self) -> None:
        """Begin no further file; what waits stays in the spool."""
        with self._changed:
            self._abandoned = True
            self._changed.notify()

    def _run(self) -> None:
        try:
            tries = last = 0
            while sealed := self._next(tries):
                tries = 0 if self._published(sealed) else tries + 1
                last = last + 1 if tries and self._last_round else 0
                if last == LAST_TRIES:
                    return
        except Exception as error:  # noqa: BLE001 - a bug must reach whoever writes, not die with this thread
            self._failure = error

    def _next(self, tries: int) -> Fixity | None:
        """Wait for a segment, after a failure for the pause as well; None when there will be none."""
        with self._changed:
            if tries:
                ending = self._last_round
                self._changed.wait_for(lambda: self._last_round != ending or self._abandoned, pause(tries))
            self._changed.wait_for(lambda: self._waiting or self._last_round or self._abandoned)
            return self._waiting[0] if self._waiting and not self._abandoned else None

    def _published(self, sealed: Fixity) -> bool:
        """Tell whether a segment needs no further try: it was published, or only a person can help."""
        try:
            self._publish(sealed)
        except StoreCorrupt as error:
            self._failure = self._failure or error
            log.error("%s", error)
        except FangzhiError as error:
            if self.trouble is None:
                log.warning("what is archived waits in the spool %s: %s", self._storage.spool, error)
            self.trouble = error
            return False
        else:
            if self.trouble:
                log.warning("the archive takes files again; the spool is being emptied")
            self.trouble = None
        with self._changed:
            self._waiting.popleft()
        return True

    def _publish(self, sealed: Fixity) -> None:
        """Publish a segment unless somebody else has; the next start of another process may have found it as well.

        One that reached the store before, when its manifest did not, is gone from the spool: the manifest follows now.
        """
        path = spooled(self._storage, sealed.key)
        with claimed(path) as file:
            if file:
                publish(self._storage, sealed.key, sealed)
            elif path.exists():
                raise StoreUnavailable(f"another process holds {path}")
        publish_manifests(self._storage)


def pause(tries: int) -> float:
    """Return how many seconds to wait after so many failures: twice as long each time, drawn at random.

    >>> 0.5 <= pause(1) <= 1, LONGEST_PAUSE / 2 <= pause(99) <= LONGEST_PAUSE
    (True, True)
    """
    longest = min(LONGEST_PAUSE, 2.0 ** (tries - 1))
    return random.SystemRandom().uniform(longest / 2, longest)
