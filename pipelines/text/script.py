"""The script of a text: simplified, traditional, or mixed."""

from __future__ import annotations

import functools
import re
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from pipelines.model import Script


MAX_OTHER_SCRIPT_SHARE = 0.1
"""Largest share of characters of the other script in a text of one script: quotations and names stay under .05,
half-converted pages are over .3."""

BEYOND_BASIC_PLANE = "\U00010000"
"""The first character after the basic plane of Unicode: a pattern with characters of both is a hundred times slower."""


_BEYOND_BASIC_PLANE = re.compile(f"[{BEYOND_BASIC_PLANE}-\U0010ffff]")


@frozen
class _Characters:
    """Characters that only one of the scripts uses."""

    traditional: frozenset[str]
    simplified: frozenset[str]


def script_of(text: str) -> Script:
    """Return the script of a text, from the characters that only one script uses; simplified if there are none.

    >>> script_of("關於召開會議的通知"), script_of("关于召开会议的通知"), script_of("關於召开会议")
    ('hant', 'hans', 'mixed')
    """
    if not has_traditional_only(text):
        return "hans"
    exclusive, counts = _characters(), Counter(text)
    traditional = sum(count for char, count in counts.items() if char in exclusive.traditional)
    simplified = sum(count for char, count in counts.items() if char in exclusive.simplified)
    share = traditional / ((traditional + simplified) or 1)
    return "hans" if share <= MAX_OTHER_SCRIPT_SHARE else "hant" if share >= 1 - MAX_OTHER_SCRIPT_SHARE else "mixed"


def foreign_chars(script: Script) -> frozenset[str]:
    """Return the characters that a text in this script does not use."""
    exclusive = _characters()
    return {"hant": exclusive.simplified, "hans": exclusive.traditional, "mixed": frozenset[str]()}[script]


def fold_to_simplified(text: str) -> str:
    """Return a text of the same length with each traditional character replaced by its first simplified form.

    Faster than `simplify`, and without regard to words.

    >>> fold_to_simplified("工作人員")
    '工作人员'
    """
    return text.translate(_folding())


def has_traditional_only(text: str) -> bool:
    """Return whether a text has a character that only traditional script uses.

    A search in the basic plane takes a tenth of the time of a look at each character.
    """
    if _traditional_only().search(text):
        return True
    return _BEYOND_BASIC_PLANE.search(text) is not None and not _characters().traditional.isdisjoint(text)


def has_traditional(text: str) -> bool:
    """Return whether a text has a character that `simplified_copy` replaces."""
    return _traditional().search(text) is not None


def traditional_chars(text: str) -> set[str]:
    """Return the characters of a text that `simplified_copy` replaces."""
    return set(_traditional().findall(text))


def simplified_copy(text: str) -> str:
    """Return a text of the same length in which simplified labels and patterns are found: a place in it is one in both.

    Characters of which a form is beyond the basic plane stay: no label has them, and the patterns of names know the
    basic plane only. It is ten times as fast as `fold_to_simplified` for a text in simplified characters.

    >>> simplified_copy("來源：江門日報")
    '来源：江门日报'
    """
    parts = _split_at_traditional().split(text)
    if len(parts) == 1:
        return text
    parts[1::2] = map(_forms_by_char().__getitem__, parts[1::2])  # no call of a function of ours for each character
    return "".join(parts)


@functools.cache
def _folding() -> dict[int, str]:
    return {
        ord(char): forms[0] for char, forms in opencc_table("TSCharacters").items() if len(char) == len(forms[0]) == 1
    }


@functools.cache
def _traditional_only() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(char for char in _characters().traditional if char < BEYOND_BASIC_PLANE))}]")


@functools.cache
def _traditional() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(_forms_by_char()))}]")


@functools.cache
def _split_at_traditional() -> re.Pattern[str]:
    return re.compile(f"({_traditional().pattern})")


@functools.cache
def _forms_by_char() -> dict[str, str]:
    """Return the simplified form of each character that has another one than itself, if both are in the basic plane."""
    forms = ((chr(code), form) for code, form in _folding().items())
    return {char: form for char, form in forms if char != form and max(char, form) < BEYOND_BASIC_PLANE}


def own_characters(part: str, copy: str, text: str) -> str:
    """Return a part of the simplified copy of a text as the text has it.

    >>> own_characters("江门日报", simplified_copy("來源：江門日報"), "來源：江門日報")
    '江門日報'
    """
    place = copy.find(part)
    return text[place : place + len(part)] if place >= 0 else part


@functools.cache
def _characters() -> _Characters:
    """Read OpenCC's tables. A character that may stay unchanged in the other script counts for neither."""
    from_traditional, from_simplified = opencc_table("TSCharacters"), opencc_table("STCharacters")
    return _Characters(
        frozenset(
            char for char, forms in from_traditional.items() if char not in forms and char not in from_simplified
        ),
        frozenset(
            char for char, forms in from_simplified.items() if char not in forms and char not in from_traditional
        ),
    )


@functools.cache
def opencc_table(name: str) -> dict[str, tuple[str, ...]]:
    """Return one of OpenCC's dictionaries: the forms of each entry, the preferred one first."""
    text = (resources.files("opencc") / "dictionary" / f"{name}.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {entry: tuple(forms.split()) for entry, forms in rows}
