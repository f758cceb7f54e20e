"""Articles in which words stand, whichever script either is written in."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from pipelines.model import Article
from pipelines.text.simplify import simplify

BEFORE, BEHIND = 16, 44
"""Characters of the text that are shown around a word: with it they are a line of a terminal of 140 columns."""

_WORDS = re.compile(r'"([^"]+)"|“([^”]+)”|(\S+)')


@frozen
class Passage:
    """Where an article has a word first, in its own script: what stands before it, the word, what stands behind."""

    before: str
    word: str
    behind: str

    @property
    def text(self) -> str:
        """The passage as one line."""
        return f"{self.before}{self.word}{self.behind}"


def words(query: str) -> tuple[str, ...]:
    """Return the words of a query: what white space parts, or quotation marks hold together.

    >>> words('老舊小區 "10 月"')
    ('老舊小區', '10 月')
    """
    return tuple(next(filter(None, found.groups())) for found in _WORDS.finditer(query))


def spellings(word: str) -> tuple[str, ...]:
    """Return a word as given, simplified and traditional.

    >>> spellings("老旧小区")
    ('老旧小区', '老舊小區')
    """
    return tuple(dict.fromkeys((word, simplify(word), traditional(word))))


def plain(text: str) -> str:
    """Return a word or a text as they are compared: simplified and in lower case.

    >>> plain("BA.5變異株")
    'ba.5变异株'
    """
    return simplify(text).lower()


def passage(article: Article, sought: Sequence[str]) -> Passage | None:
    """Return where an article has the first of some words, None if its title and text are without any of them.

    The words are `plain`. Where only the title has them, it is the beginning of the text.
    """
    title, text = plain(article.title or ""), article.text_hans.lower()
    if not all(word in text or word in title for word in sought):
        return None
    at, size = min(((text.find(word), len(word)) for word in sought if word in text), default=(0, 0))
    shown = article.text if len(article.text) == len(text) else text
    return Passage(
        before=("…" if at > BEFORE else "") + _line(shown[max(0, at - BEFORE) : at]),
        word=_line(shown[at : at + size]),
        behind=_line(shown[at + size : at + size + BEHIND]) + ("…" if at + size + BEHIND < len(shown) else ""),
    )


def _line(text: str) -> str:
    return text.replace("\n", " ")


def traditional(text: str) -> str:
    """Return a text, or a whole page, in traditional characters; markup and addresses stay."""
    return str(_converter().convert(text))


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
