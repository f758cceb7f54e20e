"""A draft for each article of a page that was cut into several, with every change on record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import evolve

from pipelines.model import Block, Draft, Evidence, Image, Person, Repair
from pipelines.parse.people import byline as named_in
from pipelines.parse.people import dateline, reporters
from pipelines.parse.segment.cut import ArticlePart, Piece
from pipelines.parse.segment.roles import NON_TEXT_ROLES

JOIN, CAPTION, BYLINE = "join-columns", "lift-captions", "lift-bylines"
"""The rules under which changes to the blocks of an article are recorded."""

_OWN = ("title", "subtitle", "dateline", "authors", "kicker")
"""Fields that are read from the article's own blocks; all others are those of the page."""

_DASHES = "—－─- "
_MARK = re.compile(r"^[▲△▼◀▶↑↓]\s*")


def drafts(draft: Draft, parts: Sequence[ArticlePart]) -> tuple[Draft, ...]:
    """Return the drafts of a page's articles.

    Each gets the page's time, source, column and edition, and on a newspaper page its attachments. The people of an
    article are those of its own dateline and bylines. The first article also gets the other people that the page names,
    the images that no caption assigns, and the lines that are left out of the text; the last one gets
    the lines below the text.
    """
    made = [_draft(draft, part) for part in parts]
    named = {person for each in made for person in each.authors}
    first = made[0]
    others = tuple(person for person in draft.authors if person not in named)
    made[0] = evolve(first, authors=(*others, *first.authors), attachments=draft.attachments, left_out=draft.left_out)
    made = [evolve(each, images=images) for each, images in zip(made, _images(draft, parts), strict=True)]
    made[-1] = evolve(made[-1], below=draft.below, torn=draft.torn)
    return tuple(evolve(each, evidence=_evidence(draft, each, part)) for each, part in zip(made, parts, strict=True))


def _draft(draft: Draft, part: ArticlePart) -> Draft:
    texts = [draft.blocks[piece.number].text for piece in part.pieces]
    opening = next((found for text in texts[:1] if (found := dateline(text))), None)
    blocks, repairs = _blocks_and_repairs(draft, part)
    return evolve(
        _headed(draft, part),
        blocks=blocks,
        repairs=repairs,
        flags=part.flags,
        dateline=opening,
        authors=tuple(dict.fromkeys(_people(draft, part))),
        attachments=draft.attachments if draft.edition else (),
        below=(),
        torn=False,
        left_out=(),
    )


def _headed(draft: Draft, part: ArticlePart) -> Draft:
    """Return the draft with an article's headlines; text before the first headline keeps those of the page."""
    head = part.head
    if head is None:
        return draft
    under = draft.blocks[head.under].text.strip(_DASHES) if head.under is not None else None
    title = " ".join(draft.blocks[number].text for number in head.titles)
    return evolve(draft, title=title, subtitle=under, kicker=None)


def _people(draft: Draft, part: ArticlePart) -> Iterator[Person]:
    for number in (*(part.head.bylines if part.head else ()), *_numbers(part, "byline")):
        yield from named_in(draft.blocks[number].text)
    for number in _numbers(part, "text"):
        yield from reporters(draft.blocks[number].text)


def _numbers(part: ArticlePart, role: str) -> list[int]:
    return [piece.number for piece in part.pieces if piece.role == role]


def _blocks_and_repairs(draft: Draft, part: ArticlePart) -> tuple[tuple[Block, ...], tuple[Repair, ...]]:
    """Return an article's blocks, columns joined, captions and bylines taken out, and these changes as repairs.

    An article that has nothing but captions and bylines keeps them as its text.
    """
    named = tuple(Piece(number=number, role="byline") for number in (part.head.bylines if part.head else ()))
    pieces = (*named, *part.pieces)
    bare = all(piece.role in NON_TEXT_ROLES for piece in pieces)
    blocks: list[Block] = []
    repairs: list[Repair] = []
    at = -1
    for piece in pieces:
        block = draft.blocks[piece.number]
        if piece.role in NON_TEXT_ROLES and not bare:
            before = f"\n{block.text}" if blocks else f"{block.text}\n"
            repairs.append(_removal(BYLINE if piece.role == "byline" else CAPTION, max(0, at), before))
        elif piece.joined:
            repairs.append(_removal(JOIN, at, "\n", piece.joined))
            blocks[-1] = evolve(blocks[-1], text=blocks[-1].text + block.text)
            at += len(block.text)
        else:
            blocks.append(block)
            at += 1 + len(block.text)
    return tuple(blocks), tuple(repairs)


def _removal(rule: str, at: int, before: str, confidence: float = 1.0) -> Repair:
    return Repair(rule=rule, start=at, end=at, before=before, after="", confidence=confidence)


def _images(draft: Draft, parts: Sequence[ArticlePart]) -> list[tuple[Image, ...]]:
    """Return the images of each article: assigned by the text of their captions, or in order if none has a caption."""
    captions = [
        (_MARK.sub("", draft.blocks[at].text), number) for number, part in enumerate(parts) for at in _captions(part)
    ]
    bare = [image for image in draft.images if not image.caption]
    owners = dict(captions)
    known = {image.caption for image in draft.images if image.caption}
    left = iter([(text, number) for text, number in captions if text not in known])
    in_order = len(bare) == sum(text not in known for text, _ in captions)
    given: list[list[Image]] = [[] for _ in parts]
    for image in draft.images:
        if image.caption or not in_order:
            given[owners.get(image.caption or "", 0)].append(image)
        else:
            text, number = next(left)
            given[number].append(evolve(image, caption=text))
    return [tuple(images) for images in given]


def _captions(part: ArticlePart) -> list[int]:
    return _numbers(part, "caption")


def _evidence(draft: Draft, made: Draft, part: ArticlePart) -> tuple[Evidence, ...]:
    """Return the evidence of the fields that an article has; every article has `text`, which drafts do not."""
    own = _OWN if part.head else ()
    evidence = [each for each in draft.evidence if each.field not in own]
    proven = {each.field for each in evidence}
    evidence += [Evidence(field=name, origin="body") for name in _OWN if name not in proven]
    return tuple(each for each in evidence if each.field == "text" or getattr(made, each.field))
