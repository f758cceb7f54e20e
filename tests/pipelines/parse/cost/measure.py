"""How the cost of a function grows with its input, in CPU time of this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Input = TypeVar("Input")

FLOOR_S = 0.04
"""Seconds that a call may take whatever its input is: below this, the clock and the caches decide."""

MAX_GROWTH = 2.2
"""How much more than the input the cost may grow. A quadratic cost grows by 4 where the input does by 4, in excess of
it; the times of linear rules on a loaded machine were at most 1.6 apart."""

REPEATS = 3
"""Measurements of a suspicious function, of which the best counts."""


def excess(call: Callable[[Input], object], small: Input, large: Input, factor: float) -> float:
    """Return by how much more than `factor`, the ratio of the sizes, the cost of a call grows; about 1 if linear.

    It is 0 where the large input takes no time that can be compared.
    """
    for repeats in (1, REPEATS):
        most = _best(call, large, repeats)
        if most <= FLOOR_S:
            return 0
        least = _best(call, small, repeats)
        found = (most - FLOOR_S) / (max(least, FLOOR_S / factor) * factor)
        if found <= MAX_GROWTH:
            return found
    return found


def _best(call: Callable[[Input], object], value: Input, repeats: int) -> float:
    return min(_seconds(call, value) for _ in range(repeats))


def _seconds(call: Callable[[Input], object], value: Input) -> float:
    began = time.process_time()
    call(value)
    return time.process_time() - began
