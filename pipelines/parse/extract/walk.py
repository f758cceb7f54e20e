"""Walks once over the elements of a page, and collects its lines, its blocks and its texts as plain tuples."""

from __future__ import annotations

from attrs import define, evolve, field
from lxml import etree
from lxml.html import HtmlElement

from pipelines.model import CELL_MARK, TableRow
from pipelines.parse.extract.roles import HIDDEN, LineKind, Role, RoleKey, described, is_hiding
from pipelines.parse.extract.spaces import normalise_space
from pipelines.parse.extract.tables import CELL_TAGS, GridRow, is_data_row, paragraph_place, read_grid

TextNode = tuple[str, HtmlElement, bool]
"""A visible text with its element, and whether it is the tail of that element."""


NewLine = tuple[str, LineKind, int, bool, TableRow | None]
"""The text, the kind, the link characters, `parted` and the table row of a line."""

NewBlock = tuple[HtmlElement, int, int, int, str | None]
"""The fields of a block; a `LayoutBlock` is made of it at the end, which takes half the time."""


@define
class Walk:
    """The state of one pass over an element and its descendants."""

    with_hidden: bool
    hidden: list[HtmlElement] = field(factory=list)
    lines: list[NewLine] = field(factory=list)
    blocks: list[NewBlock] = field(factory=list)
    marked_elements: list[HtmlElement] = field(factory=list)
    named_elements: list[tuple[str, HtmlElement]] = field(factory=list)
    text_nodes: list[TextNode] = field(factory=list)
    open_blocks: list[tuple[HtmlElement, int, str | None]] = field(factory=list)
    pieces: list[str] = field(factory=list)
    kinds: list[LineKind] = field(factory=list)
    roles: dict[RoleKey, tuple[Role, str]] = field(factory=dict)
    link_chars: int = 0
    open_links: int = 0
    open_rows: int = 0
    after_rule: bool = False
    tables: int = 0
    grid: dict[HtmlElement, GridRow] = field(factory=dict)
    row_cells: dict[HtmlElement, str] = field(factory=dict)
    open_cell: HtmlElement | None = None

    def run(self, root: HtmlElement) -> None:
        """Walk over an element.

        The steps for most elements are in this loop, and each text attribute is read once: with a call for each plain
        link and block, a page takes 2 % longer.
        """
        open_roles: list[Role] = []
        styles: dict[str, bool] = {}
        pieces, roles, open_blocks, text_nodes = self.pieces, self.roles, self.open_blocks, self.text_nodes
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                # most elements have one or two attributes: their names tell faster than `get` that one is absent
                given, get = element.keys(), element.get
                key = (
                    element.tag,
                    get("id") if "id" in given else None,
                    get("class") if "class" in given else None,
                    get("itemprop") if "itemprop" in given else None,
                )
                role, names = roles.get(key) or roles.setdefault(key, described(*key))
                if "style" in given and (style := element.get("style")) not in styles:
                    styles[style] = is_hiding(style)
                if role.is_hidden or "hidden" in given or ("style" in given and styles[style]):
                    role = self.hide(element, role)
                open_roles.append(role)
                effect = role.effect
                if effect == "skip":
                    walk.skip_subtree()
                    continue
                if names:
                    self.named_elements.append((names, element))
                if effect == "link":
                    self.open_links += 1
                elif effect == "block" and not self.open_rows:
                    if pieces:
                        self.flush()
                    open_blocks.append((element, len(self.lines), role.marker))
                    if role.kind:
                        self.kinds.append(role.kind)
                elif effect != "none":
                    self.enter(element, role)
                text, is_tail = element.text, False
            else:
                if event == "end":
                    role = open_roles.pop()
                    effect = role.effect
                    if effect == "link":
                        self.open_links -= 1
                    elif effect == "block":
                        if open_blocks and open_blocks[-1][0] is element:
                            self.close_block()
                        if role.kind:
                            self.kinds.pop()
                    elif effect == "other":
                        self.leave(element, role)
                text, is_tail = element.tail if element is not root else None, True
            if text and (pieces or not text.isspace()):
                text_nodes.append((text, element, is_tail))
                pieces.append(text.replace("\t", " ") if "\t" in text else text)
                if self.open_links:
                    self.link_chars += len(text.strip())
        self.flush()

    def hide(self, element: HtmlElement, role: Role) -> Role:
        """Return the role of an element that is not shown; `<input>` and `<svg>` have no text in any case."""
        if self.with_hidden or role.effect == "skip":
            return role
        self.hidden.append(element)
        return HIDDEN

    def enter(self, element: HtmlElement, role: Role) -> None:
        """Begin a block, a kind of line, a link or a part of a table."""
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
        """End what the element began."""
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
        """End the innermost block, with its last line, and keep it if it has lines."""
        if self.pieces:
            self.flush()
        element, start, marker = self.open_blocks.pop()
        if marker:
            self.marked_elements.append(element)
        if start < len(self.lines):
            self.blocks.append((element, start, len(self.lines), len(self.open_blocks), marker))

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

    def add_line(self, text: str, kind: LineKind, table_row: TableRow | None = None) -> None:
        """Add a line unless it is empty, and begin the next one."""
        if text:
            if self.open_cell is not None and table_row is None:
                table_row = paragraph_place(self.grid, self.open_cell, text)
            self.lines.append((text, kind, self.link_chars, self.after_rule, table_row))
            self.after_rule = False
        self.pieces.clear()
        self.link_chars = 0
