"""Turns a page into its visible lines, with the kind and the link share of each, and into the blocks around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field, frozen
from lxml.html import HtmlElement

from pipelines.model import TableRow
from pipelines.parse.extract.roles import LineKind, Role, RoleKey
from pipelines.parse.extract.tree import count_hanzi, count_hanzi_of
from pipelines.parse.extract.walk import NewLine, TextNode, Walk


@define(kw_only=True)
class Line:
    """A visible line: its text without indent, its kind, and how many of its characters are link text.

    `parted` is whether a horizontal rule or the edge of a separate container is directly before the line. `table_row`
    is its place in a data table, or None outside such tables.

    No code changes a line, but the class is not frozen, because attrs makes a frozen object in three times the time.
    """

    text: str
    kind: LineKind = "paragraph"
    link_chars: int = 0
    parted: bool = False
    table_row: TableRow | None = None
    hanzi: int = field()
    """Number of Chinese characters."""

    @hanzi.default
    def _hanzi(self) -> int:
        return count_hanzi(self.text)

    unlinked_hanzi: int = field(init=False)
    """Number of Chinese characters outside links: a field, because it is read five times a line."""

    @unlinked_hanzi.default
    def _unlinked_hanzi(self) -> int:
        return max(0, self.hanzi - self.link_chars)


@define(eq=False)
class LayoutBlock:
    """A block element with its lines `start` to `end` (exclusive) and its depth: the number of blocks around it.

    Like a line, it is not frozen, but nothing changes it. It is not a named tuple, whose fields take eight times as
    long to read.
    """

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
    walk = Walk(tables=first_table, with_hidden=with_hidden)
    walk.run(root)
    return Layout(
        lines=_with_counts(walk.lines),
        blocks=tuple([LayoutBlock(*block) for block in walk.blocks]),
        marked_elements=tuple(walk.marked_elements),
        named_elements=tuple(walk.named_elements),
        text_nodes=tuple(walk.text_nodes),
        markup_words=_words_of(walk.roles),
        hidden=tuple(walk.hidden),
    )


def _words_of(roles: Mapping[RoleKey, tuple[Role, str]]) -> frozenset[str]:
    """Return all tags, item properties, classes and ids, in lower case."""
    names = " ".join([names for _, names in roles.values()])
    others = " ".join([f"{key[0]} {key[3] or ''}" for key in roles])
    return frozenset(f"{names} {others.lower()}".split())


def _with_counts(lines: Sequence[NewLine]) -> tuple[Line, ...]:
    """Return lines with their numbers of Chinese characters, which are counted in one pass over all texts."""
    counts = count_hanzi_of([text for text, *_ in lines])
    return tuple(
        [
            Line(text=text, kind=kind, link_chars=link_chars, parted=parted, table_row=row, hanzi=hanzi)
            for (text, kind, link_chars, parted, row), hanzi in zip(lines, counts, strict=True)
        ]
    )
