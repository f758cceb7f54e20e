"""Renews the lease of a crawler from a thread of its own, and tells whether the lease still holds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing

from crawler.frontier import crawlers
from crawler.frontier.connections import FrontierDatabase
from crawler.frontier.crawlers import LEASE_S, RENEWAL_S
from pipelines.errors import StoreError

logger = logging.getLogger(__name__)

HOLDS_S = LEASE_S * 3 / 4
"""Seconds after the last renewal for which requests are sent: the rest of the lease is for those on their way."""

POKED_S = 0.5
"""Seconds between two renewals while the lease does not hold."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux' clock that goes on while the machine sleeps: the leases of others do so, too."""


class Heartbeat:
    """The lease of this process. `holds` and `is_lost` may be read from any thread."""

    def __init__(self, connect: Callable[[], FrontierDatabase], fence: int) -> None:
        """Begin to renew a lease that was taken just now; `connect` opens the frontier for the thread."""
        self._connect, self._fence = connect, fence
        self._renewed_at = time.clock_gettime(_CLOCK)
        self.is_lost = self._failed = False
        self._ended, self._poked = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def holds(self) -> bool:
        """Tell whether no other crawler can have taken over; if not, the lease is renewed at once."""
        holds = not self.is_lost and time.clock_gettime(_CLOCK) - self._renewed_at < HOLDS_S
        if not holds:
            self._poked.set()
        return holds

    def stop(self) -> None:
        """Renew no more."""
        self._ended.set()
        self._poked.set()
        self._thread.join()

    def _run(self) -> None:
        while not self.is_lost:
            self._poked.wait(RENEWAL_S)
            self._poked.clear()
            if self._ended.is_set():
                return
            self._renew()

    def _renew(self) -> None:
        """Renew the lease; it counts from before the request, so it ends here before it ends in the frontier."""
        began = time.clock_gettime(_CLOCK)
        try:
            with closing(self._connect()) as database:
                self.is_lost = not database.write(lambda db: crawlers.renew(db, self._fence), durable=True)
                self._renewed_at = began
                self._failed = False
        except StoreError as error:
            if not self._failed:
                logger.warning("the lease of this crawl is not renewed: %s", error)
            self._failed = True
            self._ended.wait(POKED_S)
