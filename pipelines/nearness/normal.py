"""Pure. A text as it is compared: without what printing it once more changes."""

from __future__ import annotations

import functools
import re
import unicodedata

_DROPPED = ("P", "Z", "C")
"""First letters of the Unicode categories that say nothing of a text's identity: punctuation, separators, controls."""

_BREAK = re.compile(r"[。！？；，：…\n!?;]+|(?<!\d)[,:]|[,:](?!\d)")
"""Where a clause ends; marks between digits belong to a number or a time."""


def normalise(text: str) -> str:
    """Return simplified text as it is compared: NFKC, lower case, no white space, no punctuation, no symbols of either.

    >>> normalise("３月４日,　市住建局 召开“会议”。") == normalise("3月4日，市住建局召开会议")
    True
    """
    return unicodedata.normalize("NFKC", text).lower().translate(_dropped())


def clauses(text: str) -> list[str]:
    """Return a text's clauses in their order, each normalised, none of them empty.

    >>> clauses("３月４日8:30，市住建局召开“会议”。\\n部署工作！")
    ['3月4日830', '市住建局召开会议', '部署工作']
    """
    return [clause for piece in _BREAK.split(text) if (clause := normalise(piece))]


@functools.cache
def _dropped() -> dict[int, None]:
    """Every character of the basic plane that normalising drops, as str.translate wants it."""
    return {code: None for code in range(0x10000) if unicodedata.category(chr(code))[0] in _DROPPED}
