"""Tells data tables from page layout, and resolves the spans of their cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from attrs import evolve, frozen
from lxml.html import HtmlElement

from pipelines.model import TableRow
from pipelines.parse.extract.tree import text_of

MAX_CELL_CHARS = 120
"""Characters of a short cell; a longer cell is a text, or a column of a page layout."""

MIN_SHORT_SHARE = 0.5
"""Share of short cells among the filled cells of a data table: of label and text next to each other, one is short."""

MIN_REGULAR_SHARE = 0.6
"""Share of the rows of a data table that have its most common width: title, totals and notes have other widths."""

MAX_SPAN = 100
"""Columns that one cell may span: the widest tables of budgets have about 40 columns, and editors type 100 for all."""

MAX_GRID_CELLS = 100_000
"""Cells of a table, each counted in every row and column that it spans, up to which spans are resolved: the longest
lists of names have 5,000 rows of 10 cells. Beyond it, every cell counts once."""

CAPTION_ROW = -1
"""Number of the caption in `TableRow`."""

CELL_TAGS = ("td", "th")
_LAYOUT_TAGS = ("table", "h1", "h2", "h3", "form", "iframe")
"""Elements that only page layout has in its cells."""

_HEADER_TAGS = ("th", "thead", "caption", "colgroup")
"""Elements that only data tables have."""


@frozen(kw_only=True)
class GridRow:
    """A row of a data table: its cell elements, its place, and whether it is one line of the text.

    Otherwise, each paragraph of its cells is a line: a cell contains several paragraphs, or is the only one.
    """

    cells: tuple[HtmlElement, ...]
    place: TableRow
    is_line: bool

    def texts(self, text_by_cell: Mapping[HtmlElement, str]) -> tuple[str, ...]:
        """Return the texts of the cells in order, empty for cells that are not visible."""
        return tuple(text_by_cell.get(cell, "") for cell in self.cells)


def read_grid(table: HtmlElement, number: int) -> dict[HtmlElement, GridRow]:
    """Return the rows of a data table by their elements; empty if the table is page layout.

    `number` is the number of the table on its page.
    """
    if next(table.iterdescendants(*_LAYOUT_TAGS), None) is not None or table.get("role") in ("presentation", "none"):
        return {}
    elements = list(table.iter("tr"))
    rows = list(map(cells_of, elements))
    sizes = [list(map(_size, row)) for row in rows]
    if not _is_data(table, rows, sizes):
        return {}
    return {
        element: GridRow(cells=tuple(row), place=place, is_line=_is_line(row, row_sizes))
        for element, row, row_sizes, place in zip(elements, rows, sizes, _places(rows, number), strict=True)
    }


def paragraph_place(grid: Mapping[HtmlElement, GridRow], cell: HtmlElement, text: str) -> TableRow | None:
    """Return the place of a paragraph in a cell or in the caption of a data table, None in a table of page layout."""
    row = grid.get(cell.getparent())
    if row:
        return evolve(row.place, cells=tuple(text if each is cell else "" for each in row.cells))
    first = next(cell.getparent().iter("tr"), None) if cell.tag == "caption" else None
    of_table = grid.get(first)
    return TableRow(table=of_table.place.table, number=CAPTION_ROW, cells=(text,)) if of_table else None


def is_data_row(row: HtmlElement) -> bool:
    """Return whether a row of a layout table is a row of data: at least two short cells, and no table inside."""
    cells = cells_of(row)
    if len(cells) < 2 or next(row.iter("table"), None) is not None:
        return False
    sizes = list(map(_size, cells))
    return sum(map(bool, sizes)) >= 2 and max(sizes) <= MAX_CELL_CHARS


def cells_of(row: HtmlElement) -> list[HtmlElement]:
    """Return the cells of a table row."""
    return [cell for cell in row if cell.tag in CELL_TAGS]


def _size(cell: HtmlElement) -> int:
    return len(text_of(cell).strip())


def _is_data(table: HtmlElement, rows: Sequence[Sequence[HtmlElement]], sizes: Sequence[Sequence[int]]) -> bool:
    """Return whether a table holds data, by its markup, its borders, and the sizes and numbers of its cells."""
    filled = [size for row in sizes for size in row if size]
    full_rows = sum(sum(map(bool, row)) >= 2 for row in sizes)
    is_drawn = _has_borders(table) and sum(map(any, sizes)) >= 2
    if not full_rows or (full_rows < 2 and not (is_drawn or _has_header(table))):
        return False
    if max(filled) <= MAX_CELL_CHARS or _has_header(table):
        return True
    short = sum(size <= MAX_CELL_CHARS for size in filled)
    widths = Counter(sum(_span(cell, "colspan") for cell in row) for row in rows if row)
    is_regular = max(widths.values()) >= MIN_REGULAR_SHARE * sum(widths.values())
    return is_regular and (is_drawn or short >= MIN_SHORT_SHARE * len(filled))


def _has_header(table: HtmlElement) -> bool:
    return next(table.iterdescendants(*_HEADER_TAGS), None) is not None


def _has_borders(table: HtmlElement) -> bool:
    return table.get("border", "0").strip() not in ("", "0") or "border" in (table.get("style") or "").lower()


def _is_line(cells: Sequence[HtmlElement], sizes: Sequence[int]) -> bool:
    """Return whether a row is one line of the text: two cells or more are filled, and no long one has paragraphs."""
    long_cells = [cell for cell, size in zip(cells, sizes, strict=True) if size > MAX_CELL_CHARS]
    return sum(map(bool, sizes)) >= 2 and not any(_has_paragraphs(cell) for cell in long_cells)


def _has_paragraphs(cell: HtmlElement) -> bool:
    blocks = (block for block in cell.iterdescendants("p", "div", "li", "br"))
    return sum(1 for _ in zip(blocks, range(2), strict=False)) == 2


def _places(rows: Sequence[Sequence[HtmlElement]], number: int) -> Iterator[TableRow]:
    """Yield the place of each row, with spans resolved as HTML defines it.

    Columns in which no cell begins are left out: a title that spans 100 columns of a table with five fills five.
    """
    grid, is_clipped = _grid(rows)
    beginnings = {
        column
        for row_number, row in enumerate(grid)
        for column, (before, cell) in enumerate(pairwise([None, *row]))
        if cell and cell[0] == row_number and cell != before
    }
    for row_number, row in enumerate(grid):
        columns = [cell for column, cell in enumerate(row) if column in beginnings]
        headers = (at for at, cell in enumerate(columns) if cell and rows[cell[0]][cell[1]].tag == "th")
        yield TableRow(
            table=number, number=row_number, columns=tuple(columns), headers=tuple(headers), is_clipped=is_clipped
        )


def _grid(rows: Sequence[Sequence[HtmlElement]]) -> tuple[list[list[tuple[int, int] | None]], bool]:
    """Return the cells of each row as numbers of row and cell, and whether the table is too large for its spans."""
    grid: list[list[tuple[int, int] | None]] = []
    hanging: dict[int, tuple[int, tuple[int, int]]] = {}
    count = 0
    for row_number, cells in enumerate(rows):
        row: dict[int, tuple[int, int]] = {column: cell for column, (_, cell) in hanging.items()}
        hanging = {column: (left - 1, cell) for column, (left, cell) in hanging.items() if left > 1}
        column = 0
        for index, cell in enumerate(cells):
            while column in row:
                column += 1
            is_clipped = count > MAX_GRID_CELLS
            width, height = (1, 1) if is_clipped else (_span(cell, "colspan"), _row_span(cell, len(rows) - row_number))
            for _ in range(width):
                row.setdefault(column, (row_number, index))
                if height > 1:
                    hanging.setdefault(column, (height - 1, (row_number, index)))
                column += 1
        row_width = max(row, default=-1) + 1
        grid.append([row.get(column) for column in range(row_width)])
        count += row_width
        if count > MAX_GRID_CELLS:
            hanging = {}
    return grid, count > MAX_GRID_CELLS


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return max(1, min(int(value), MAX_SPAN)) if value.isascii() and value.isdecimal() and len(value) < 9 else 1


def _row_span(cell: HtmlElement, rows_left: int) -> int:
    """Return the number of rows that a cell spans; 0 means all that are left."""
    value = (cell.get("rowspan") or "").strip()
    rows = int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 1
    return min(rows or rows_left, rows_left)
