"""A page of several articles as in a digital newspaper, damaged as such pages are, and the truth about it."""

from __future__ import annotations

import random

from attrs import evolve, frozen

from pipelines.model import Block, Draft
from tests.pages_of_articles.printed import printed
from tests.pages_of_articles.written import Piece, written

KINDS = ("whole", "torn", "parted", "headless", "tailless", "all")
"""Kinds of damage to a page: none; columns that break off and continue; an article that continues after another one; a
beginning or an end that is not on the page; all of these. Captions, subheads and bylines are on every page."""

MIN_LEFT_CHARS, MIN_RIGHT_CHARS = 10, 2
"""Lengths of the shortest first and second half of a broken paragraph: a line of a column, and the rest of a line."""

MIN_COLUMN_CHARS = 40
"""Length of the shortest piece that is broken at both ends: a whole column, though of few lines."""

CHOICE_FACTOR = 3
"""Number of consecutive articles of a newspaper from which each article of a page is chosen: about those of one day."""

ARTICLES_BETWEEN = (1, 1, 1, 2, 3)
"""Numbers of articles between the two parts of one, to choose from: mostly the one beside its column."""

_HALF = str.maketrans("，：；！？（）", ",:;!?()")
_ENDS = "。！？；：…”’）》!?;:)"


@frozen(kw_only=True)
class Page:
    """A composed page: its title, and its pieces in the order of the page."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def draft(self) -> Draft:
        """The page as extraction returns it."""
        return Draft(title=self.title, blocks=tuple(Block(text=piece.text) for piece in self.pieces))

    @property
    def titles(self) -> set[str]:
        """The headlines of its articles, as they are on the page."""
        return {piece.text for piece in self.pieces if piece.role == "title"}

    @property
    def joins(self) -> set[tuple[str, str]]:
        """The pairs of pieces that are one paragraph, as they are on the page."""
        return {(piece.follows.text, piece.text) for piece in self.pieces if piece.follows}


def compose(size: int, kind: str, source: str, rng: random.Random) -> Page:
    """Return a page of `size` articles from a source (see `chosen`) with one kind of damage, or all kinds."""
    articles = [
        [evolve(piece, article=number) for piece in pieces] for number, pieces in enumerate(chosen(source, size, rng))
    ]
    if rng.random() < 0.5:
        articles = [[evolve(piece, text=piece.text.translate(_HALF)) for piece in pieces] for pieces in articles]
    if kind in ("headless", "all") and (kind == "headless" or rng.random() < 0.5):
        _remove_beginning(articles[rng.randrange(size)], rng)
    if kind in ("tailless", "all") and (kind == "tailless" or rng.random() < 0.5):
        _remove_end(articles[rng.randrange(size)], rng)
    if kind in ("torn", "all"):
        for pieces in articles:
            for _ in range(rng.choice((0, 1, 1, 2))):
                _break_paragraph(pieces, rng)
    if kind in ("parted", "all"):
        for _ in range(max(1, size // 4)):
            _separate(articles, rng)
    title = rng.choice(("第A03版：城事", "要闻", "02版·综合新闻"))
    pieces = [piece for each in articles for piece in each]
    if rng.random() < 0.2 and not (pieces[1].role == "text" and pieces[1].lost):
        title = pieces.pop(0).text
    return Page(title=title, pieces=tuple(pieces))


def chosen(source: str, size: int, rng: random.Random) -> list[tuple[Piece, ...]]:
    """Return articles written for this purpose (`tuned`, `held`), or from a real newspaper (`printed-tuned`, …).

    Those of a newspaper are near each other in it: they have the day, and often the subject, in common.
    """
    kind, _, half = source.rpartition("-")
    if kind != "printed":
        return rng.sample(written("held" if half == "held" else "tuned"), size)
    articles = printed(half)
    start = rng.randrange(len(articles) - CHOICE_FACTOR * size)
    return rng.sample(articles[start : start + CHOICE_FACTOR * size], size)


def places(piece: Piece, torn_below: bool = False) -> list[int]:
    """Return the positions where a paragraph can be broken visibly: everywhere except after the end of a sentence."""
    text = piece.text
    left = MIN_COLUMN_CHARS if piece.follows or piece.lost else MIN_LEFT_CHARS
    right = MIN_COLUMN_CHARS if torn_below else MIN_RIGHT_CHARS
    return [at for at in range(left, len(text) - right) if text[at - 1] not in _ENDS and not text[at - 1].isspace()]


def _break_paragraph(pieces: list[Piece], rng: random.Random) -> int:
    """Break one paragraph of an article in two. Return the number of its second half, 0 if none can be broken."""
    below = {piece.follows.text for piece in pieces if piece.follows}
    found = [
        (number, at)
        for number, piece in enumerate(pieces)
        if piece.role == "text"
        for at in places(piece, piece.text in below or piece.lost)
    ]
    if not found:
        return 0
    number, at = rng.choice(found)
    piece = pieces[number]
    left = evolve(piece, text=piece.text[:at].rstrip())
    right = evolve(piece, text=piece.text[at:].lstrip(), follows=left)
    pieces[number : number + 1] = [left, right]
    _relink(pieces, piece, right)
    if rng.random() < 0.3 and pieces[-1].role == "caption":
        pieces.insert(number + 1, pieces.pop())
        return number + 2
    return number + 1


def _separate(articles: list[list[Piece]], rng: random.Random) -> None:
    """Move the second part of an article after one or more of the following articles, in mid-sentence."""
    number = rng.randrange(len(articles) - 1)
    end = min(len(articles), number + rng.choice(ARTICLES_BETWEEN) + 1)
    one, others = articles[number], articles[number + 1 : end]
    if len({piece.article for each in (one, *others) for piece in each}) > end - number:
        return
    at = _break_paragraph(one, rng)
    if not at:
        return
    rest = one[at:]
    if rest[-1].role == "caption" and rng.random() < 0.5:
        rest.insert(0, rest.pop())
    articles[number:end] = [[*one[:at], *(piece for each in others for piece in each), *rest]]


def _remove_beginning(pieces: list[Piece], rng: random.Random) -> None:
    """Remove the beginning of an article, up to some position in a paragraph, except its headline."""
    texts = [number for number, piece in enumerate(pieces) if piece.role == "text" and places(piece)]
    if texts:
        number = rng.choice(texts)
        at = rng.choice(places(pieces[number]))
        pieces[1 : number + 1] = [evolve(pieces[number], text=pieces[number].text[at:].lstrip(), lost=True)]


def _remove_end(pieces: list[Piece], rng: random.Random) -> None:
    """Remove the end of an article, from some position in a paragraph on."""
    texts = [number for number, piece in enumerate(pieces) if piece.role == "text" and places(piece)]
    if texts:
        number = rng.choice(texts)
        at = rng.choice(places(pieces[number]))
        pieces[number:] = [evolve(pieces[number], text=pieces[number].text[:at].rstrip(), lost=True)]


def _relink(pieces: list[Piece], old: Piece, new: Piece) -> None:
    """Make the piece that continued a broken piece continue its second half."""
    for number, piece in enumerate(pieces):
        if piece.follows and piece is not new and piece.follows.text == old.text:
            pieces[number] = evolve(piece, follows=new)
