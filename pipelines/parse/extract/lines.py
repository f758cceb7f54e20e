"""Turns a page into its visible lines, with the kind and the link share of each, and into the blocks around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from attrs import define, evolve, field, frozen
from lxml import etree
from lxml.html import HtmlElement

from pipelines.model import CELL_MARK, TableRow
from pipelines.parse.extract.roles import HIDDEN, Key, Kind, Role, described, is_hiding
from pipelines.parse.extract.tables import CELL_TAGS, GridRow, is_data_row, paragraph_place, read_grid
from pipelines.parse.extract.tree import HANZI, count_hanzi, count_hanzi_of

WIDE = f"{HANZI}，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…"
_WRAPPED_LINE = re.compile(rf"(?<=[{WIDE}])[ \t\r\f\xa0]*\n\s*(?=[{WIDE}])")
_SPACES = re.compile(r"[\r\n\f\v\xa0][ \r\n\f\v\xa0]*| [ \r\n\f\v\xa0]+")
"""White space that becomes a space; a single space is not a match, which is faster."""

_EDGE_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"
"""All white space of Unicode, and two characters without width."""


@frozen(kw_only=True)
class Line:
    """A visible line: its text without indent, its kind, and how many of its characters are link text.

    `parted` is whether a horizontal rule or the edge of a separate container is directly before the line. `table_row`
    is its place in a data table, or None outside such tables.
    """

    text: str
    kind: Kind = "paragraph"
    link_chars: int = 0
    parted: bool = False
    table_row: TableRow | None = None
    hanzi: int = field()
    """Number of Chinese characters."""

    @hanzi.default
    def _hanzi(self) -> int:
        return count_hanzi(self.text)

    @property
    def unlinked_hanzi(self) -> int:
        """Number of Chinese characters outside links."""
        return self.hanzi - min(self.hanzi, self.link_chars)


TextNode = tuple[str, HtmlElement, bool]
"""A visible text with its element, and whether it is the tail of that element."""


_NewLine = tuple[str, Kind, int, bool, TableRow | None]
"""The text, the kind, the link characters, `parted` and the table row of a line."""

_NewBlock = tuple[HtmlElement, int, int, int, str | None]
"""The fields of a block; a `LayoutBlock` is made of it at the end, which takes half the time."""


class LayoutBlock(NamedTuple):
    """A block element with its lines `start` to `end` (exclusive) and its depth: the number of blocks around it."""

    element: HtmlElement
    start: int
    end: int
    depth: int
    marker: str | None = None


@frozen(kw_only=True)
class Layout:
    """The lines of a page, its blocks that contain lines (children before parents), and all elements with a marker.

    `named_elements` are the visible elements with a class or an id, each after its classes and id in lower case.
    `text_nodes` are the visible texts, each with its element and whether it is the tail of that element. Both are in
    document order.
    """

    lines: tuple[Line, ...]
    blocks: tuple[LayoutBlock, ...]
    marked_elements: tuple[HtmlElement, ...]
    named_elements: tuple[tuple[str, HtmlElement], ...]
    text_nodes: tuple[TextNode, ...]
    markup_words: frozenset[str]
    """All tags, ids, classes and item properties of visible elements, in lower case."""
    hidden: tuple[HtmlElement, ...] = ()
    """The elements that are not shown; their content is in no other attribute."""

    is_simplified: bool = False
    """Whether it is that of a simplified copy of a page."""

    def hanzi_of(self, numbers: Iterable[int]) -> int:
        """Return the number of Chinese characters outside links in these lines."""
        return sum(self.lines[number].unlinked_hanzi for number in numbers)


def visible_lines(roots: Iterable[HtmlElement]) -> list[Line]:
    """Return the visible lines of these elements in reading order; a row of a data table is one line with tabs."""
    lines: list[Line] = []
    for root in roots:
        numbers = [line.table_row.table for line in lines if line.table_row]
        lines += lay_out(root, max(numbers, default=-1) + 1).lines
    return lines


def lay_out(root: HtmlElement, first_table: int = 0, *, with_hidden: bool = False) -> Layout:
    """Return the lines and the blocks of a page; one pass collects everything that the search for the body needs.

    `first_table` is the number of the first data table. Elements that are not shown are left out unless `with_hidden`
    is set.
    """
    walk = _Walk(tables=first_table, with_hidden=with_hidden)
    walk.run(root)
    return Layout(
        lines=_with_counts(walk.lines),
        blocks=tuple(map(LayoutBlock._make, walk.blocks)),
        marked_elements=tuple(walk.marked_elements),
        named_elements=tuple(walk.named_elements),
        text_nodes=tuple(walk.text_nodes),
        markup_words=_words_of(walk.roles),
        hidden=tuple(walk.hidden),
    )


def _words_of(roles: Mapping[Key, tuple[Role, str]]) -> frozenset[str]:
    """Return all tags, item properties, classes and ids, in lower case."""
    names = " ".join([names for _, names in roles.values()])
    others = " ".join([f"{key[0]} {key[3] or ''}" for key in roles])
    return frozenset(f"{names} {others.lower()}".split())


def _with_counts(lines: Sequence[_NewLine]) -> tuple[Line, ...]:
    """Return lines with their numbers of Chinese characters, which are counted in one pass over all texts."""
    counts = count_hanzi_of([text for text, *_ in lines])
    return tuple(
        [
            Line(text=text, kind=kind, link_chars=link_chars, parted=parted, table_row=row, hanzi=hanzi)
            for (text, kind, link_chars, parted, row), hanzi in zip(lines, counts, strict=True)
        ]
    )


def normalise_space(text: str) -> str:
    """Return text as a browser shows it: spaces collapsed, no indent, no space where a line of Chinese was wrapped.

    >>> normalise_space("　　市住建局\\n  召开 会议，"), normalise_space("\\u2003\\u2003会议指出")
    ('市住建局召开 会议，', '会议指出')
    """
    text = text.strip(_EDGE_SPACES)  # first: few texts have a line break inside, and its pattern is the slow one
    return _SPACES.sub(" ", _WRAPPED_LINE.sub("", text) if "\n" in text else text)


@define
class _Walk:
    """The state of one pass over an element and its descendants."""

    with_hidden: bool
    hidden: list[HtmlElement] = field(factory=list)
    lines: list[_NewLine] = field(factory=list)
    blocks: list[_NewBlock] = field(factory=list)
    marked_elements: list[HtmlElement] = field(factory=list)
    named_elements: list[tuple[str, HtmlElement]] = field(factory=list)
    text_nodes: list[TextNode] = field(factory=list)
    open_blocks: list[tuple[HtmlElement, int, str | None]] = field(factory=list)
    pieces: list[str] = field(factory=list)
    kinds: list[Kind] = field(factory=list)
    roles: dict[Key, tuple[Role, str]] = field(factory=dict)
    link_chars: int = 0
    open_links: int = 0
    open_rows: int = 0
    after_rule: bool = False
    tables: int = 0
    grid: dict[HtmlElement, GridRow] = field(factory=dict)
    row_cells: dict[HtmlElement, str] = field(factory=dict)
    open_cell: HtmlElement | None = None

    def run(self, root: HtmlElement) -> None:
        """Walk over an element; the steps for elements that only have text, and for plain links, are in this loop.

        Calls for them took a third of the time.
        """
        open_roles: list[Role] = []
        styles: dict[str, bool] = {}
        pieces, roles, open_blocks, add_text = self.pieces, self.roles, self.open_blocks, self.add
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                get = element.get
                key = (element.tag, get("id"), get("class"), get("itemprop"))
                role, names = roles.get(key) or roles.setdefault(key, described(*key))
                style = get("style")
                if style and style not in styles:
                    styles[style] = is_hiding(style)
                if role.is_hidden or (style and styles[style]) or get("hidden") is not None:
                    role = self.hide(element, role)
                open_roles.append(role)
                if role.is_skipped:
                    walk.skip_subtree()
                    continue
                if names:
                    self.named_elements.append((names, element))
                if role.is_plain_link:
                    self.open_links += 1
                elif role.is_plain_block and not self.open_rows:
                    if pieces:
                        self.flush()
                    open_blocks.append((element, len(self.lines), role.marker))
                elif role.affects_lines:
                    self.enter(element, role)
                text = element.text
                if text and (pieces or not text.isspace()):
                    add_text(text, element, False)
                continue
            if event == "end":
                role = open_roles.pop()
                if role.is_plain_link:
                    self.open_links -= 1
                elif role.is_plain_block:
                    if open_blocks and open_blocks[-1][0] is element:
                        self.close_block()
                elif role.affects_lines:
                    self.leave(element, role)
            tail = element.tail
            if tail and (pieces or not tail.isspace()) and element is not root:
                add_text(tail, element, True)
        self.flush()

    def hide(self, element: HtmlElement, role: Role) -> Role:
        """Return the role of an element that is not shown; `<input>` and `<svg>` have no text in any case."""
        if self.with_hidden or role.is_skipped:
            return role
        self.hidden.append(element)
        return HIDDEN

    def enter(self, element: HtmlElement, role: Role) -> None:
        if self.open_rows:
            if role.tag in ("br", "p", "div"):
                self.pieces.append(" ")
        elif role.is_block:
            if self.pieces:
                self.flush()
            self.open_blocks.append((element, len(self.lines), role.marker))
        if role.kind:
            self.kinds.append(role.kind)
        if role.tag == "hr":
            self.after_rule = True
        elif role.tag == "a":
            self.open_links += 1
        elif role.is_in_table:
            self.enter_table(element)

    def leave(self, element: HtmlElement, role: Role) -> None:
        if role.tag == "a":
            self.open_links -= 1
        elif role.is_in_table and self.open_rows:
            self.leave_cell(element)
        if self.open_blocks and self.open_blocks[-1][0] is element:
            self.close_block()
        if element is self.open_cell:
            self.open_cell = None
        if role.kind:
            self.kinds.pop()

    def leave_cell(self, element: HtmlElement) -> None:
        """End a row that is one line, or a cell of it."""
        if element.tag == "tr":
            self.flush_row(self.grid.get(element))
            self.open_rows -= 1
        elif element.tag in CELL_TAGS:
            self.row_cells[element] = normalise_space("".join(self.pieces))
            self.pieces.clear()

    def enter_table(self, element: HtmlElement) -> None:
        """Read the grid of a table, or note which row or cell begins."""
        if element.tag == "table":
            grid = {} if self.open_rows else read_grid(element, self.tables)
            self.grid |= grid
            self.tables += bool(grid)
        elif element.tag == "tr":
            row = self.grid.get(element)
            self.open_rows += row.is_line if row else is_data_row(element)
        elif not self.open_rows:
            self.open_cell = element

    def close_block(self) -> None:
        if self.pieces:
            self.flush()
        element, start, marker = self.open_blocks.pop()
        if marker:
            self.marked_elements.append(element)
        if start < len(self.lines):
            self.blocks.append((element, start, len(self.lines), len(self.open_blocks), marker))

    def add(self, text: str, element: HtmlElement, is_tail: bool) -> None:
        self.text_nodes.append((text, element, is_tail))
        self.pieces.append(text.replace("\t", " ") if "\t" in text else text)
        if self.open_links:
            self.link_chars += len(text.strip())

    def flush(self) -> None:
        """End the current line and add it unless it is empty."""
        self.add_line(normalise_space("".join(self.pieces)), self.kinds[-1] if self.kinds else "paragraph")

    def flush_row(self, row: GridRow | None) -> None:
        """End the row of a table and add it as a line, its cells separated by tabs."""
        outside = normalise_space("".join(self.pieces))
        cells = (*(row.texts(self.row_cells) if row else self.row_cells.values()), *([outside] if outside else []))
        self.row_cells.clear()
        place = evolve(row.place, cells=cells) if row else None
        self.add_line(CELL_MARK.join(cells).strip(CELL_MARK), "row", place)

    def add_line(self, text: str, kind: Kind, table_row: TableRow | None = None) -> None:
        """Add a line unless it is empty, and begin the next one."""
        if text:
            if self.open_cell is not None and table_row is None:
                table_row = paragraph_place(self.grid, self.open_cell, text)
            self.lines.append((text, kind, self.link_chars, self.after_rule, table_row))
            self.after_rule = False
        self.pieces.clear()
        self.link_chars = 0
