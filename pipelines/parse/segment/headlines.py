"""Finds where articles begin on a page: their headlines, as opposed to the subheads inside an article.

Numbers that end in `_NATS` are the evidence, in nats, that a line is a headline; they are added up. All of them were
fitted to composed pages, where the other lines are subheads and pieces of broken paragraphs.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from pipelines.parse.segment.bigrams import LanguageModel, bigrams_of, share_in, shared_rarity
from pipelines.parse.segment.block_traits import BlockTraits, has_two_parts, openness
from pipelines.parse.segment.join_evidence import torn_beginning_nats
from pipelines.parse.segment.people import byline

MIN_ARTICLES = 2
"""Number of articles from which a page is cut. A page that quotes another paper's report, or prints a notice at its
end, has one headline over a dateline in its text."""

MIN_HEADLINE_NATS = 1.6
"""Evidence from which a line without a dateline or byline under it is a headline (right nine times of ten). A line in
two parts always has as much."""

MIN_HEADLINE_NATS_ON_SINGLE = 3.5
"""The same on a page with only one known dateline. Of 58 such pages of the evaluation corpus, all with one article, the
line most likely to be a headline has 2.2."""

COMMA_NATS = -99.0
"""For a line with a comma: it is not a headline, unless it has two parts."""

BASE_NATS = 0.9
"""For every other line of a page with several articles."""

TWO_PARTS_NATS = 1.8
"""For a line in two parts, as newspapers print headlines."""

LONG_NATS, LONG_CHARS = 0.8, 14
"""For a line of at least so many characters: most subheads have 6 to 12."""

SHORT_NATS, SHORT_CHARS = -2.0, 8
"""For a line of fewer characters: most headlines are longer."""

FIRST_NATS = 0.8
"""For the first line of a page."""

AFTER_BYLINE_NATS = 1.5
"""For a line after a byline."""

BYLINE_BELOW_NATS = 1.5
"""For a line with a byline at the end of the text under it."""

SET_APART_NATS = 2.0
"""For a line that the markup sets apart."""

HEADING_NATS = 1.5
"""For a heading, where other headlines are headings."""

NOTICE_NATS = 3.0
"""For a line that names a kind of notice, as few subheads do."""

TORN_WEIGHT = 1.0
"""Per nat by which the text under a line begins as if after a break: a subhead stands over a complete paragraph."""

JOIN_WEIGHT = -0.7
"""Per nat by which the line and the text under it are likelier as one text: then it is a piece of a paragraph."""

SAME_TOPIC_WEIGHT = -1.3
"""Per unit of what the texts above and below have in common."""

NAMED_TOPIC_WEIGHT = 1.3
"""Per unit of what the line has in common with the text below only."""

MIN_STACKED_CHARS = 8
"""Length of the shortest line that is the first part of the headline under it, in characters."""

BLOCKS_AROUND = 5
"""Number of blocks above and below a line with which its words are compared: an article has about that many."""

_CHAPTER = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十\d]{1,3}[章节条]|附件|附：|附表"
)
"""Beginnings of numbered chapters and appendices."""

_NOTICE = re.compile("(?:通知|公告|通告|公示|启事|啟事|声明|聲明|更正|讣告|訃告|征集令)$")
"""Kinds of notices at the end of a line."""

_COLUMN = re.compile(
    "(?:[本新要市县區区一][\u4e00-\u9fff]{0,3})?(?:[简簡短快]讯|[简簡短]訊|简报|速览|速递|一句话新闻|一周看点)"
)
"""Titles of columns with news in brief."""


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
    others = [number for number in _possible(blocks, taken) if _evidence(blocks, number, taken, language) >= limit]
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
        if _COLUMN.fullmatch(block.text) or (
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


def _evidence(blocks: Sequence[BlockTraits], number: int, taken: set[int], language: LanguageModel) -> float:
    """Return the evidence, in nats, that a line without a dateline or byline under it is a headline."""
    text = blocks[number].text
    following = blocks[number + 1].text
    if _COLUMN.fullmatch(text):
        return MIN_HEADLINE_NATS
    two_parts = has_two_parts(text)
    if blocks[number].has_comma and not two_parts:
        return COMMA_NATS
    torn = TORN_WEIGHT * torn_beginning_nats(following) + JOIN_WEIGHT * language.join_gain(text, following)
    form = sum(nats for nats, holds in _signs(blocks, number, taken) if holds)
    nats = BASE_NATS + form + torn + _topic_nats(blocks, number, taken, language)
    return max(MIN_HEADLINE_NATS, nats) if two_parts else nats


def _signs(blocks: Sequence[BlockTraits], number: int, taken: set[int]) -> Iterator[tuple[float, bool]]:
    """Yield the nats of each sign of a headline, and whether a line has it."""
    text = blocks[number].text
    before = blocks[number - 1] if number else None
    yield FIRST_NATS, before is None
    yield TWO_PARTS_NATS, has_two_parts(text)
    yield LONG_NATS, len(text) >= LONG_CHARS
    yield SHORT_NATS, len(text) < SHORT_CHARS
    yield NOTICE_NATS, bool(_NOTICE.search(text))
    yield AFTER_BYLINE_NATS, before is not None and bool(before.byline_people or _is_signed(before.text))
    yield BYLINE_BELOW_NATS, _ends_signed(blocks, number + 1, taken)
    yield SET_APART_NATS, blocks[number].block.parted
    yield HEADING_NATS, _is_heading(blocks, number) and any(_is_heading(blocks, at) for at in taken)


def _topic_nats(blocks: Sequence[BlockTraits], number: int, taken: set[int], language: LanguageModel) -> float:
    """Return the evidence that the texts above and below a line differ in topic, and that it names the one below."""
    ends = [0, *(at + 1 for at in taken if at < number)]
    above = _bigrams(blocks[max(number - BLOCKS_AROUND, *ends) : number])
    starts = [len(blocks), *(at for at in taken if at > number)]
    below = _bigrams(blocks[number + 1 : min(number + 1 + BLOCKS_AROUND, *starts)])
    line = bigrams_of(blocks[number].text)
    named = shared_rarity(line & below - above, language) - shared_rarity(line & above - below, language)
    return SAME_TOPIC_WEIGHT * shared_rarity(above & below, language) + NAMED_TOPIC_WEIGHT * named


def _bigrams(blocks: Sequence[BlockTraits]) -> frozenset[str]:
    return frozenset().union(*(bigrams_of(block.text) for block in blocks))


def _is_heading(blocks: Sequence[BlockTraits], number: int) -> bool:
    return blocks[number].block.kind == "heading"


def _is_signed(text: str) -> bool:
    """Return whether a text ends with a byline in brackets."""
    return text.endswith(("）", ")")) and bool(byline(text[max(text.rfind("（"), text.rfind("("), 0) :]))


def _ends_signed(blocks: Sequence[BlockTraits], start: int, taken: set[int]) -> bool:
    """Return whether the text up to the next possible headline ends with a byline."""
    text = list(_until_headline(blocks, start, taken))
    return bool(text) and bool(text[-1].byline_people or _is_signed(text[-1].text))


def _until_headline(blocks: Sequence[BlockTraits], start: int, taken: set[int]) -> Iterator[BlockTraits]:
    for number in range(start, len(blocks)):
        if number in taken or blocks[number].may_be_headline:
            return
        yield blocks[number]
