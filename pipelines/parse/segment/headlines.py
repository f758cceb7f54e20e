"""Finds where articles begin on a page: their headlines, as opposed to the subheads inside an article."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from pipelines.parse.segment.bigrams import LanguageModel, share_in
from pipelines.parse.segment.block_traits import BlockTraits, openness
from pipelines.parse.segment.headline_evidence import (
    BLOCKS_AROUND,
    MIN_HEADLINE_NATS,
    headline_evidence,
    is_column_title,
)

MIN_ARTICLES = 2
"""Number of articles from which a page is cut. A page that quotes another paper's report, or prints a notice at its
end, has one headline over a dateline in its text."""

MIN_HEADLINE_NATS_ON_SINGLE = 3.5
"""Evidence from which a line is a headline, on a page with only one known dateline. Of 58 such pages of the evaluation
corpus, all with one article, the line most likely to be a headline has 2.2."""

MIN_STACKED_CHARS = 8
"""Length of the shortest line that is the first part of the headline under it, in characters."""

_CHAPTER = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十\d]{1,3}[章节条]|附件|附：|附表"
)
"""Beginnings of numbered chapters and appendices."""


@frozen(kw_only=True)
class ArticleHead:
    """The head of an article: the numbers of the blocks with its headline, its subtitle (`under`) and its bylines.

    It extends from block `start` to the block before `end`.
    """

    start: int
    end: int
    titles: tuple[int, ...]
    under: int | None = None
    bylines: tuple[int, ...] = ()


def headlines(blocks: Sequence[BlockTraits], language: LanguageModel) -> tuple[ArticleHead, ...]:
    """Return the heads of the articles on a page, in order; none if it is not certain that there are several articles.

    A head is certain if a dateline or a byline follows it, or if the markup sets a heading apart. If a page has two of
    these (a dateline at its beginning, under the page's own title, counts as one), other lines are heads according to
    their shape and to the text around them. If it has one, other lines need much more evidence.
    """
    anchors = [number for number in range(len(blocks)) if _is_anchor(blocks, number)]
    marked = [number for number in range(len(blocks) - 1) if _is_set_apart(blocks, number)]
    if not anchors and len(marked) < MIN_ARTICLES:
        return ()
    certain = list(_certain_heads(blocks, anchors, marked))
    known = len(certain) + (anchors[:1] == [0])
    if not known:
        return ()
    taken = {number for head in certain for number in range(head.start, head.end)}
    limit = MIN_HEADLINE_NATS if known >= MIN_ARTICLES else MIN_HEADLINE_NATS_ON_SINGLE
    others = [
        number for number in _possible(blocks, taken) if headline_evidence(blocks, number, taken, language) >= limit
    ]
    if known + len(others) < MIN_ARTICLES:
        return ()
    return tuple(sorted((*certain, *map(_single_line, others)), key=lambda head: head.start))


def _certain_heads(
    blocks: Sequence[BlockTraits], anchors: Sequence[int], marked: Sequence[int]
) -> Iterator[ArticleHead]:
    """Yield the heads over a dateline or a byline, and those that the markup sets apart."""
    known: set[int] = set()
    for number in anchors:
        head = _head_over(blocks, number)
        if head:
            known.update(range(head.start, head.end))
            yield head
    yield from (_single_line(number) for number in marked if number not in known)


def _single_line(number: int) -> ArticleHead:
    return ArticleHead(start=number, end=number + 1, titles=(number,))


def _possible(blocks: Sequence[BlockTraits], taken: set[int]) -> Iterator[int]:
    """Yield the lines that may be headlines, except the certain ones and their neighbours."""
    for number, block in enumerate(blocks[:-1]):
        if not taken.isdisjoint((number - 1, number, number + 1)):
            continue
        following = blocks[number + 1]
        if is_column_title(block.text) or (
            block.may_be_headline and (following.has_comma or not following.may_be_headline)
        ):
            yield number


def _is_anchor(blocks: Sequence[BlockTraits], number: int) -> bool:
    """Return whether a block stands directly under headlines: a dateline, or the first byline of an article."""
    signed = any(person.role != "editor" for person in blocks[number].byline_people)
    return (signed or blocks[number].dateline is not None) and not (number and blocks[number - 1].byline_people)


def _is_set_apart(blocks: Sequence[BlockTraits], number: int) -> bool:
    """Return whether a block is a heading after a rule or at the top of a container; numbered chapters are not."""
    block = blocks[number].block
    apart = block.parted and block.kind == "heading" and blocks[number].may_be_headline
    return apart and not _CHAPTER.match(block.text) and not blocks[number + 1].may_be_headline


def _head_over(blocks: Sequence[BlockTraits], anchor: int) -> ArticleHead | None:
    """Return the head that ends with a dateline or byline, None if no headline stands over it."""
    number = anchor - 1
    has_subtitle = number > 0 and blocks[number].is_dashed_subtitle and blocks[number].may_be_headline
    under = number if has_subtitle else None
    number = number if under is None else number - 1
    if number < 0 or not blocks[number].may_be_headline:
        return None
    start = number - 1 if _is_stacked(blocks, number - 1) else number
    bylines = tuple(itertools.takewhile(lambda at: blocks[at].byline_people, range(anchor, len(blocks))))
    if anchor + len(bylines) == len(blocks):
        return None
    titles = tuple(range(start, number + 1))
    return ArticleHead(start=start, end=anchor + len(bylines), titles=titles, under=under, bylines=bylines)


def _is_stacked(blocks: Sequence[BlockTraits], number: int) -> bool:
    """Return whether a line is the first of a headline in two lines: the article below has more of its words."""
    if number < 0:
        return False
    line = blocks[number]
    if not line.may_be_headline or len(line.text) < MIN_STACKED_CHARS or line.has_comma:
        return False
    before = blocks[number - 1] if number else None
    ended = before is None or not openness(before.text) or bool(before.byline_people) or before.is_caption
    return ended and _words_below(blocks, number) > 0


def _words_below(blocks: Sequence[BlockTraits], number: int) -> float:
    """Return how much more of a line's words stand in the blocks below than in those above it, from -1 to 1."""
    above = blocks[max(0, number - BLOCKS_AROUND) : number]
    below = blocks[number + 1 : number + 1 + BLOCKS_AROUND]
    text = blocks[number].text
    return share_in(text, (block.text for block in below)) - share_in(text, (block.text for block in above))
