"""Repeating work while catalogue or frontier are away: their server restarts, or a process keeps them locked."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Literal, TypeVar

from pipelines.errors import StoreAway, StoreUnavailable

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

Wait = Callable[[StoreUnavailable], None]
"""Called while a store cannot be used: returns after a while to try again, or raises the error."""

PAUSE_S = 0.5
"""Seconds before a store is tried again: a restart of a server takes seconds, and a try costs milliseconds."""


def patiently(work: Callable[[], Result], wait: Wait) -> Result:
    """Return the result of work on a store; repeats it while the store is away.

    The work must be safe to repeat: one transaction, or only reads.
    """
    while True:
        try:
            return work()
        except StoreAway as error:
            wait(error)


Store = Literal["catalogue", "frontier"]


class Patience:
    """Waits for as long as it takes, and logs once that it waits and once that it goes on."""

    def __init__(self, store: Store = "catalogue") -> None:
        """`store` is what is waited for."""
        self._store = store
        self._waits = self._gives_up = False
        self._until = math.inf

    def run(self, work: Callable[[], Result], limit_s: float = math.inf) -> Result:
        """Return the result of work on the store, as `patiently` does; after `limit_s` seconds raise the error."""
        self._until = time.monotonic() + limit_s
        result = patiently(work, self._wait)
        if self._waits and self._store == "catalogue":
            logger.warning("the catalogue is available again")
        elif self._waits:
            logger.warning("the frontier is available again")
        self._waits = False
        return result

    def give_up(self) -> None:
        """Wait no longer, because the crawl ends. It can be called from a signal handler."""
        self._gives_up = True

    def _wait(self, why: StoreUnavailable) -> None:
        if self._gives_up or time.monotonic() >= self._until:
            raise why
        if not self._waits and self._store == "catalogue":
            logger.warning("waiting for the catalogue: %s (%s)", why, why.hint)
        elif not self._waits:
            logger.warning("waiting for the frontier: %s (%s)", why, why.hint)
        self._waits = True
        time.sleep(PAUSE_S)
