"""Reads pairs of label and value from the elements of a page: a value ends where its cell ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from attrs import frozen
from lxml import etree
from lxml.html import HtmlElement

from pipelines.parse.extract.disclosure_labels import begins_with_label, clean_value, is_label, labels_in
from pipelines.parse.extract.roles import BLOCK_TAGS
from pipelines.parse.extract.tables import CELL_TAGS, cells_of
from pipelines.parse.extract.tree import SKIPPED

MAX_LABEL_NODE_CHARS = 400
"""Characters of the longest text that can contain labels: the whole table, with a summary, in one line."""

MAX_VALUE_CHARS = 400
"""Characters of the longest value: a summary or the names of ten offices."""

MAX_COLUMNS = 30
"""Cells of a row of labels with the values in the row below; tables have up to ten."""

MAX_CLIMB = 3
"""Elements around a label alone in which its value is not: wrappers of wrappers in lists made of `div`."""

ROW_TAGS = frozenset(["tr", "ul", "ol", "dl", "table", "tbody", "body"])
_CELLS = BLOCK_TAGS - {"br", "hr"}
_LINE_CELLS = frozenset([*CELL_TAGS, "li", "dt", "dd"])
"""Cells that hold one pair of label and value: a line break inside does not end the value."""


class TextPlace(NamedTuple):
    """A visible text with its element, and whether it is the tail of that element."""

    text: str
    element: HtmlElement
    is_tail: bool


class LabelledValue(NamedTuple):
    """A known label without spaces, and its value; the value is empty if the page has none."""

    label: str
    value: str


@frozen(kw_only=True)
class _Found:
    """A label in the text node with a number; `cell` is the innermost block element around it.

    `rest` is the text after the label, up to the next label; `is_last` is whether there is none in this text node.
    """

    number: int
    word: str
    rest: str
    is_last: bool
    cell: HtmlElement


def labelled_values(nodes: Sequence[TextPlace]) -> Iterator[LabelledValue]:
    """Yield the known labels in these text nodes with their values, in order.

    A value is in the cell of its label, or in the next cell if the label fills its cell. In a table or list of which
    most cells contain their values, the next cell is not read: there, a label alone has no value.
    """
    found = [label for number, node in enumerate(nodes) for label in _labels(number, node)]
    starts = {label.number for label in found}
    inside = [_value_inside(nodes, label, starts) for label in found]
    kinds = Counter((_table_of(label.cell), bool(value)) for label, value in zip(found, inside, strict=True))
    for label, value in zip(found, inside, strict=True):
        table = _table_of(label.cell)
        is_apart = label.is_last and not value and is_label(_text(label.cell))
        next_value = _next_value(label.cell) if is_apart and kinds[table, True] < kinds[table, False] else ""
        yield LabelledValue(label.word, value or next_value)


def _labels(number: int, node: TextPlace) -> Iterator[_Found]:
    labels = labels_in(node.text) if len(node.text) <= MAX_LABEL_NODE_CHARS else []
    cell = _cell(node) if labels else None
    for label, following in pairwise([*labels, None]):
        if label and cell is not None:
            rest = node.text[label.end : following.start if following else None]
            yield _Found(number=number, word=label.word, rest=rest, is_last=following is None, cell=cell)


def _cell(node: TextPlace) -> HtmlElement | None:
    """Return the innermost block element around a text."""
    element = node.element.getparent() if node.is_tail else node.element
    while element is not None and element.tag not in _CELLS:
        element = element.getparent()
    return element


def _table_of(cell: HtmlElement) -> HtmlElement:
    """Return the table or the list around a cell or a block that fills a cell, or the parent of another block."""
    parent = cell.getparent()
    if parent is None:
        return cell
    return next(cell.iterancestors("table"), cell) if {cell.tag, parent.tag} & {*CELL_TAGS} else parent


def _value_inside(nodes: Sequence[TextPlace], found: _Found, starts: set[int]) -> str:
    """Return the value of a label in its own cell, up to the next label or the end of the line."""
    pieces = [found.rest]
    for number in range(found.number + 1, len(nodes)) if found.is_last else ():
        node = nodes[number]
        is_new_line = node.is_tail and node.element.tag == "br" and found.cell.tag not in _LINE_CELLS
        if number in starts or is_new_line or is_label(node.text) or not _is_inside(node, found.cell):
            break
        pieces.append(node.text)
    return clean_value("".join(pieces))


def _is_inside(node: TextPlace, cell: HtmlElement) -> bool:
    element = node.element.getparent() if node.is_tail else node.element
    return element is cell or any(ancestor is cell for ancestor in element.iterancestors())


def _next_value(cell: HtmlElement) -> str:
    """Return the text of the cell after a label that fills its cell, empty if that is a label as well."""
    if cell.tag in CELL_TAGS:
        return _of_table_cell(cell)
    element = cell
    for _ in range(MAX_CLIMB):
        following = _next_element(element)
        if following is not None:
            is_pair = following.tag == "dd" if cell.tag == "dt" else following.tag not in ("tr", "table")
            text = _text(following) if is_pair else ""
            return "" if begins_with_label(text) else clean_value(text)
        parent = element.getparent()
        if parent is None or parent.tag in ROW_TAGS or not is_label(_text(parent)):
            return ""
        element = parent
        if element.tag in CELL_TAGS:
            return _of_table_cell(element)
    return ""


def _of_table_cell(cell: HtmlElement) -> str:
    """Return the cell to the right of a label, or the cell below in a table of a row of labels and one of values."""
    right = next((each for each in cell.itersiblings() if each.tag in CELL_TAGS), None)
    text = "" if right is None else _text(right)
    return _cell_below(cell) if right is None or is_label(text) else clean_value(text)


def _cell_below(cell: HtmlElement) -> str:
    """Return the cell below a label if the table has a row of labels and a row of values, and nothing else."""
    row = cell.getparent()
    rows = [row, *(each for _, each in zip(range(2), row.itersiblings("tr"), strict=False))]
    is_first = next(row.itersiblings("tr", preceding=True), None) is None
    if not is_first or len(rows) != 2 or max(map(len, rows)) > MAX_COLUMNS:
        return ""
    labels, values = map(cells_of, rows)
    if len(labels) != len(values) or not all(is_label(_text(each)) for each in labels):
        return ""
    return clean_value(_text(values[labels.index(cell)]))


def _next_element(element: HtmlElement) -> HtmlElement | None:
    """Return the next element with a visible text, None at the end of the parent."""
    siblings = (each for each in element.itersiblings() if isinstance(each.tag, str))
    return next((each for each in siblings if each.tag not in ("script", "style", "br")), None)


def _text(element: HtmlElement) -> str:
    """Return the visible text of an element; empty if it is longer than a value can be."""
    pieces: list[str] = []
    chars = 0
    walk = etree.iterwalk(element, events=("start", "end", "comment"))
    for event, each in walk:
        if event == "start" and each.tag in SKIPPED:
            walk.skip_subtree()
            continue
        text = each.text if event == "start" else each.tail if each is not element else None
        pieces += (" " if each.tag in BLOCK_TAGS else "", text or "")
        chars += len(text or "")
        if chars > MAX_VALUE_CHARS and len(" ".join("".join(pieces).split())) > MAX_VALUE_CHARS:
            return ""
    return " ".join("".join(pieces).split())
