"""Reads the data tables of an article from its repaired text, so that their cells have the repairs on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from attrs import frozen

from pipelines.model import CELL_MARK, Block, Table, TableRow
from pipelines.parse.repair.edits import Edit

Span = tuple[int, int]
CellKey = tuple[int, int, int]
"""Numbers of a table and a row, and the index of a cell in it."""


@frozen(kw_only=True)
class PlacedText:
    """A block of a table after repair: its place, its text, and where this is in the text of the article.

    `run` is the number of blocks outside tables that come before it.
    """

    place: TableRow
    text: str
    span: Span
    run: int


def read_tables(blocks: Sequence[Block], text: str, history: Sequence[Sequence[Edit]]) -> tuple[Table, ...]:
    """Return the data tables of these blocks; `text` is their text after the edits of `history`, rule by rule.

    A row that a repair removed from the text is not in its table either. A table that another block interrupts is
    two tables.
    """
    placed = [part for part in _placed(blocks, text, history) if part.text]
    texts: dict[CellKey, str] = {}
    for part in placed:
        for index, cell in enumerate(_cells(part)):
            if cell:
                key = (part.place.table, part.place.number, index)
                texts[key] = f"{texts[key]}\n{cell}" if key in texts else cell
    runs = groupby(placed, lambda part: (part.place.table, part.run))
    tables = (_table(list(parts), texts) for _, parts in runs)
    return tuple(table for table in tables if table)


def move_spans(spans: Sequence[Span], edits: Iterable[Edit]) -> list[Span]:
    """Return where spans of a text are after edits; both are in order and do not overlap.

    >>> move_spans([(0, 2), (3, 5)], [Edit(start=1, end=2), Edit(start=4, end=4, after="cc")])
    [(0, 1), (2, 6)]
    """
    positions = [position for span in spans for position in span]
    moved: list[int] = []
    shift = 0
    waiting = iter([*edits, None])
    edit = next(waiting)
    for number, position in enumerate(positions):
        is_end = number % 2
        while edit and (edit.end < position or (edit.end == position and (is_end or edit.start < edit.end))):
            shift += len(edit.after) - (edit.end - edit.start)
            edit = next(waiting)
        if edit and edit.start < position:
            moved.append(edit.start + shift + (len(edit.after) if is_end else 0))
        else:
            moved.append(position + shift)
    return list(zip(moved[::2], moved[1::2], strict=True))


def _placed(blocks: Sequence[Block], text: str, history: Sequence[Sequence[Edit]]) -> list[PlacedText]:
    """Return the blocks of tables with their text after repair."""
    spans, runs, start = list[Span](), list[int](), 0
    for number, block in enumerate(blocks):
        if block.table_row:
            spans.append((start, start + len(block.text)))
            runs.append(number + 1 - len(spans))
        start += len(block.text) + 1
    for edits in history if spans else ():
        spans = move_spans(spans, edits)
    places = (block.table_row for block in blocks if block.table_row)
    return [
        PlacedText(place=place, text=text[span[0] : span[1]].strip("\n"), span=span, run=run)
        for place, span, run in zip(places, spans, runs, strict=True)
    ]


def _table(parts: Sequence[PlacedText], texts: Mapping[CellKey, str]) -> Table | None:
    """Return the table of these rows and paragraphs, None if no row has two cells.

    A first row of one cell over all columns is the caption.
    """
    number = parts[0].place.table
    captions = [part.text for part in parts if part.place.number < 0]
    places = list({part.place.number: part.place for part in parts if part.place.number >= 0}.values())
    if not any(len(set(place.columns)) > 1 for place in places):
        return None
    if not captions and len(places[0].columns) > 1 and len(set(places[0].columns)) == 1:
        captions = [texts.get((number, *cell), "") for cell in places.pop(0).columns[:1] if cell]
    return Table(
        rows=tuple(tuple(texts.get((number, *cell), "") if cell else "" for cell in place.columns) for place in places),
        start=parts[0].span[0],
        end=parts[-1].span[1],
        caption="\n".join(captions) or None,
        headers=tuple((row, column) for row, place in enumerate(places) for column in place.headers),
    )


def _cells(part: PlacedText) -> Iterator[str]:
    """Yield the cells of a row after repair; those of the page if a repair changed their number."""
    cells = part.place.cells
    filled = [number for number, cell in enumerate(cells) if cell]
    first, last = filled[0], filled[-1]
    repaired = part.text.split(CELL_MARK)
    if len(repaired) != last - first + 1:
        return iter(cells)
    return iter([*cells[:first], *(cell.strip() for cell in repaired)])
