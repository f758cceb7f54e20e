"""A text as it is compared: without what printing it once more changes."""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import groupby

_DROPPED = ("P", "Z", "C")
"""First letters of the Unicode categories that say nothing of a text's identity: punctuation, separators, controls."""

_BREAK = re.compile(r"[。！？；，：…\n!?;]+|(?<!\d)[,:]|[,:](?!\d)")
"""Where a clause ends; marks between digits belong to a number or a time."""


def normalise(text: str) -> str:
    """Return simplified text as it is compared: NFKC, lower case, no white space, no punctuation, no symbols of either.

    >>> normalise("３月４日,　市住建局 召开“会议”。") == normalise("3月4日，市住建局召开会议")
    True
    """
    dropped = _dropped()
    kept = dropped.sub("", text)  # first, because full-width marks are most of what NFKC would have to change
    whole = unicodedata.normalize("NFKC", kept)
    return (whole if whole == kept else dropped.sub("", whole)).lower()


def clauses(text: str) -> list[str]:
    """Return a text's clauses in their order, each normalised, none of them empty.

    >>> clauses("３月４日8:30，市住建局召开“会议”。\\n部署工作！")
    ['3月4日830', '市住建局召开会议', '部署工作']
    """
    return [clause for piece in _BREAK.split(text) if (clause := normalise(piece))]


@functools.cache
def _dropped() -> re.Pattern[str]:
    """What is in the basic plane and normalising drops, as ranges: a character class is faster than str.translate."""
    codes = (code for code in range(0x10000) if unicodedata.category(chr(code))[0] in _DROPPED)
    runs = [list(run) for _, run in groupby(enumerate(codes), lambda each: each[1] - each[0])]
    ranges = (f"{re.escape(chr(run[0][1]))}-{re.escape(chr(run[-1][1]))}" for run in runs)
    return re.compile(f"[{''.join(ranges)}]+")
