"""The lines that a reader sees on a page, what each is, how much of it is links, and which block holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from attrs import define, field, frozen
from lxml import etree
from lxml.html import HtmlElement

from pipelines.parse.extract.roles import Kind, Role, role_of
from pipelines.parse.extract.tree import HANZI, hanzi

CELL_MARK = "\t"
"""Stands between the cells of a row, as in HTML's innerText."""

LONGEST_CELL = 120
"""Characters of a data table's cell: longer ones are columns of a layout, whose paragraphs are lines."""

WIDE = f"{HANZI}，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…"
_WRAPPED = re.compile(rf"(?<=[{WIDE}])[ \t\r\f\xa0]*\n\s*(?=[{WIDE}])")
_RUN = re.compile(r"[ \r\n\f\v\xa0]+")
_EDGES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"
"""Every white space of Unicode, and two signs that have no width."""


@frozen(kw_only=True)
class Line:
    """One visible line: its text without indent, its kind, and how many of its characters are link text.

    `parted` is whether a rule or the edge of a container of its own stands before it.
    """

    text: str
    kind: Kind = "paragraph"
    linked: int = 0
    parted: bool = False
    size: int = field(init=False)
    """Hanzi."""

    @size.default
    def _size(self) -> int:
        return hanzi(self.text)

    @property
    def prose(self) -> int:
        """Hanzi outside links."""
        return self.size - min(self.size, self.linked)


class Part(NamedTuple):
    """A block of the page: the numbers of its first line and of the line behind its last, and how many hold it."""

    element: HtmlElement
    start: int
    end: int
    depth: int
    marker: str | None = None


@frozen(kw_only=True)
class Layout:
    """A page's lines, its blocks that hold any, children before their parents, and all elements with a known mark.

    Also, in document order, the visible elements with a class or an id, each behind its classes and its id in lower
    case, and the visible texts, each with its element and whether it is that element's tail.
    """

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    marked: tuple[HtmlElement, ...]
    named: tuple[tuple[str, HtmlElement], ...]
    texts: tuple[tuple[str, HtmlElement, bool], ...]
    words: frozenset[str]
    """All tags, ids, classes and item properties of visible elements, in lower case."""


def lines(roots: Iterable[HtmlElement]) -> list[Line]:
    """Return the visible lines of these elements in reading order; a data table's row is one, cells split by tabs."""
    return [line for root in roots for line in lay_out(root).lines]


def lay_out(root: HtmlElement) -> Layout:
    """Return the lines of a page together with its blocks: one pass finds all that a search for the body asks for."""
    walk = _Walk()
    walk.run(root)
    return Layout(
        lines=tuple(walk.out),
        parts=tuple(walk.parts),
        marked=tuple(walk.marked),
        named=tuple(walk.named),
        texts=tuple(walk.texts),
        words=frozenset(word for role in walk.roles.values() for word in role.words),
    )


def tidy(text: str) -> str:
    """Return text as a browser shows it: spaces collapsed, none where a wrapped line of Chinese goes on, no indent.

    >>> tidy("　　市住建局\\n  召开 会议，"), tidy("\\u2003\\u2003会议指出")
    ('市住建局召开 会议，', '会议指出')
    """
    return _RUN.sub(" ", _WRAPPED.sub("", text) if "\n" in text else text).strip(_EDGES)


@define
class _Walk:
    """One pass over an element's subtree."""

    out: list[Line] = field(factory=list)
    parts: list[Part] = field(factory=list)
    marked: list[HtmlElement] = field(factory=list)
    named: list[tuple[str, HtmlElement]] = field(factory=list)
    texts: list[tuple[str, HtmlElement, bool]] = field(factory=list)
    opened: list[tuple[HtmlElement, int, str | None]] = field(factory=list)
    pieces: list[str] = field(factory=list)
    kinds: list[Kind] = field(factory=list)
    roles: dict[tuple[str, str | None, str | None, str | None], Role] = field(factory=dict)
    linked: int = 0
    links: int = 0
    row: int = 0
    ruled: bool = False

    def run(self, root: HtmlElement) -> None:
        around: list[Role] = []
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                told = (element.tag, element.get("id"), element.get("class"), element.get("itemprop"))
                role = self.roles.get(told) or self.roles.setdefault(told, role_of(*told))
                around.append(role)
                if role.is_skipped:
                    walk.skip_subtree()
                    continue
                if role.names:
                    self.named.append((role.names, element))
                if role.acts:
                    self.enter(element, role)
                if (text := element.text) and (self.pieces or not text.isspace()):
                    self.add(text, element)
                continue
            if event == "end" and (role := around.pop()).acts:
                self.leave(element, role)
            if (tail := element.tail) and (self.pieces or not tail.isspace()) and element is not root:
                self.add(tail, element, is_tail=True)
        self.flush()

    def enter(self, element: HtmlElement, role: Role) -> None:
        if self.row:
            if role.tag in ("br", "p", "div"):
                self.pieces.append(" ")
        elif role.is_block:
            if self.pieces:
                self.flush()
            self.opened.append((element, len(self.out), role.marker))
        if role.kind:
            self.kinds.append(role.kind)
        if role.tag == "hr":
            self.ruled = True
        elif role.tag == "a":
            self.links += 1
        elif role.tag == "tr" and is_data_row(element):
            self.row += 1

    def leave(self, element: HtmlElement, role: Role) -> None:
        if role.tag == "a":
            self.links -= 1
        elif self.row and role.tag == "tr":
            self.flush("row")
            self.row -= 1
        elif self.row and role.tag in ("td", "th"):
            self.pieces.append(CELL_MARK)
        if self.opened and self.opened[-1][0] is element:
            self.close()
        if role.kind:
            self.kinds.pop()

    def close(self) -> None:
        if self.pieces:
            self.flush()
        element, start, marker = self.opened.pop()
        if marker:
            self.marked.append(element)
        if start < len(self.out):
            depth = len(self.opened)
            self.parts.append(Part(element, start, len(self.out), depth, marker))

    def add(self, text: str, beside: HtmlElement, is_tail: bool = False) -> None:
        self.texts.append((text, beside, is_tail))
        self.pieces.append(text.replace("\t", " ") if "\t" in text else text)
        if self.links:
            self.linked += len(text.strip())

    def flush(self, kind: Kind | None = None) -> None:
        text = tidy("".join(self.pieces))
        if text:
            inner = self.kinds[-1] if self.kinds else "paragraph"
            if kind == "row":
                text = CELL_MARK.join(cell.strip(_EDGES) for cell in text.split(CELL_MARK))
            self.out.append(Line(text=text, kind=kind or inner, linked=self.linked, parted=self.ruled))
            self.ruled = False
        self.pieces.clear()
        self.linked = 0


def is_data_row(row: HtmlElement) -> bool:
    """Tell a row of a data table from one that lays out the page: two cells or more, all short, no table inside."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or next(row.iter("table"), None) is not None:
        return False
    texts = ["".join(cell.itertext()).strip() for cell in cells]
    return sum(map(bool, texts)) >= 2 and max(map(len, texts)) <= LONGEST_CELL
