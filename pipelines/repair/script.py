"""Pure. Simplified or traditional: which a text is written in, and its simplified form."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

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
    known = _characters()
    traditional = sum(char in known.traditional for char in text)
    simplified = sum(char in known.simplified for char in text)
    share = traditional / ((traditional + simplified) or 1)
    return "hans" if share <= CLEAR else "hant" if share >= 1 - CLEAR else "mixed"


def simplify(text: str) -> str:
    """Return the simplified form of a text; lines without traditional characters pass through as they are.

    OpenCC converts about 0.6 MB a second, so 2,000 traditional characters cost some 10 ms and simplified ones nothing.

    >>> simplify("關於顯著成效的通知")
    '关于显著成效的通知'
    """
    traditional = _characters().traditional
    if traditional.isdisjoint(text):
        return text
    return "\n".join(line if traditional.isdisjoint(line) else _converted(line) for line in text.split("\n"))


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
    return {ord(char): forms[0] for char, forms in _table("TSCharacters").items() if len(char) == len(forms[0]) == 1}


def _converted(line: str) -> str:
    converted: str = _converter().convert(line)
    return converted


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@functools.cache
def _characters() -> _Characters:
    """Read OpenCC's tables; a character that may stay as it is in the other script is a sign of neither."""
    from_traditional, from_simplified = _table("TSCharacters"), _table("STCharacters")
    return _Characters(
        frozenset(
            char for char, forms in from_traditional.items() if char not in forms and char not in from_simplified
        ),
        frozenset(
            char for char, forms in from_simplified.items() if char not in forms and char not in from_traditional
        ),
    )


def _table(name: str) -> dict[str, list[str]]:
    text = (resources.files("opencc") / "dictionary" / f"{name}.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {char: forms.split() for char, forms in rows}
