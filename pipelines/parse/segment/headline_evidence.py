"""The evidence that a line is a headline, where no dateline and no byline follows it.

Numbers that end in `_NATS` are evidence in nats, and are added up. All of them were fitted to composed pages, where the
other lines are subheads and pieces of broken paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.parse.people import byline
from pipelines.parse.segment.bigrams import LanguageModel, bigrams_of, shared_rarity
from pipelines.parse.segment.block_traits import BlockTraits, has_two_parts
from pipelines.parse.segment.join_evidence import torn_beginning_nats

MIN_HEADLINE_NATS = 1.6
"""Evidence from which a line without a dateline or byline under it is a headline (right nine times of ten). A line in
two parts always has as much."""

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

BLOCKS_AROUND = 5
"""Number of blocks above and below a line with which its words are compared: an article has about that many."""

_NOTICE = re.compile("(?:通知|公告|通告|公示|启事|声明|更正|讣告|征集令)$")
"""Kinds of notices at the end of a line."""

_COLUMN = re.compile("(?:[本新要市县区一][\u4e00-\u9fff]{0,3})?(?:[简短快]讯|简报|速览|速递|一句话新闻|一周看点)")
"""Titles of columns with news in brief."""


def is_column_title(text: str) -> bool:
    """Return whether a line is the title of a column with news in brief."""
    return bool(_COLUMN.fullmatch(text))


def headline_evidence(blocks: Sequence[BlockTraits], number: int, taken: set[int], language: LanguageModel) -> float:
    """Return the evidence, in nats, that a line without a dateline or byline under it is a headline."""
    text = blocks[number].text
    following = blocks[number + 1].text
    if is_column_title(text):
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
