"""Repeating work while the catalogue is away: its server restarts, or another process keeps it locked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from pipelines.errors import StoreAway, StoreUnavailable

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

Wait = Callable[[StoreUnavailable], None]
"""Called while a store cannot be used: returns after a while to try again, or raises the error."""

PAUSE_S = 0.5
"""Seconds before a store is tried again: a restart of a server takes seconds, and a try costs milliseconds."""


def patiently(work: Callable[[], Result], wait: Wait) -> Result:
    """Return the result of work on the catalogue; repeats it while the catalogue is away.

    The work must be safe to repeat: one transaction, or only reads.
    """
    while True:
        try:
            return work()
        except StoreAway as error:
            wait(error)


class Patience:
    """Waits for as long as it takes, and logs once that it waits and once that it goes on."""

    def __init__(self) -> None:
        self._waits = False

    def run(self, work: Callable[[], Result]) -> Result:
        """Return the result of work on the catalogue, as `patiently` does."""
        result = patiently(work, self._wait)
        if self._waits:
            logger.warning("the catalogue is available again")
        self._waits = False
        return result

    def _wait(self, why: StoreUnavailable) -> None:
        if not self._waits:
            logger.warning("waiting for the catalogue: %s (%s)", why, why.hint)
        self._waits = True
        time.sleep(PAUSE_S)
