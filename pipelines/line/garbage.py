"""How often the garbage collector looks for cycles, in the command's own process and in those of the line."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""New objects after which the garbage collector looks for cycles. Python's number, 700, makes it look 136 times while
`list` imports what it needs; a crawl of 300 pages takes 7 % less CPU time. 50,000 objects are some 5 MB."""


def collect_rarely() -> None:
    """Have the collector of this process look for cycles after `NEW_OBJECTS` new objects."""
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])


def keep_imported() -> None:
    """Have the collector never look at what exists now, such as imported modules, and at the rest rarely.

    To be called at the start of a forked process, which then also shares more memory with its fork server.
    """
    gc.freeze()
    collect_rarely()
