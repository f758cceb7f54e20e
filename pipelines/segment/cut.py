"""Pure. A page's blocks dealt out to its articles: by headlines, by what goes on where, captions and bylines apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal

from attrs import define, field, frozen

from pipelines.segment.evidence import FRESH, WORD, evidence, is_fresh
from pipelines.segment.headlines import Head
from pipelines.segment.joins import (
    NEXT,
    PAST_CAPTION,
    PAST_SUBHEAD,
    REACH,
    Join,
    Paragraph,
    joins,
)
from pipelines.segment.shapes import Shape, begins_item, begins_stopped, begins_torn, openness
from pipelines.segment.wording import ABOUT, Language, share

Role = Literal["text", "subhead", "byline", "caption"]

APART: tuple[Role, ...] = ("byline", "caption")
"""What is none of the text, wherever it stands among it."""


VERSE, STANZA = 20, 3
"""Characters of the longest line of verse, and lines of the shortest: columns that are torn twice are longer."""


@frozen(kw_only=True)
class Piece:
    """A block of an article: its number on the page, what it is, and how surely it goes on the piece before it."""

    number: int
    role: Role
    joined: float = 0.0


@define
class Part:
    """An article of a page: its head, none before the first headline, and its pieces in reading order."""

    head: Head | None
    pieces: list[Piece] = field(factory=list)
    flags: tuple[str, ...] = ()


def cut(blocks: Sequence[Shape], heads: Sequence[Head], language: Language) -> list[Part]:
    """Return the articles of a page in the order of their headlines; every block is in one head or one piece."""
    roles = _roles(blocks, heads, language)
    paragraphs = _paragraphs(blocks, heads, roles, language)
    made = joins(paragraphs, language)
    parts = _dealt(heads, roles, made)
    _give_captions(blocks, parts, {join.right for join in made})
    for part in parts:
        part.flags = _flags(blocks, part, {join.left for join in made})
    return [part for part in parts if part.head or part.pieces]


def _roles(blocks: Sequence[Shape], heads: Sequence[Head], language: Language) -> dict[int, Role]:
    """Return what each block is that belongs to no head."""
    inside = {number for head in heads for number in range(head.start, head.end)}
    starts = {head.start for head in heads} | {len(blocks)}
    roles: dict[int, Role] = {}
    for number, block in enumerate(blocks):
        if number not in inside:
            roles[number] = _role(block, None if number + 1 in starts else blocks[number + 1], language)
    return roles


def _role(block: Shape, behind: Shape | None, language: Language) -> Role:
    """Return what a block is; `behind` is the one behind it under the same headline."""
    if block.is_caption:
        return "caption"
    if block.named:
        return "byline"
    if behind is None or not block.can_subhead or begins_stopped(behind.text):
        return "text"
    return "text" if language.seam(block.text, behind.text) >= WORD else "subhead"


def _paragraphs(
    blocks: Sequence[Shape], heads: Sequence[Head], roles: dict[int, Role], language: Language
) -> list[Paragraph]:
    """Return the paragraphs of the runs under the headlines; a caption that nothing marks is told on the way."""
    found: list[Paragraph] = []
    for run, numbers in enumerate(_runs(heads, roles)):
        first, gap, start = run > 0, NEXT, len(found)
        verse = _verse(blocks, numbers)
        for place, number in enumerate(numbers):
            torn = len(found) > start and openness(found[-1].text) == 2
            if torn and roles[number] == "text" and blocks[number].is_sentence:
                before = [each.text for each in found[max(start, len(found) - REACH) :]]
                behind = [blocks[at].text for at in numbers[place + 1 : place + 1 + REACH]]
                if _is_between(blocks[number].text, before, behind, language):
                    roles[number] = "caption"
            if roles[number] == "text":
                sentence = blocks[number].is_sentence and not begins_torn(blocks[number].text)
                text = blocks[number].text
                opens = first or number in verse or begins_item(text) or blocks[number].dateline is not None
                found.append(Paragraph(number=number, text=text, run=run, first=opens, sentence=sentence, gap=gap))
                first, gap = False, NEXT
            else:
                gap = min(gap, PAST_SUBHEAD if roles[number] == "subhead" else PAST_CAPTION)
    return found


def _runs(heads: Sequence[Head], roles: dict[int, Role]) -> list[list[int]]:
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


def _is_between(text: str, before: Sequence[str], behind: Sequence[str], language: Language) -> bool:
    """Tell a caption behind a paragraph that breaks off: it says what is said around, and goes on nothing.

    `before` and `behind` are what stands above and below it under the same headline.
    """
    if share(text, (*before, *behind)) < ABOUT:
        return False
    here = evidence(before[-1], text, language)
    past = evidence(before[-1], behind[0], language) if behind else 0.0
    return past is not None and (here is None or past + (FRESH if behind and is_fresh(behind[0]) else 0.0) >= here)


def _dealt(heads: Sequence[Head], roles: dict[int, Role], made: Sequence[Join]) -> list[Part]:
    """Deal the pieces out: each to the article of the one before it, or to that of the one which it goes on."""
    parts = [Part(None), *(Part(head) for head in heads)]
    joined = {join.right: join for join in made}
    owner: dict[int, int] = {}
    for number_of_run, numbers in enumerate(_runs(heads, roles)):
        run, place = number_of_run, len(parts[number_of_run].pieces)
        for number in numbers:
            join = joined.get(number)
            if join:
                run = owner[join.left]
                place = _behind(parts[run].pieces, join.left)
            piece = Piece(number=number, role=roles[number], joined=join.confidence if join else 0.0)
            parts[run].pieces.insert(place, piece)
            owner[number], place = run, place + 1
    return parts


def _behind(pieces: Sequence[Piece], number: int) -> int:
    """Return the place behind a piece, and behind the captions and bylines that follow it."""
    place = 1 + next(at for at, piece in enumerate(pieces) if piece.number == number)
    return place + sum(1 for _ in itertools.takewhile(lambda piece: piece.role in APART, pieces[place:]))


def _give_captions(blocks: Sequence[Shape], parts: Sequence[Part], joined: set[int]) -> None:
    """Give each caption to that of the articles around it with which it has most in common.

    A sentence right before a column that goes on in another article is a caption too, if it says what that one says.
    """
    owner = {piece.number: part for part in parts for piece in part.pieces}
    pieces = {piece.number: piece for part in parts for piece in part.pieces}
    for number, piece in pieces.items():
        part, behind = owner[number], owner.get(number + 1)
        if behind is None or behind is part or not (piece.role == "caption" or _may_be_caption(blocks, piece, joined)):
            continue
        here, there = (share(blocks[number].text, _texts(blocks, each, number)) for each in (part, behind))
        if there > here and (piece.role == "caption" or there >= ABOUT):
            part.pieces.remove(piece)
            place = next(at for at, each in enumerate(behind.pieces) if each.number == number + 1)
            behind.pieces.insert(place, Piece(number=number, role="caption"))


def _may_be_caption(blocks: Sequence[Shape], piece: Piece, joined: set[int]) -> bool:
    before_a_column = piece.number + 1 in joined and piece.number not in joined
    return before_a_column and piece.role == "text" and blocks[piece.number].is_sentence


def _texts(blocks: Sequence[Shape], part: Part, number: int) -> list[str]:
    return [blocks[piece.number].text for piece in part.pieces if piece.number != number]


def _flags(blocks: Sequence[Shape], part: Part, joined: set[int]) -> tuple[str, ...]:
    """Return what is missing of an article: how it begins, how it ends, how a paragraph in it goes on."""
    texts = [piece for piece in part.pieces if piece.role == "text"]
    open_ends = [piece for piece in texts if openness(blocks[piece.number].text) == 2 and piece.number not in joined]
    torn_starts = [piece for piece in texts if begins_torn(blocks[piece.number].text) and not piece.joined]
    first, last = texts[:1], texts[-1:]
    found = {
        "missing-head": torn_starts[:1] == first != [],
        "missing-tail": open_ends[-1:] == last != [],
        "torn": any(piece not in last for piece in open_ends) or any(piece not in first for piece in torn_starts),
    }
    return tuple(flag for flag, holds in found.items() if holds)
