"""Real articles from a month of a newspaper, if the corpus is available: rules may be tuned on the first half only."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from tests.damage.texts import corpus
from tests.pages_of_articles.written import Piece

PAPER = "peoples-daily-1998-01"

HEADLINE_CHARS = range(4, 49)
"""Lengths of a headline, in characters."""

MIN_PARAGRAPH_CHARS = 20
"""Length of the shortest paragraph, in characters: a shorter line is a subhead, a signature or verse, and ends the
article."""

MAX_PARAGRAPHS = 12
"""Number of paragraphs of the longest article that is used: longer ones are speeches, or several without headlines."""

_DATELINE = re.compile(r"(?:本报|新华社).{0,24}?(?:讯|电|消息)")
_ENDS = "。！？”…：；"
_NOT_A_HEADLINE_END = "。！？：；，、…）"


@functools.cache
def printed(name: str) -> tuple[tuple[Piece, ...], ...]:
    """Return the articles of one half of the month (`tuned` or `held`), in order; none without the corpus."""
    articles = tuple(_articles(corpus().get(PAPER, "").split("\n")))
    middle = len(articles) // 2
    return articles[middle:] if name == "held" else articles[:middle]


def _articles(lines: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Yield each headline that a dateline follows, with the paragraphs up to the next line that is not one."""
    for number, (title, opening) in enumerate(pairwise(lines), 1):
        if len(title) in HEADLINE_CHARS and title[-1] not in _NOT_A_HEADLINE_END and _DATELINE.match(opening):
            texts = list(takewhile(_is_paragraph, lines[number:]))
            if (
                texts
                and len(texts) <= MAX_PARAGRAPHS
                and not any(map(_DATELINE.search, (text[:20] for text in texts[1:])))
            ):
                yield Piece(text=title, role="title"), *(Piece(text=text, role="text") for text in texts)


def _is_paragraph(line: str) -> bool:
    return len(line) >= MIN_PARAGRAPH_CHARS and line[-1] in _ENDS
