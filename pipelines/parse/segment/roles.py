"""What each block under the headlines of a page is, and which of them are paragraphs that may go on in others."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Literal

from pipelines.parse.segment.block_traits import Shape, begins_item, begins_stopped, begins_torn
from pipelines.parse.segment.headlines import Head
from pipelines.parse.segment.join_candidates import Paragraph

Role = Literal["text", "subhead", "byline", "caption"]

APART: tuple[Role, ...] = ("byline", "caption")
"""What is none of the text, wherever it stands among it."""

VERSE, STANZA = 20, 3
"""Characters of the longest line of verse, and lines of the shortest: columns that are torn twice are longer."""


def roles_of(blocks: Sequence[Shape], heads: Sequence[Head]) -> dict[int, Role]:
    """Return what each block is that belongs to no head; a subhead may yet be the beginning of a torn paragraph."""
    inside = {number for head in heads for number in range(head.start, head.end)}
    starts = {head.start for head in heads} | {len(blocks)}
    roles: dict[int, Role] = {}
    for number, block in enumerate(blocks):
        if number not in inside:
            roles[number] = _role(block, None if number + 1 in starts else blocks[number + 1])
    return roles


def _role(block: Shape, behind: Shape | None) -> Role:
    """Return what a block is; `behind` is the one behind it under the same headline."""
    if block.is_caption:
        return "caption"
    if block.named:
        return "byline"
    return "subhead" if behind and block.can_subhead and not begins_stopped(behind.text) else "text"


def paragraphs_of(blocks: Sequence[Shape], heads: Sequence[Head], roles: Mapping[int, Role]) -> list[Paragraph]:
    """Return the paragraphs of the runs under the headlines, those among them that look like headings too."""
    found: list[Paragraph] = []
    for run, numbers in enumerate(runs_of(heads, roles)):
        verse = _verse(blocks, numbers)
        told = [number for number in numbers if roles[number] not in APART]
        for number in told:
            text, heading = blocks[number].text, roles[number] == "subhead"
            begins = (run > 0 and number == told[0]) or blocks[number].dateline is not None
            found.append(
                Paragraph(
                    number=number,
                    text=text,
                    run=run,
                    first=heading or begins or number in verse or begins_item(text),
                    sentence=blocks[number].is_sentence and not begins_torn(text),
                    heading=heading,
                )
            )
    return found


def runs_of(heads: Sequence[Head], roles: Mapping[int, Role]) -> list[list[int]]:
    """Return the numbers of the blocks before the first headline, and of those under each."""
    starts = [0, *(head.end for head in heads)]
    ends = [*(head.start for head in heads), max(roles, default=0) + 1]
    return [
        [number for number in range(start, end) if number in roles] for start, end in zip(starts, ends, strict=True)
    ]


def _verse(blocks: Sequence[Shape], numbers: Sequence[int]) -> set[int]:
    """Return the numbers of blocks that are lines of verse: several short ones, one under the other."""
    found: set[int] = set()
    for short, lines in itertools.groupby(numbers, lambda number: len(blocks[number].text) <= VERSE):
        stanza = list(lines)
        if short and len(stanza) >= STANZA:
            found.update(stanza)
    return found
