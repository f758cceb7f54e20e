"""Compiles the patterns of the tables of URL shapes when they are first used."""

from __future__ import annotations

import functools
import re


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern that ignores case; commands that list no links need none of the hundred in the tables."""
    return re.compile(pattern, re.IGNORECASE)
