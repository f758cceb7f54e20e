"""Waiting for what happens in another thread or process, with an end to patience."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 600
"""Until something that does not happen is given up: under load a crawl of 20 s took over 120 s."""


def wait_until(holds: Callable[[], object], patience: float = PATIENCE_S) -> None:
    """Come back once something holds; fail if it never does."""
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
