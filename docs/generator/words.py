"""Splits Chinese text into words for the search of the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from pathlib import Path

from wordfreq import get_frequency_dict

MAX_WORD_CHARS = 4
"""Characters of the longest word; longer names are found by their parts."""

_HANZI = re.compile(r"[\u3400-\u9fff]+")
_GLOSSARY = Path(__file__).parent.parent / "reference" / "glossary.zh.md"


def known_words() -> frozenset[str]:
    """Return the frequent Chinese words and the terms of the glossary."""
    terms = re.findall(r"^\| ([\u3400-\u9fff]+) \|", _GLOSSARY.read_text("utf-8"), re.MULTILINE)
    return frozenset(word for word in (*get_frequency_dict("zh"), *terms) if 2 <= len(word) <= MAX_WORD_CHARS)


def separate(text: str, words: Set[str], separator: str) -> str:
    """Put a separator between the Chinese words of a text, the longest known word first.

    >>> separate("备份档案，见设置", {"备份", "档案", "设置"}, "|")
    '备份|档案，见|设置'
    """
    return _HANZI.sub(lambda found: separator.join(_split(found[0], words)), text)


def _split(run: str, words: Set[str]) -> Iterable[str]:
    at = 0
    while at < len(run):
        lengths = range(min(MAX_WORD_CHARS, len(run) - at), 1, -1)
        length = next((length for length in lengths if run[at : at + length] in words), 1)
        yield run[at : at + length]
        at += length
