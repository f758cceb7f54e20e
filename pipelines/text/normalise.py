"""Normalisation of texts for comparison: without what changes when a text is reprinted."""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import groupby

_IGNORED_CATEGORIES = ("P", "Z", "C")
"""First letters of the Unicode categories that do not matter for the identity of a text: punctuation, separators,
control characters."""

_CLAUSE_END = re.compile(r"[。！？；，：…\n!?;]+|(?<!\d)[,:]|[,:](?!\d)")
"""The end of a clause; a comma or colon between digits belongs to a number or a time."""


def normalise(text: str) -> str:
    """Return a simplified text as it is compared: NFKC, lower case, without white space, punctuation and controls.

    >>> normalise("３月４日,　市住建局 召开“会议”。") == normalise("3月4日，市住建局召开会议")
    True
    """
    ignored = _ignored()
    letters = ignored.sub("", text)  # first, because full-width marks are most of what NFKC would have to change
    normalised = unicodedata.normalize("NFKC", letters)
    return (normalised if normalised == letters else ignored.sub("", normalised)).lower()


def clauses(text: str) -> list[str]:
    """Return the clauses of a text in order, each normalised, without empty ones.

    >>> clauses("３月４日8:30，市住建局召开“会议”。\\n部署工作！")
    ['3月4日830', '市住建局召开会议', '部署工作']
    """
    return [clause for part in _CLAUSE_END.split(text) if (clause := normalise(part))]


@functools.cache
def _ignored() -> re.Pattern[str]:
    """Return a pattern of the ignored characters of the basic plane, as ranges: this is faster than str.translate."""
    codes = (code for code in range(0x10000) if unicodedata.category(chr(code))[0] in _IGNORED_CATEGORIES)
    runs = [list(run) for _, run in groupby(enumerate(codes), lambda each: each[1] - each[0])]
    ranges = (f"{re.escape(chr(run[0][1]))}-{re.escape(chr(run[-1][1]))}" for run in runs)
    return re.compile(f"[{''.join(ranges)}]+")
