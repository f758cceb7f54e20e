"""A page of several articles as a digital newspaper has it, harmed as such pages are, and what is true of it."""

from __future__ import annotations

import random

from attrs import evolve, frozen

from pipelines.model import Block, Draft
from tests.pages_of_articles.printed import printed
from tests.pages_of_articles.written import Piece, written

KINDS = ("whole", "torn", "parted", "headless", "tailless", "all")
"""What befalls a page: nothing; columns that break off and go on; an article that goes on behind another; a beginning
or an end that is not on the page; all of it. Captions, subheads and bylines are on every page."""

LEFT, RIGHT = 10, 2
"""Characters of the shortest beginning and end of a paragraph that a tear parts: a line of a column, a line's rest."""

COLUMN = 40
"""Characters of the shortest piece that is torn on both sides: a whole column, though of few lines."""

NEAR = 3
"""Among how many times as many articles of a paper those of a page are chosen: about a day's."""

BETWEEN = (1, 1, 1, 2, 3)
"""How many articles stand between the two parts of one: mostly the one beside its column."""

_HALF = str.maketrans("，：；！？（）", ",:;!?()")
_ENDS = "。！？；：…”’）》!?;:)"


@frozen(kw_only=True)
class Page:
    """A made page: its title, and its pieces in the order in which they stand on it."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def draft(self) -> Draft:
        """The page as extraction hands it on."""
        return Draft(title=self.title, blocks=tuple(Block(text=piece.text) for piece in self.pieces))

    @property
    def titles(self) -> set[str]:
        """The headlines of its articles as they stand on it."""
        return {piece.text for piece in self.pieces if piece.role == "title"}

    @property
    def joins(self) -> set[tuple[str, str]]:
        """The pieces that belong together in mid-sentence, as they stand on it."""
        return {(piece.follows.text, piece.text) for piece in self.pieces if piece.follows}


def compose(size: int, kind: str, source: str, rng: random.Random) -> Page:
    """Return a page of as many articles out of a set (see `chosen`), harmed in one way or in all."""
    articles = [
        [evolve(piece, article=number) for piece in pieces] for number, pieces in enumerate(chosen(source, size, rng))
    ]
    if rng.random() < 0.5:
        articles = [[evolve(piece, text=piece.text.translate(_HALF)) for piece in pieces] for pieces in articles]
    if kind in ("headless", "all") and (kind == "headless" or rng.random() < 0.5):
        _behead(articles[rng.randrange(size)], rng)
    if kind in ("tailless", "all") and (kind == "tailless" or rng.random() < 0.5):
        _curtail(articles[rng.randrange(size)], rng)
    if kind in ("torn", "all"):
        for pieces in articles:
            for _ in range(rng.choice((0, 1, 1, 2))):
                _tear(pieces, rng)
    if kind in ("parted", "all"):
        for _ in range(max(1, size // 4)):
            _part(articles, rng)
    title = rng.choice(("第A03版：城事", "要闻", "02版·综合新闻"))
    pieces = [piece for each in articles for piece in each]
    if rng.random() < 0.2 and not (pieces[1].role == "text" and pieces[1].lost):
        title = pieces.pop(0).text
    return Page(title=title, pieces=tuple(pieces))


def chosen(source: str, size: int, rng: random.Random) -> list[tuple[Piece, ...]]:
    """Return articles out of those written for it (`tuned`, `held`), or of a real paper (`printed-tuned`, …).

    Those of a paper stand near each other in it: they have their day, and often their subject, in common.
    """
    kind, _, half = source.rpartition("-")
    if kind != "printed":
        return rng.sample(written("held" if half == "held" else "tuned"), size)
    articles = printed(half)
    start = rng.randrange(len(articles) - NEAR * size)
    return rng.sample(articles[start : start + NEAR * size], size)


def places(piece: Piece, torn_below: bool = False) -> list[int]:
    """Return where a paragraph can be torn so that it shows: anywhere but behind the end of a sentence."""
    text = piece.text
    left, right = COLUMN if piece.follows or piece.lost else LEFT, COLUMN if torn_below else RIGHT
    return [at for at in range(left, len(text) - right) if text[at - 1] not in _ENDS and not text[at - 1].isspace()]


def _tear(pieces: list[Piece], rng: random.Random) -> int:
    """Tear one of an article's paragraphs in two; return the number of its second half, 0 where there is none."""
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
    _refollow(pieces, piece, right)
    if rng.random() < 0.3 and pieces[-1].role == "caption":
        pieces.insert(number + 1, pieces.pop())
        return number + 2
    return number + 1


def _part(articles: list[list[Piece]], rng: random.Random) -> None:
    """Let an article go on behind one or more of those that follow it, in mid-sentence."""
    number = rng.randrange(len(articles) - 1)
    end = min(len(articles), number + rng.choice(BETWEEN) + 1)
    one, others = articles[number], articles[number + 1 : end]
    if len({piece.article for each in (one, *others) for piece in each}) > end - number:
        return
    at = _tear(one, rng)
    if not at:
        return
    rest = one[at:]
    if rest[-1].role == "caption" and rng.random() < 0.5:
        rest.insert(0, rest.pop())
    articles[number:end] = [[*one[:at], *(piece for each in others for piece in each), *rest]]


def _behead(pieces: list[Piece], rng: random.Random) -> None:
    """Take away how an article begins, up to somewhere in a paragraph, but for its headline."""
    texts = [number for number, piece in enumerate(pieces) if piece.role == "text" and places(piece)]
    if texts:
        number = rng.choice(texts)
        at = rng.choice(places(pieces[number]))
        pieces[1 : number + 1] = [evolve(pieces[number], text=pieces[number].text[at:].lstrip(), lost=True)]


def _curtail(pieces: list[Piece], rng: random.Random) -> None:
    """Take away how an article ends, from somewhere in a paragraph on."""
    texts = [number for number, piece in enumerate(pieces) if piece.role == "text" and places(piece)]
    if texts:
        number = rng.choice(texts)
        at = rng.choice(places(pieces[number]))
        pieces[number:] = [evolve(pieces[number], text=pieces[number].text[:at].rstrip(), lost=True)]


def _refollow(pieces: list[Piece], old: Piece, new: Piece) -> None:
    """Let what followed a piece that was torn follow its second half."""
    for number, piece in enumerate(pieces):
        if piece.follows and piece is not new and piece.follows.text == old.text:
            pieces[number] = evolve(piece, follows=new)
