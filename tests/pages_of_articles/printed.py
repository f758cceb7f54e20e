"""Real articles out of a newspaper's month, where the corpus is: half of the days rules may be made with, half not."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from tests.damage.texts import corpus
from tests.pages_of_articles.written import Piece

PAPER = "peoples-daily-1998-01"

HEADLINE = range(4, 49)
"""Characters of a headline."""

SHORTEST = 20
"""Characters of the shortest paragraph: what is shorter is a subhead, a signature or verse, and ends the article."""

LONGEST = 12
"""Paragraphs of the longest article that is taken: longer ones are speeches, or several without their headlines."""

_DATELINE = re.compile(r"(?:本报|新华社).{0,24}?(?:讯|电|消息)")
_ENDS = "。！？”…：；"
_NO_HEADLINE = "。！？：；，、…）"


@functools.cache
def printed(name: str) -> tuple[tuple[Piece, ...], ...]:
    """Return the articles of a half of the month (`tuned` or `held`) in the paper's order; none without the corpus."""
    articles = tuple(_articles(corpus().get(PAPER, "").split("\n")))
    middle = len(articles) // 2
    return articles[middle:] if name == "held" else articles[:middle]


def _articles(lines: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Yield what stands under headlines that a dateline follows, up to the next line that is no paragraph."""
    for number, (title, opening) in enumerate(pairwise(lines), 1):
        if len(title) in HEADLINE and title[-1] not in _NO_HEADLINE and _DATELINE.match(opening):
            texts = list(takewhile(_is_paragraph, lines[number:]))
            if texts and len(texts) <= LONGEST and not any(map(_DATELINE.search, (text[:20] for text in texts[1:]))):
                yield Piece(text=title, role="title"), *(Piece(text=text, role="text") for text in texts)


def _is_paragraph(line: str) -> bool:
    return len(line) >= SHORTEST and line[-1] in _ENDS
