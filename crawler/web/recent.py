"""Answers that were given a moment ago: readers who ask for the same page get the same bytes.

A page costs its query and its template; with fifty readers at once, most ask for what others read, too. What an answer
depends on is its key: the path, the query, the form, the language, and the state of the catalogue. Nothing else of a
request changes it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from starlette.responses import Response

from crawler.web.answers import aged

AGE_S = 60
"""Seconds for which an answer is given again while the catalogue is the same: a new registration of a site, which is
not in the catalogue, shows up after this time."""

MAX_BYTES = 32 * 1024 * 1024
"""Bytes of all answers that are kept; a page has 10 to 60 KB."""

AnswerKey = tuple[str, ...]


class RecentAnswers:
    """Answers by their keys, for one event loop. Requests for an answer that is being made wait for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep nothing yet."""
        self._clock = clock
        self._kept: OrderedDict[AnswerKey, tuple[float, Response]] = OrderedDict()
        self._made: dict[AnswerKey, asyncio.Task[Response]] = {}
        self._bytes = 0

    async def get(self, key: AnswerKey, make: Callable[[], Awaitable[Response]]) -> Response:
        """Return the answer with a key, made now if there is none that is recent; only those with status 200 are kept.

        One that is given again has its `Age`. One that could not be made raises the same error for all who wait for it.
        """
        known = self._kept.get(key)
        if known and (age_s := self._clock() - known[0]) <= AGE_S:
            return aged(known[1], int(age_s))
        task = self._made.get(key)
        if task is None:
            task = asyncio.ensure_future(make())
            self._made[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(task)

    @property
    def size(self) -> int:
        """The bytes of the answers that are kept."""
        return self._bytes

    def _finished(self, key: AnswerKey, task: asyncio.Task[Response]) -> None:
        self._made.pop(key, None)
        if task.cancelled() or task.exception() or task.result().status_code != 200:
            return
        self._drop(key)
        self._kept[key] = (self._clock(), task.result())
        self._bytes += len(task.result().body)
        while self._bytes > MAX_BYTES or self._is_old(next(iter(self._kept))):
            self._drop(next(iter(self._kept)))

    def _is_old(self, key: AnswerKey) -> bool:
        return self._clock() - self._kept[key][0] > AGE_S

    def _drop(self, key: AnswerKey) -> None:
        dropped = self._kept.pop(key, None)
        self._bytes -= len(dropped[1].body) if dropped else 0
