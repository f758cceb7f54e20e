"""Rows of captures in columns: complete in a pipe; on a terminal within its width, with the site dimmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

import click
from attrs import evolve, frozen

from crawler.cli.columns import padded, shortened, width
from pipelines.printable import printable

if TYPE_CHECKING:
    from pipelines.catalogue.search import Passage

T = TypeVar("T")

ROWS_PER_BLOCK = 200
"""Rows whose columns are aligned with each other: several screens. More would delay the first row of a long list."""

MIN_TITLE_COLUMNS = 24
"""Columns of a terminal that a title needs beside the other columns, twelve Chinese characters; with fewer, site and
title are on a second line."""

GAP, INDENT = "  ", "    "
NONE = "-"
"""Stands for an empty cell, so that each column keeps its number for programs that split a row."""


@frozen(kw_only=True)
class PrintedRow:
    """A row: its columns, the site, then the title, which may take the rest of the line, and what is below it.

    That is a passage, an address, which is never shortened, or a note.
    """

    cells: tuple[str, ...]
    site: str
    title: str
    passage: Passage | None = None
    address: str = ""
    note: str = ""


@frozen(kw_only=True)
class Screen:
    """Where rows are printed: the width of the terminal, None for a pipe, and whether it shows colours."""

    columns: int | None
    coloured: bool = False

    def style(self, text: str, **style: bool) -> str:
        """Return a text in a style, if the screen shows colours."""
        return click.style(text, **style) if self.coloured else text


class Counted(Generic[T]):
    """Yields items and counts them; `count` is complete once all were taken."""

    def __init__(self, items: Iterable[T]) -> None:
        self.count = 0
        self._items = items

    def __iter__(self) -> Iterator[T]:
        for item in self._items:
            self.count += 1
            yield item


def row_lines(rows: Iterable[PrintedRow], screen: Screen) -> Iterator[str]:
    """Yield rows as lines; each column is as wide as its widest cell among the rows of a block."""
    remaining = map(_printable, rows)
    while block := list(islice(remaining, ROWS_PER_BLOCK)):
        table = [[cell or NONE for cell in (*row.cells, row.site)] for row in block]
        widths = [max(map(width, column)) for column in zip(*table, strict=True)]
        for row, cells in zip(block, table, strict=True):
            yield from _row_lines(row, list(map(padded, cells, widths)), screen)


def _printable(row: PrintedRow) -> PrintedRow:
    """Return a row whose texts have no control characters, so that colours can be added to them."""
    return evolve(
        row,
        cells=tuple(map(printable, row.cells)),
        site=printable(row.site),
        title=printable(row.title),
        passage=row.passage
        and evolve(
            row.passage,
            before=printable(row.passage.before),
            word=printable(row.passage.word),
            after=printable(row.passage.after),
        ),
        address=printable(row.address),
    )


def _row_lines(row: PrintedRow, cells: list[str], screen: Screen) -> Iterator[str]:
    *others, site = cells
    one_line = GAP.join((*others, site, ""))
    if screen.columns is None or screen.columns - width(one_line) >= MIN_TITLE_COLUMNS:
        head, rest = GAP.join((*others, "")), one_line
    else:
        yield GAP.join(others).rstrip()
        head, rest = INDENT, f"{INDENT}{site}{GAP}"
    title = shortened(row.title, screen.columns and screen.columns - width(rest))
    yield f"{head}{screen.style(site, dim=True)}{GAP}{title}"
    if row.address:
        yield f"{INDENT}{row.address}"
    if row.passage:
        passage = fitted(row.passage, screen.columns and screen.columns - len(INDENT))
        yield f"{INDENT}{passage.before}{screen.style(passage.word, bold=True)}{passage.after}"
    if row.note:
        yield f"{INDENT}{screen.style(row.note, dim=True)}"


def fitted(passage: Passage, columns: int | None) -> Passage:
    """Return a passage that fits in so many columns: the word stays, and up to a third of the rest is before it.

    >>> from pipelines.catalogue.search import Passage
    >>> fitted(Passage("…全市共有", "老旧小区", "二十六个，今年全部改造。"), 26)
    Passage(before='…共有', word='老旧小区', after='二十六个，今…')
    """
    if columns is None or width(passage.text) <= columns:
        return passage
    word = shortened(passage.word, columns)
    rest = columns - width(word)
    before = _end_of(passage.before, max(rest // 3, rest - width(passage.after)))
    return evolve(passage, before=before, word=word, after=shortened(passage.after, rest - width(before)))


def _end_of(text: str, columns: int) -> str:
    """Return the end of a text that fits in so many columns, with an ellipsis where its beginning is left out."""
    if width(text) <= columns:
        return text
    return "…" + shortened(text[::-1], columns)[-2::-1] if columns > 1 else ""
