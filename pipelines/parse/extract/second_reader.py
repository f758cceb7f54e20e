"""Asks trafilatura, the second reader, which lines of a page are its text."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from itertools import accumulate

from lxml import etree, html
from lxml.html import HtmlElement

from pipelines.parse.extract.beside import MIN_PROSE_HANZI
from pipelines.parse.extract.ends import is_link
from pipelines.parse.extract.lines import Layout, LayoutBlock, Line
from pipelines.parse.extract.page import fold
from pipelines.parse.extract.tree import SKIPPED

MIN_LINKS = 3
"""Links of the smallest box of links that is removed before trafilatura reads: it takes time for each link."""

MIN_FOLDED_CHARS = 12
"""Characters of the shortest line that is searched inside trafilatura's paragraphs; shorter ones must be whole ones."""


def lines_of_second_reader(layout: Layout, region: LayoutBlock) -> frozenset[int]:
    """Return the numbers of the lines in a block that trafilatura takes for the text.

    It reads a copy without hidden elements, scripts and boxes of links: those cost time, and the links of navigation
    that it keeps are its most frequent error.
    """
    return frozenset(_matching(layout.lines, region, read(_reduced(layout, region))))


def read(tree: HtmlElement) -> str:
    """Return the text that trafilatura finds in a tree, which it changes, one paragraph per line; empty if it has none.

    It is imported here because most crawls need it for few pages, and its import takes as long as reading 50 of them.
    Metadata is off because its dates cost 40 % of the time. `deduplicate=True` must stay off: its memory is shared by
    the whole process, so the same page would give a different text the third time.
    """
    import trafilatura
    from trafilatura.settings import Document

    found = trafilatura.bare_extraction(
        tree, fast=True, favor_precision=True, include_comments=False, with_metadata=False
    )
    return (found.text or "") if isinstance(found, Document) else ""


def _reduced(layout: Layout, region: LayoutBlock) -> HtmlElement:
    """Return a page of its own with a copy of a block."""
    copied = copy.deepcopy(region.element)
    copied.tail = None
    twins = dict(zip(region.element.iter(), copied.iter(), strict=True))
    for element in (*layout.hidden, *_boxes_of_links(layout, region)):
        _drop(twins.get(element))
    for element in [*copied.iter(*SKIPPED)]:
        _drop(element if element is not copied else None)
    page = html.Element("html")
    (page if copied.tag == "body" else etree.SubElement(page, "body")).append(copied)
    return page


def _drop(element: HtmlElement | None) -> None:
    if element is not None and element.getparent() is not None:
        element.drop_tree()


def _boxes_of_links(layout: Layout, region: LayoutBlock) -> Iterator[HtmlElement]:
    """Yield the elements in a block with nothing but links and, fewer than these, labels and short lines."""
    links, paragraphs = [0], [0]
    for line in layout.lines:
        links.append(links[-1] + is_link(line))
        paragraphs.append(paragraphs[-1] + (line.unlinked_hanzi >= MIN_PROSE_HANZI))
    for start, end, element in ((block.start, block.end, block.element) for block in layout.blocks):
        if start < region.start or end > region.end or element is region.element:
            continue
        in_links = links[end] - links[start]
        if in_links >= MIN_LINKS and 2 * in_links > end - start and paragraphs[end] == paragraphs[start]:
            yield element


def _matching(lines: Sequence[Line], region: LayoutBlock, text: str) -> Iterator[int]:
    """Yield the numbers of the lines that are in a text, in the order of both."""
    paragraphs = [fold(paragraph) for paragraph in text.split("\n")]
    whole, edges, place = "".join(paragraphs), {0, *accumulate(map(len, paragraphs))}, 0
    for number in range(region.start, region.end):
        line = fold(lines[number].text)
        at = whole.find(line, place) if line else -1
        if at >= 0 and (len(line) >= MIN_FOLDED_CHARS or {at, at + len(line)} <= edges):
            yield number
            place = at + len(line)
