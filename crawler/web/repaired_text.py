"""A repaired text in pieces: where it was repaired, and what stood there before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from crawler.cli.render_tables import text_parts
from pipelines.model import Article, Repair, Table

MAX_LISTED_REPAIRS = 200
"""Repairs in the list below a text; the JSON has all of them. A page with pinyin has one for each character."""


@frozen(kw_only=True)
class TextPiece:
    """A piece of a paragraph: as the page has it, or changed by the repair with this number, counted from 1."""

    text: str
    number: int = 0
    repair: Repair | None = None


@frozen(kw_only=True)
class TableBlock:
    """A data table of a text; a cell is its text and whether it is a header."""

    caption: str | None
    rows: tuple[tuple[tuple[str, bool], ...], ...]


RepairedParagraph = tuple[TextPiece, ...]


def blocks(article: Article) -> Iterator[RepairedParagraph | TableBlock]:
    """Yield the paragraphs and the tables of a text in order.

    >>> repair = Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after="")
    >>> article = Article(title="", text="關於。\\n完", script="hant", text_hans="", repairs=(repair,))
    >>> [[(piece.text, piece.number) for piece in paragraph] for paragraph in blocks(article)]
    [[('關', 0), ('', 1), ('於。', 0)], [('完', 0)]]
    """
    repairs = sorted(enumerate(article.repairs, 1), key=lambda each: (each[1].start, each[1].end))
    at = 0
    for part in text_parts(article):
        if isinstance(part, Table):
            yield _table(part)
            at = part.end
            continue
        at = article.text.index(part, at)
        for line in part.split("\n"):
            yield tuple(_pieces(line, at, repairs))
            at += len(line) + 1


def _pieces(line: str, start: int, repairs: Sequence[tuple[int, Repair]]) -> Iterator[TextPiece]:
    """Yield the pieces of a line that begins at `start`; of repairs that overlap, the first one is marked."""
    at, end = start, start + len(line)
    for number, repair in repairs:
        if repair.start < at or repair.start > end or (repair.start == end and repair.end > end):
            continue
        if repair.start > at:
            yield TextPiece(text=line[at - start : repair.start - start])
        stop = min(repair.end, end)
        yield TextPiece(text=line[repair.start - start : stop - start], number=number, repair=repair)
        at = stop
    if at < end or start == end:
        yield TextPiece(text=line[at - start :])


def _table(table: Table) -> TableBlock:
    headers = frozenset(table.headers)
    return TableBlock(
        caption=table.caption,
        rows=tuple(
            tuple((cell, (number, column) in headers) for column, cell in enumerate(row))
            for number, row in enumerate(table.rows)
        ),
    )
