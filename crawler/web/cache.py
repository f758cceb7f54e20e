"""Results that cost much and change slowly, kept for some minutes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")

BOARD_AGE_S = 300
"""Seconds for which the health of all sites is kept: it is read from 100 captures of each, 4 s for sixty sites."""

LEDGER_AGE_S = 600
"""Seconds for which the ledger is kept: each of its entries is an object, and S3 gives some 50 in a second."""

FACETS_AGE_S = 60
"""Seconds for which the facets of a search are kept: they are six counts, and the same on each page of its results."""

MAX_RESULTS = 64
"""Results that are kept: the oldest is dropped first. A result is at most some MB, the states of 500 sites."""


class ResultCache:
    """Results by name. A result is computed by one thread, while others that ask for it wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep nothing yet."""
        self._clock = clock
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._found: dict[str, tuple[float, Any]] = {}

    def get(self, name: str, age_s: float, compute: Callable[[], T]) -> T:
        """Return a result that is not older than `age_s`."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            known = self._found.get(name)
            if known is None or self._clock() - known[0] > age_s:
                known = (self._clock(), compute())
                self._found.pop(name, None)
                self._found[name] = known
                while len(self._found) > MAX_RESULTS:
                    dropped = next(iter(self._found))
                    self._found.pop(dropped, None)
                    self._locks.pop(dropped, None)
            return cast("T", known[1])
