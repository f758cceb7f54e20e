"""Assigns the blocks of a page to its articles: by headlines and paragraph joins, with captions and bylines apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from attrs import define, field, frozen

from pipelines.parse.segment.bigrams import MIN_CAPTION_SHARE, LanguageModel, share_in
from pipelines.parse.segment.block_traits import BlockTraits, begins_mid_sentence, openness
from pipelines.parse.segment.headlines import ArticleHead
from pipelines.parse.segment.join_candidates import Paragraph
from pipelines.parse.segment.paragraph_joins import ParagraphJoin, find_joins
from pipelines.parse.segment.roles import NON_TEXT_ROLES, BlockRole, paragraphs_of, roles_of, runs_of


@frozen(kw_only=True)
class Piece:
    """A block of an article: its number on the page, its role, and the confidence that it continues the piece before.

    `joined` is 0 if it does not continue that piece.
    """

    number: int
    role: BlockRole
    joined: float = 0.0


@define
class ArticlePart:
    """An article of a page: its head (None before the first headline), and its pieces in reading order."""

    head: ArticleHead | None
    pieces: list[Piece] = field(factory=list)
    flags: tuple[str, ...] = ()


def cut(blocks: Sequence[BlockTraits], heads: Sequence[ArticleHead], language: LanguageModel) -> list[ArticlePart]:
    """Return the articles of a page in the order of their headlines; every block is in one head or one piece."""
    roles = roles_of(blocks, heads)
    paragraphs = paragraphs_of(blocks, heads, roles)
    joins = find_joins(paragraphs, language)
    _correct_roles(roles, paragraphs, joins)
    parts = _assign(heads, roles, joins)
    _move_captions(blocks, parts, {join.right for join in joins})
    for part in parts:
        part.flags = _flags(blocks, part, {join.left for join in joins})
    return [part for part in parts if part.head or part.pieces]


def _correct_roles(
    roles: dict[int, BlockRole], paragraphs: Sequence[Paragraph], joins: Sequence[ParagraphJoin]
) -> None:
    """Correct roles by the joins: a joined "subhead" is text, and a sentence between two joined halves is a caption."""
    continuation = {join.left: join.right for join in joins}
    joined = {number for join in joins for number in (join.left, join.right)}
    for left, following in itertools.pairwise(paragraphs):
        if left.number in continuation:
            roles[left.number] = "text"
            skipped = continuation[left.number] != following.number and following.run == left.run
            if skipped and following.number not in joined:
                roles[following.number] = "caption"


def _assign(
    heads: Sequence[ArticleHead], roles: dict[int, BlockRole], joins: Sequence[ParagraphJoin]
) -> list[ArticlePart]:
    """Assign each block to the article of the block before it, or to that of the block which it continues."""
    parts = [ArticlePart(None), *(ArticlePart(head) for head in heads)]
    join_to = {join.right: join for join in joins}
    owner: dict[int, int] = {}
    for run, numbers in enumerate(runs_of(heads, roles)):
        article, position = run, len(parts[run].pieces)
        for number in numbers:
            join = join_to.get(number)
            if join:
                article = owner[join.left]
                position = _position_after(parts[article].pieces, join.left)
            piece = Piece(number=number, role=roles[number], joined=join.confidence if join else 0.0)
            parts[article].pieces.insert(position, piece)
            owner[number], position = article, position + 1
    return parts


def _position_after(pieces: Sequence[Piece], number: int) -> int:
    """Return the position after a piece, and after the captions and bylines that follow it."""
    position = 1 + next(at for at, piece in enumerate(pieces) if piece.number == number)
    apart = itertools.takewhile(lambda piece: piece.role in NON_TEXT_ROLES, pieces[position:])
    return position + sum(1 for _ in apart)


def _move_captions(blocks: Sequence[BlockTraits], parts: Sequence[ArticlePart], joined: set[int]) -> None:
    """Move each caption to the next article if it has more in common with that one.

    A sentence directly before a column that continues another article is also a caption, if it repeats that article.
    """
    owner = {piece.number: part for part in parts for piece in part.pieces}
    pieces = {piece.number: piece for part in parts for piece in part.pieces}
    for number, piece in pieces.items():
        part, following = owner[number], owner.get(number + 1)
        if following is None or following is part:
            continue
        if piece.role != "caption" and not _may_be_caption(blocks, piece, joined):
            continue
        here, there = (share_in(blocks[number].text, _texts(blocks, each, number)) for each in (part, following))
        if there > here and (piece.role == "caption" or there >= MIN_CAPTION_SHARE):
            part.pieces.remove(piece)
            position = next(at for at, each in enumerate(following.pieces) if each.number == number + 1)
            following.pieces.insert(position, Piece(number=number, role="caption"))


def _may_be_caption(blocks: Sequence[BlockTraits], piece: Piece, joined: set[int]) -> bool:
    before_joined = piece.number + 1 in joined and piece.number not in joined
    return before_joined and piece.role == "text" and blocks[piece.number].is_sentence


def _texts(blocks: Sequence[BlockTraits], part: ArticlePart, without: int) -> list[str]:
    return [blocks[piece.number].text for piece in part.pieces if piece.number != without]


def _flags(blocks: Sequence[BlockTraits], part: ArticlePart, joined: set[int]) -> tuple[str, ...]:
    """Return what an article lacks: its beginning, its end, or the continuation of a paragraph inside it."""
    texts = [piece for piece in part.pieces if piece.role == "text"]
    open_ends = [piece for piece in texts if openness(blocks[piece.number].text) == 2 and piece.number not in joined]
    torn_starts = [piece for piece in texts if begins_mid_sentence(blocks[piece.number].text) and not piece.joined]
    first, last = texts[:1], texts[-1:]
    flags = {
        "missing-head": torn_starts[:1] == first != [],
        "missing-tail": open_ends[-1:] == last != [],
        "torn": any(piece not in last for piece in open_ends) or any(piece not in first for piece in torn_starts),
    }
    return tuple(flag for flag, holds in flags.items() if holds)
