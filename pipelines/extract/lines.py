"""Pure. The lines that a reader sees on a page, what each is, how much of it is links, and which block holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from attrs import define, field, frozen
from lxml import etree
from lxml.html import HtmlElement

from pipelines.extract.markers import MARKERS
from pipelines.extract.tree import HANZI, SKIPPED, hanzi

Kind = Literal["paragraph", "heading", "item", "row", "caption"]

KINDS: dict[str, Kind] = {
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "li": "item",
    "dt": "item",
    "dd": "item",
    "figcaption": "caption",
}
BREAKS = frozenset(KINDS) | frozenset(
    [
        "p",
        "div",
        "br",
        "hr",
        "tr",
        "table",
        "tbody",
        "ul",
        "ol",
        "dl",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "aside",
        "main",
        "blockquote",
        "pre",
        "center",
        "form",
        "caption",
        "fieldset",
        "figure",
        "address",
        "founder-content",
        "ucapcontent",
        "body",
        "td",
        "th",
    ]
)
CELL_MARK = "\t"
"""Stands between the cells of a row, as in HTML's innerText."""

LONGEST_CELL = 120
"""Characters of a data table's cell: longer ones are columns of a layout, whose paragraphs are lines."""

WIDE = f"{HANZI}，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…"
_WRAPPED = re.compile(rf"(?<=[{WIDE}])[ \t\r\f\xa0]*\n\s*(?=[{WIDE}])")
_RUN = re.compile(r"[ \r\n\f\v\xa0]+")
_NAMED = (("id", "#{}"), ("class", ".{}"), ("itemprop", "[itemprop={}]"))
_EDGES = " \t\r\n\xa0\u3000\u200b\ufeff"


@frozen(kw_only=True)
class Line:
    """One visible line: its text without indent, its kind, and how many of its characters are link text."""

    text: str
    kind: Kind = "paragraph"
    linked: int = 0
    size: int = field(init=False)
    """Hanzi."""

    @size.default
    def _size(self) -> int:
        return hanzi(self.text)

    @property
    def prose(self) -> int:
        """Hanzi outside links."""
        return self.size - min(self.size, self.linked)


@frozen(kw_only=True)
class Part:
    """A block of the page: the numbers of its first line and of the line behind its last, and how many hold it."""

    element: HtmlElement
    start: int
    end: int
    depth: int
    marker: str | None = None


@frozen(kw_only=True)
class Layout:
    """A page's lines, its blocks that hold any, children before their parents, and all elements with a known mark."""

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    marked: tuple[HtmlElement, ...]


def lines(roots: Iterable[HtmlElement]) -> list[Line]:
    """Return the visible lines of these elements in reading order; a data table's row is one, cells split by tabs."""
    return [line for root in roots for line in lay_out(root).lines]


def lay_out(root: HtmlElement) -> Layout:
    """Return the lines of a page together with its blocks: one pass finds all that a search for the body asks for."""
    walk = _Walk()
    walk.run(root)
    return Layout(lines=tuple(walk.out), parts=tuple(walk.parts), marked=tuple(walk.marked))


def tidy(text: str) -> str:
    """Return text as a browser shows it: spaces collapsed, none where a wrapped line of Chinese goes on, no indent.

    >>> tidy("　　市住建局\\n  召开 会议，")
    '市住建局召开 会议，'
    """
    return _RUN.sub(" ", _WRAPPED.sub("", text) if "\n" in text else text).strip(_EDGES)


@define
class _Walk:
    """One pass over an element's subtree."""

    out: list[Line] = field(factory=list)
    parts: list[Part] = field(factory=list)
    marked: list[HtmlElement] = field(factory=list)
    opened: list[tuple[HtmlElement, int, str | None]] = field(factory=list)
    pieces: list[str] = field(factory=list)
    kinds: list[Kind] = field(factory=list)
    names: dict[str, dict[str, str | None]] = field(factory=lambda: {form: {} for _, form in _NAMED})
    linked: int = 0
    links: int = 0
    row: int = 0

    def run(self, root: HtmlElement) -> None:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                if element.tag in SKIPPED:
                    walk.skip_subtree()
                    continue
                self.enter(element)
            elif event == "end" and element.tag not in SKIPPED:
                self.leave(element)
            if event != "start" and element is not root:
                self.add(element.tail)
        self.flush()

    def enter(self, element: HtmlElement) -> None:
        tag = element.tag
        marker = self.mark(element)
        if not self.row and (tag in BREAKS or marker):
            self.flush()
            self.opened.append((element, len(self.out), marker))
        elif self.row and tag in ("br", "p", "div"):
            self.pieces.append(" ")
        if tag == "tr" and is_data_row(element):
            self.row += 1
        if tag in KINDS or (tag == "p" and _is_caption(element)):
            self.kinds.append(KINDS.get(tag, "caption"))
        self.links += tag == "a"
        self.add(element.text)

    def mark(self, element: HtmlElement) -> str | None:
        """Return the name by which an element is known to be a body, or None."""
        for attribute, form in _NAMED:
            value = element.get(attribute)
            if value:
                if value not in self.names[form]:
                    known = (name for part in value.lower().split() if (name := form.format(part)) in MARKERS)
                    self.names[form][value] = next(known, None)
                if self.names[form][value]:
                    return self.names[form][value]
        return element.tag if element.tag in MARKERS else None

    def leave(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "tr" and self.row:
            self.flush("row")
            self.row -= 1
        elif tag in ("td", "th") and self.row:
            self.pieces.append(CELL_MARK)
        if self.opened and self.opened[-1][0] is element:
            self.close()
        if tag in KINDS or (tag == "p" and _is_caption(element)):
            self.kinds.pop()
        self.links -= tag == "a"

    def close(self) -> None:
        self.flush()
        element, start, marker = self.opened.pop()
        if marker:
            self.marked.append(element)
        if start < len(self.out):
            depth = len(self.opened)
            self.parts.append(Part(element=element, start=start, end=len(self.out), depth=depth, marker=marker))

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append(text.replace("\t", " "))
            if self.links:
                self.linked += len(text.strip())

    def flush(self, kind: Kind | None = None) -> None:
        if self.pieces:
            text = tidy("".join(self.pieces))
            if text:
                inner = self.kinds[-1] if self.kinds else "paragraph"
                if kind == "row":
                    text = CELL_MARK.join(cell.strip(_EDGES) for cell in text.split(CELL_MARK))
                self.out.append(Line(text=text, kind=kind or inner, linked=self.linked))
        self.pieces.clear()
        self.linked = 0


def _is_caption(paragraph: HtmlElement) -> bool:
    """Tell a caption by its class, as papers mark it that have no figures."""
    return "caption" in (paragraph.get("class") or "").lower()


def is_data_row(row: HtmlElement) -> bool:
    """Tell a row of a data table from one that lays out the page: two cells or more, all short, no table inside."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or row.find(".//table") is not None:
        return False
    texts = ["".join(cell.itertext()).strip() for cell in cells]
    return sum(map(bool, texts)) >= 2 and max(map(len, texts)) <= LONGEST_CELL
