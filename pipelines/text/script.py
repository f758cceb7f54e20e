"""Simplified or traditional: which of the two a text is written in."""

from __future__ import annotations

import functools
from collections import Counter
from importlib import resources

from attrs import frozen

from pipelines.model import Script

CLEAR = 0.1
"""Share of the other script's characters up to which a text is of one script: quotations and names stay under .05,
half-converted pages lie over .3."""


@frozen
class _Characters:
    """Characters that only one of the scripts uses."""

    traditional: frozenset[str]
    simplified: frozenset[str]


def script_of(text: str) -> Script:
    """Return the script of a text, by the characters that only one of them uses; simplified where there are none.

    >>> script_of("關於召開會議的通知"), script_of("关于召开会议的通知"), script_of("關於召开会议")
    ('hant', 'hans', 'mixed')
    """
    known, counts = _characters(), Counter(text)
    traditional = sum(count for char, count in counts.items() if char in known.traditional)
    simplified = sum(count for char, count in counts.items() if char in known.simplified)
    share = traditional / ((traditional + simplified) or 1)
    return "hans" if share <= CLEAR else "hant" if share >= 1 - CLEAR else "mixed"


def foreign_to(script: Script) -> frozenset[str]:
    """Return the characters that a text in this script does not use."""
    known = _characters()
    return {"hant": known.simplified, "hans": known.traditional, "mixed": frozenset[str]()}[script]


def folded(text: str) -> str:
    """Return a text with each traditional character by itself in its first simplified form: quick, and of equal length.

    >>> folded("工作人員")
    '工作人员'
    """
    return text.translate(_folding())


@functools.cache
def _folding() -> dict[int, str]:
    return {ord(char): forms[0] for char, forms in table("TSCharacters").items() if len(char) == len(forms[0]) == 1}


@functools.cache
def _characters() -> _Characters:
    """Read OpenCC's tables; a character that may stay as it is in the other script is a sign of neither."""
    from_traditional, from_simplified = table("TSCharacters"), table("STCharacters")
    return _Characters(
        frozenset(
            char for char, forms in from_traditional.items() if char not in forms and char not in from_simplified
        ),
        frozenset(
            char for char, forms in from_simplified.items() if char not in forms and char not in from_traditional
        ),
    )


@functools.cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """Return one of OpenCC's dictionaries: for each entry its forms, the preferred one first."""
    text = (resources.files("opencc") / "dictionary" / f"{name}.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {entry: tuple(forms.split()) for entry, forms in rows}
