"""Tables for terminals: they drop columns where the terminal is narrow, and never cut a value or wrap a row."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

from attrs import evolve, frozen
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.cli.wrapping import wrapped
from pipelines.messages import Translate
from pipelines.messages import gettext as _
from pipelines.printable import printable

DEFAULT_WIDTH = 100
"""Columns of a table if the width of the terminal is not known."""

MIN_COUNTS_WIDTH = 24
"""Room in columns that a column of counts gets at least: two reasons with their counts."""

INDENT = "  "

Counts = Sequence[tuple[int, str]]
"""Counts with their labels, in the order of importance."""


@frozen(kw_only=True)
class TextColumn:
    """A column: its head, the meaning of the head for the legend, and a cell for each row.

    `rank` says which columns are dropped first where the terminal is narrow: those without any value, then those with
    the highest rank; columns of rank 0 stay if they have a value. `styles` are the styles of the cells.
    """

    head: str
    cells: Sequence[str]
    meaning: str = ""
    is_text: bool = False
    rank: int = 0
    styles: Sequence[str] = ()

    @property
    def width(self) -> int:
        """Return the columns of the terminal that it takes; a Chinese character takes two."""
        return max(map(cell_len, (self.head, *self.cells)))

    @property
    def is_empty(self) -> bool:
        """Tell whether no cell has a value."""
        return not any(self.cells)


@frozen(kw_only=True)
class TableLayout:
    """Where a table is printed: the width, whether in colours, and in which language."""

    width: int = DEFAULT_WIDTH
    coloured: bool = False
    translate: Translate = str

    def table(self, columns: Sequence[TextColumn], counts: tuple[str, Sequence[Counts]] | None = None) -> list[str]:
        """Return a table as lines, and below it the legend of the columns that are shown and the names of the others.

        Columns without any value are not named: nothing is missing without them. `counts` are the head and the cells of
        a last column, which has as many counts as there is room for, and the sum of the others. If even the columns
        that must stay are too wide, the first column has lines of its own.
        """
        columns = [self._translated(column) for column in columns]
        least = self._least_counts_width(*counts) + 1 if counts else 0
        shown = _fitting(columns, self.width - least)
        stacked = _width(shown) + least > self.width
        if counts:
            room = self.width - (_width(shown[1:]) + len(INDENT) if stacked else _width(shown)) - 1
            head, cells = counts
            texts = [self._counts(each, room) for each in cells]
            shown.append(TextColumn(head=self.translate(head), cells=texts, is_text=True))
        rows = self._stacked(shown) if stacked else self._rows(shown)
        return [*rows, *self._legend(shown), *self._left_out([column for column in columns if column not in shown])]

    def _translated(self, column: TextColumn) -> TextColumn:
        head, meaning = self.translate(column.head), self.translate(column.meaning)
        cells = [printable(self.translate(cell)) for cell in column.cells]
        return evolve(column, head=head, meaning=meaning, cells=cells)

    def _stacked(self, columns: Sequence[TextColumn]) -> list[str]:
        head, *rows = self._rows(columns[1:], INDENT)
        names = [wrapped(name, self.width) for name in columns[0].cells]
        return [columns[0].head, head, *(line for name, row in zip(names, rows, strict=True) for line in (*name, row))]

    def _rows(self, columns: Sequence[TextColumn], indent: str = "") -> list[str]:
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="underline")
        for column in columns:
            justify: Literal["left", "right"] = "left" if column.is_text else "right"
            table.add_column(column.head, justify=justify, no_wrap=True, width=column.width)
        for number in range(len(columns[0].cells)):
            table.add_row(*(_styled(column, number) for column in columns))
        out = io.StringIO()
        # One column more than the terminal has: rich wants room for the padding of the last column.
        width, coloured = _width(columns) + 1, self.coloured
        Console(file=out, width=width, highlight=False, force_terminal=coloured, no_color=not coloured).print(table)
        return [f"{indent}{line}".rstrip() for line in out.getvalue().splitlines()]

    def _legend(self, columns: Sequence[TextColumn]) -> list[str]:
        """Return the meanings of the heads, as many on a line as there is room for."""
        meanings = [
            self.translate(_("{head}: {meaning}", head=column.head, meaning=column.meaning))
            for column in columns
            if column.meaning
        ]
        lines: list[str] = []
        for meaning in meanings:
            longer = self.translate(_("{one}; {other}", one=lines[-1], other=meaning)) if lines else ""
            if lines and cell_len(longer) <= self.width:
                lines[-1] = longer
            else:
                lines.append(meaning)
        return lines

    def _left_out(self, columns: Sequence[TextColumn]) -> list[str]:
        """Return a line that names the columns with values for which there is no room."""
        heads = [column.head for column in columns if not column.is_empty]
        if not heads:
            return []
        line = self.translate(_("no room for {heads}: use a wider terminal, or --json", heads=heads))
        return wrapped(line, self.width)

    def _counts(self, counts: Counts, room: int) -> str:
        """Return as many counts as there is room for; the rest as one number, such as `+3`."""
        texts = [f"{count} {self.translate(label)}" for count, label in counts]
        for shown in range(len(texts), -1, -1):
            rest = sum(count for count, _ in counts[shown:])
            text = ", ".join([*texts[:shown], *([f"+{rest}"] if rest else [])])
            if cell_len(text) <= room:
                return text
        return str(sum(count for count, _ in counts))

    def _least_counts_width(self, head: str, cells: Sequence[Counts]) -> int:
        """Return the room in columns that a column of counts needs: for its head, and for some counts."""
        texts = (", ".join(f"{count} {self.translate(label)}" for count, label in each) for each in cells)
        return max(cell_len(self.translate(head)), min(MIN_COUNTS_WIDTH, max(map(cell_len, texts), default=0)))


def _fitting(columns: Sequence[TextColumn], width: int) -> list[TextColumn]:
    """Return the columns that fit into a width, the first one and those of rank 0 with a value in any case."""
    shown = list(columns)
    optional = sorted(
        (column for column in columns[1:] if column.rank or column.is_empty),
        key=lambda each: (each.is_empty, each.rank),
    )
    while optional and _width(shown) > width:
        shown.remove(optional.pop())
    return shown


def _width(columns: Sequence[TextColumn]) -> int:
    """Return the width of columns with a space between two of them."""
    return sum(column.width + 1 for column in columns) - 1


def _styled(column: TextColumn, number: int) -> Text:
    return Text(column.cells[number], style=column.styles[number] if column.styles else "")
