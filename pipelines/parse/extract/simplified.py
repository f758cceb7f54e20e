"""A simplified copy of a page, on which all labels and patterns are matched, and the way back to its own characters.

Every traditional character is replaced by one simplified character, so a place in the copy is the same place in the
page. The values of the draft are cut from the page at the places at which they stand in the copy. A page without
traditional characters is its own copy.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from attrs import evolve, frozen
from lxml.html import HtmlElement

from pipelines.model import Block, Draft, Rejection
from pipelines.parse.extract.lines import Layout, Line
from pipelines.parse.extract.page import ParsedPage
from pipelines.parse.extract.walk import TextNode
from pipelines.text.script import has_traditional, simplified_copy, traditional_chars

_NODE_END = "\0"
"""A character that no text of a tree contains: libxml2 ends a text at it."""

_HANZI = re.compile("[\u3400-\u9fff\uf900-\ufaff〇]+")
_ESCAPED_HANZI = re.compile(r"\\u([4-9][0-9a-fA-F]{3})|&#(?:[xX]([4-9][0-9a-fA-F]{3})|([1-6]\d{4}));")
"""A Chinese character as scripts and old editors write it: `\\u7db2`, `&#x7db2;`, `&#32178;`."""

_AS_THEY_ARE = frozenset({"blocks", "evidence", "parts", "url"})
"""Fields of a draft and of its parts that are no texts of the page, and the blocks, whose order shows their places."""


def simplified(page: ParsedPage, layout: Layout) -> tuple[ParsedPage, Layout]:
    """Return the simplified copy of a page, and its layout; the page itself if it has no traditional character.

    The texts of the tree are replaced, because a copy of the tree would cost as much as the layout. The lines and the
    metadata of the page keep its own characters.
    """
    if not has_traditional(page.text) and not has_traditional(page.title):
        return page, layout
    for element in layout.hidden:
        if has_traditional(str(element.text_content())):
            _simplify_tree(element)
    nodes = _simplified_nodes(layout.text_nodes)
    lines = _simplified_lines(page.lines)
    copy = evolve(
        page,
        lines=lines,
        text_nodes=nodes,
        titles=tuple(map(simplified_copy, page.titles)),
        meta_tags=_simplified_values(page.meta_tags),
        founder_fields=_simplified_values(page.founder_fields),
        linked_data=_simplified_values(page.linked_data),
        gkmlpt_post=_simplified_values(page.gkmlpt_post),
        original=page,
    )
    return copy, evolve(layout, lines=lines, text_nodes=nodes, is_simplified=True)


def _simplified_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines of a simplified copy, made in one step from all texts."""
    texts = simplified_copy(_NODE_END.join([line.text for line in lines])).split(_NODE_END) if lines else ()
    return tuple([line if line.text == text else _line(line, text) for line, text in zip(lines, texts, strict=True)])


def _line(line: Line, text: str) -> Line:
    """Return a line with its simplified text; `attrs.evolve` takes three times as long."""
    row = line.table_row
    row = evolve(row, cells=tuple(map(simplified_copy, row.cells))) if row else None
    return Line(
        text=text, kind=line.kind, link_chars=line.link_chars, parted=line.parted, table_row=row, hanzi=line.hanzi
    )


def _simplified_nodes(nodes: Sequence[TextNode]) -> tuple[TextNode, ...]:
    """Simplify the visible texts of the tree, and return them."""
    texts = simplified_copy(_NODE_END.join([text for text, _, _ in nodes])).split(_NODE_END) if nodes else ()
    for (text, element, is_tail), simple in zip(nodes, texts, strict=True):
        if is_tail and text != simple:
            element.tail = simple
        elif text != simple:
            element.text = simple
    return tuple(
        [node if node[0] == simple else (simple, node[1], node[2]) for node, simple in zip(nodes, texts, strict=True)]
    )


def _simplify_tree(root: HtmlElement) -> None:
    """Simplify the texts in an element, visible or not."""
    for element in root.iter():
        if element.text:
            element.text = simplified_copy(element.text)
        if element.tail and element is not root:
            element.tail = simplified_copy(element.tail)


def _simplified_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: simplified_copy(value) if isinstance(value, str) else value for name, value in fields.items()}


def restored(found: Draft | Rejection, copy: ParsedPage) -> Draft | Rejection:
    """Return what was found on a simplified copy in the characters of the page.

    A value is searched for as a line of the page, then within its lines and its metadata; there, a value that was
    joined from several texts is found by its Chinese characters, as a whole or part by part. The whole HTML is searched
    only if the body is not one of visible lines. What the page does not contain is a word of this program and stays.
    """
    if copy.original is None:
        return found
    if isinstance(found, Rejection):
        return evolve(found, detail=_SimplifiedTexts(original=copy.original, copy=copy).restore(found.detail))
    lines = {line.text for line in copy.lines}
    is_visible = all(block.text in lines for block in found.blocks)
    characters = _SimplifiedTexts(original=copy.original, copy=copy, is_in_html=not is_visible)
    own: Draft = _restored(found, characters)
    return evolve(own, blocks=tuple(_blocks(found.blocks, characters)))


def _blocks(blocks: Sequence[Block], characters: _SimplifiedTexts) -> Iterator[Block]:
    """Yield the blocks of a text; each is searched for below the one before it."""
    start = 0
    for block in blocks:
        text, start = characters.line(block.text, start)
        row = _restored(block.table_row, characters)
        yield block if text == block.text and row == block.table_row else evolve(block, text=text, table_row=row)


def _restored(value: Any, characters: _SimplifiedTexts) -> Any:
    """Return a value with all texts in it in the characters of the page."""
    if isinstance(value, str):
        return characters.restore(value)
    if isinstance(value, tuple):
        return tuple([_restored(each, characters) for each in value])
    kind: Any = type(value)
    changes = {}
    for name in _text_fields(kind):
        old = getattr(value, name)
        if old and (own := _restored(old, characters)) != old:
            changes[name] = own
    return evolve(value, **changes) if changes else value


@functools.cache
def _text_fields(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a part of a draft that may hold texts of the page."""
    fields = attrs.fields(kind) if attrs.has(kind) else ()
    return tuple(field.name for field in fields if field.name not in _AS_THEY_ARE)


@frozen(kw_only=True)
class _SimplifiedTexts:
    """The texts of a page, and those of its simplified copy: a place in one is the same place in the other."""

    original: ParsedPage
    copy: ParsedPage
    is_in_html: bool = False

    @functools.cached_property
    def lines(self) -> tuple[str, str]:
        """All lines, each between line breaks."""
        return f"\n{self.original.text}\n", f"\n{self.copy.text}\n"

    @functools.cached_property
    def metadata(self) -> tuple[str, str]:
        return "\n".join(_metadata_texts(self.original)), "\n".join(_metadata_texts(self.copy))

    @functools.cached_property
    def hanzi(self) -> tuple[str, str]:
        """The Chinese characters of the lines, or of the lines and the whole HTML."""
        (lines, _), html = self.lines, _unescaped(self.original.html) if self.is_in_html else ""
        hanzi = "".join(_HANZI.findall(f"{lines}{html}"))
        return hanzi, simplified_copy(hanzi)

    @functools.cached_property
    def forms(self) -> frozenset[str]:
        """The simplified forms of the traditional characters of the page: a text without them needs no search.

        Nearly every text of a page in traditional script has some of them.
        """
        texts = (self.lines[0], self.metadata[0], self.hanzi[0] if self.is_in_html else "")
        return frozenset(simplified_copy("".join(traditional_chars("".join(texts)))))

    def line(self, text: str, start: int) -> tuple[str, int]:
        """Return a line of the page from a place on, and the place of its end; the start if there is no such line."""
        original, copy = self.lines
        place = copy.find(f"\n{text}\n", start) + 1
        end = place + len(text)
        return (original[place:end], end) if place else (self.restore(text), start)

    def restore(self, text: str) -> str:
        """Return a text in the characters of the page."""
        if not self.copy.is_traditional and self.forms.isdisjoint(text):
            return text
        for original, copy, words in ((*self.lines, f"\n{text}\n"), (*self.lines, text), (*self.metadata, text)):
            place = copy.find(words)
            if place >= 0:
                return original[place : place + len(words)].strip("\n")
        return self._joined(text) or _HANZI.sub(lambda run: self._joined(run[0]) or run[0], text)

    def _joined(self, text: str) -> str:
        """Return a text of which the page has the Chinese characters in this order; empty if it has not."""
        original, copy = self.hanzi
        place = copy.find("".join(_HANZI.findall(text)))
        own = io.StringIO(original[max(place, 0) :])
        return _HANZI.sub(lambda run: own.read(len(run[0])), text) if place >= 0 else ""


def _metadata_texts(page: ParsedPage) -> Iterator[str]:
    yield from page.titles
    for fields in (page.meta_tags, page.founder_fields, page.linked_data, page.gkmlpt_post):
        yield from (value for value in fields.values() if isinstance(value, str))


def _unescaped(html: str) -> str:
    has_escapes = "\\u" in html or "&#" in html  # a fast test, which most pages do not pass
    return _ESCAPED_HANZI.sub(_character, html) if has_escapes else html


def _character(escaped: re.Match[str]) -> str:
    code = escaped[1] or escaped[2]
    return chr(int(code, 16) if code else int(escaped[3]))
