"""The role of each block under the headlines of a page: text, subhead, byline or caption; and its paragraphs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Literal

from pipelines.parse.segment.block_traits import BlockTraits, begins_mid_sentence, begins_with_bullet, begins_with_stop
from pipelines.parse.segment.headlines import ArticleHead
from pipelines.parse.segment.join_candidates import Paragraph

BlockRole = Literal["text", "subhead", "byline", "caption"]

NON_TEXT_ROLES: tuple[BlockRole, ...] = ("byline", "caption")
"""Roles of blocks that are not part of the text, even if they stand inside it."""

MAX_VERSE_LINE_CHARS = 20
"""Length of the longest line of verse, in characters: a piece of a column that is broken at both ends is longer."""

MIN_STANZA_LINES = 3
"""Number of lines of the shortest stanza of verse."""


def roles_of(blocks: Sequence[BlockTraits], heads: Sequence[ArticleHead]) -> dict[int, BlockRole]:
    """Return the role of each block outside of heads; a "subhead" may still prove to be a part of a paragraph."""
    inside = {number for head in heads for number in range(head.start, head.end)}
    starts = {head.start for head in heads} | {len(blocks)}
    roles: dict[int, BlockRole] = {}
    for number, block in enumerate(blocks):
        if number not in inside:
            roles[number] = _role(block, None if number + 1 in starts else blocks[number + 1])
    return roles


def _role(block: BlockTraits, following: BlockTraits | None) -> BlockRole:
    """Return the role of a block; `following` is the next one under the same headline."""
    if block.is_caption:
        return "caption"
    if block.byline_people:
        return "byline"
    return "subhead" if following and block.may_be_subhead and not begins_with_stop(following.text) else "text"


def paragraphs_of(
    blocks: Sequence[BlockTraits], heads: Sequence[ArticleHead], roles: Mapping[int, BlockRole]
) -> list[Paragraph]:
    """Return the paragraphs of a page, in reading order, with those that look like subheads."""
    paragraphs: list[Paragraph] = []
    for run, numbers in enumerate(runs_of(heads, roles)):
        verse = _verse(blocks, numbers)
        text_numbers = [number for number in numbers if roles[number] not in NON_TEXT_ROLES]
        for number in text_numbers:
            text, is_heading = blocks[number].text, roles[number] == "subhead"
            is_first = (run > 0 and number == text_numbers[0]) or blocks[number].dateline is not None
            paragraphs.append(
                Paragraph(
                    number=number,
                    text=text,
                    run=run,
                    starts_new=is_heading or is_first or number in verse or begins_with_bullet(text),
                    may_be_caption=blocks[number].is_sentence and not begins_mid_sentence(text),
                    is_heading=is_heading,
                )
            )
    return paragraphs


def runs_of(heads: Sequence[ArticleHead], roles: Mapping[int, BlockRole]) -> list[list[int]]:
    """Return the runs of a page, as numbers of blocks: those before the first headline, then those under each."""
    starts = [0, *(head.end for head in heads)]
    ends = [*(head.start for head in heads), max(roles, default=0) + 1]
    return [
        [number for number in range(start, end) if number in roles] for start, end in zip(starts, ends, strict=True)
    ]


def _verse(blocks: Sequence[BlockTraits], numbers: Sequence[int]) -> set[int]:
    """Return the numbers of blocks that are lines of verse: several short blocks in a row."""
    verse: set[int] = set()
    for is_short, lines in itertools.groupby(numbers, lambda number: len(blocks[number].text) <= MAX_VERSE_LINE_CHARS):
        stanza = list(lines)
        if is_short and len(stanza) >= MIN_STANZA_LINES:
            verse.update(stanza)
    return verse
