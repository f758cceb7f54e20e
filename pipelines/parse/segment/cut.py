"""A page's blocks dealt out to its articles: by headlines, by what goes on where, captions and bylines apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from attrs import define, field, frozen

from pipelines.parse.segment.bigrams import ABOUT, Language, share
from pipelines.parse.segment.block_traits import Shape, begins_torn, openness
from pipelines.parse.segment.headlines import Head
from pipelines.parse.segment.join_candidates import Paragraph
from pipelines.parse.segment.paragraph_joins import Join, joins
from pipelines.parse.segment.roles import APART, Role, paragraphs_of, roles_of, runs_of


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
    roles = roles_of(blocks, heads)
    paragraphs = paragraphs_of(blocks, heads, roles)
    made = joins(paragraphs, language)
    _settle(roles, paragraphs, made)
    parts = _dealt(heads, roles, made)
    _give_captions(blocks, parts, {join.right for join in made})
    for part in parts:
        part.flags = _flags(blocks, part, {join.left for join in made})
    return [part for part in parts if part.head or part.pieces]


def _settle(roles: dict[int, Role], paragraphs: Sequence[Paragraph], made: Sequence[Join]) -> None:
    """Tell by the joins what else is no subhead, because it goes on, and what is a caption: a sentence in between."""
    ways = {join.left: join.right for join in made}
    joined = {number for join in made for number in (join.left, join.right)}
    for left, behind in itertools.pairwise(paragraphs):
        if left.number in ways:
            roles[left.number] = "text"
            if ways[left.number] != behind.number and behind.run == left.run and behind.number not in joined:
                roles[behind.number] = "caption"


def _dealt(heads: Sequence[Head], roles: dict[int, Role], made: Sequence[Join]) -> list[Part]:
    """Deal the pieces out: each to the article of the one before it, or to that of the one which it goes on."""
    parts = [Part(None), *(Part(head) for head in heads)]
    joined = {join.right: join for join in made}
    owner: dict[int, int] = {}
    for number_of_run, numbers in enumerate(runs_of(heads, roles)):
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
