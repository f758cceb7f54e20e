"""What was made of the texts that were used last, so that it is not made again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sized
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Sized)
Made = TypeVar("Made")

MAX_SHARE = 50
"""A key longer than one in so many parts of the limit is not kept: it would push out many others."""


class RecentlyMade(Generic[Key, Made]):
    """A function whose results are kept, as by `functools.lru_cache`; the limit is the total length of its arguments.

    A text of a news site has some 500 characters, a report 20,000: a limit of their number would have to be that of
    reports.
    """

    def __init__(self, make: Callable[[Key], Made], max_length: int) -> None:
        """`max_length` is the sum of the lengths of the arguments whose results are kept, in characters or bytes."""
        self._make = make
        self._max_length = max_length
        self._length = 0
        self._kept: OrderedDict[Key, Made] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, key: Key) -> Made:
        """Return the result for an argument; two threads may make it at once."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self._make(key)
        if len(key) * MAX_SHARE <= self._max_length:
            self._keep(key, made)
        return made

    def _keep(self, key: Key, made: Made) -> None:
        with self._lock:
            if key not in self._kept:
                self._length += len(key)
            self._kept[key] = made
            while self._length > self._max_length:
                oldest, _ = self._kept.popitem(last=False)
                self._length -= len(oldest)
