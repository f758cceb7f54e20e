"""Find words in articles, in simplified or traditional characters on either side."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from pipelines.model import Article
from pipelines.text.simplify import simplify

CONTEXT_CHARS_BEFORE, CONTEXT_CHARS_AFTER = 16, 44
"""Characters of a passage before and after a word. With the word they fill one line of a terminal with 140 columns;
`fangzhi search` shortens them for narrower ones."""

_QUERY_WORD = re.compile(r'"([^"]+)"|“([^”]+)”|(\S+)')
"""A phrase in straight or curly quotation marks, or a run without white space."""


@frozen
class Passage:
    """The first place of a word in an article, in the article's own script: the text before it, the word, the rest."""

    before: str
    word: str
    after: str

    @property
    def text(self) -> str:
        """The passage as one line."""
        return f"{self.before}{self.word}{self.after}"


def split_query(query: str) -> tuple[str, ...]:
    """Return the words of a query: they are separated by white space, unless quotation marks hold them together.

    >>> split_query('老舊小區 "10 月"')
    ('老舊小區', '10 月')
    """
    return tuple(next(filter(None, found.groups())) for found in _QUERY_WORD.finditer(query))


def spellings(word: str) -> tuple[str, ...]:
    """Return a word as given, in simplified and in traditional characters, each spelling once.

    >>> spellings("老旧小区")
    ('老旧小区', '老舊小區')
    """
    return tuple(dict.fromkeys((word, simplify(word), traditional(word))))


def fold(text: str) -> str:
    """Return a word or a text in the form in which both are compared: simplified and in lower case.

    >>> fold("BA.5變異株")
    'ba.5变异株'
    """
    return simplify(text).lower()


def find_passage(article: Article, words: Sequence[str]) -> Passage | None:
    """Return the passage with the first of some words in an article's text; the words are folded.

    Returns None unless each word occurs in the title or in the text. If all are only in the title, the passage is the
    beginning of the text.
    """
    title, text = fold(article.title or ""), article.text_hans.lower()
    if not all(word in text or word in title for word in words):
        return None
    at, size = min(((text.find(word), len(word)) for word in words if word in text), default=(0, 0))
    shown = article.text if len(article.text) == len(text) else text
    before, end = max(0, at - CONTEXT_CHARS_BEFORE), at + size + CONTEXT_CHARS_AFTER
    return Passage(
        before=("…" if before else "") + _one_line(shown[before:at]),
        word=_one_line(shown[at : at + size]),
        after=_one_line(shown[at + size : end]) + ("…" if end < len(shown) else ""),
    )


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def traditional(text: str) -> str:
    """Return a text or a whole page in traditional characters; markup and URLs stay."""
    return str(_converter().convert(text))


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
