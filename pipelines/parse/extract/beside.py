"""Adds the prose next to the chosen container: a lead below the headline, paragraphs after the container."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import evolve
from lxml.html import HtmlElement

from pipelines.parse.extract.container import Container, headline_numbers, headlines_of_others
from pipelines.parse.extract.densest import is_site_text, is_teaser
from pipelines.parse.extract.ends import FOOTER, continues, end_rule, is_editor_line, is_notice
from pipelines.parse.extract.lines import Layout, Line
from pipelines.parse.extract.page import fold

MIN_PROSE_HANZI = 15
"""Chinese characters of the shortest sentence next to a container that is taken for prose: labels have fewer."""

MAX_LINK_SHARE = 0.3
"""Share of a sentence that may be links; teasers have a link of their own for the rest of their text."""

MAX_LINES_ABOVE = 30
"""Lines between headline and container: a disclosure table in cells, info line, tools and a lead are about 25."""

MAX_LINES_BETWEEN = 4
"""Lines without prose between two parts of a text: an advertisement, a picture with its caption."""

SENTENCE_END = re.compile(r"[。！？…][\s”’）)」』]*$")
_LABEL = re.compile(r"^\W*(?:核心提示|内容提要|内容摘要|摘要|导读|提要|导语|编者按|原标题)\W*")
_OTHER_TEXTS = frozenset({"related", "readers", "comments", "site-terms"})
"""Rules of lines below which prose is that of other articles, of readers or of the site."""

_LIST_NAMES = re.compile(
    r"recommend|related|comment|hot|rank|list|tuijian|xiangguan|pinglun|news_?box|slide|login|share|foot|nav"
)
"""Classes and ids of boxes whose prose is that of other articles, of readers or of the site."""


def with_prose_beside(found: Container, layout: Layout, title: str | None) -> Container:
    """Return the container with the prose next to it, which its template sets outside of the marked element.

    Prose between the headline and the container belongs to the text. So does prose that follows within the block around
    an unmarked container; below a marked one it is only noted as uncertain.
    """
    if not found.spans:
        return found
    start, end = found.spans[0][0], found.spans[-1][1]
    above = list(_above(layout, start, title)) if start else []
    lead = [number for number in above if _is_lead(layout.lines, number, above)]
    following = list(_following(layout, end))
    if lead or following:
        own = fold("".join(line.text for line in found.lines))
        lead, following = ([n for n in numbers if not _is_in(layout.lines[n], own)] for numbers in (lead, following))
    joined = following if found.marker == "densest" else []
    gaps = [number for (_, one), (two, _) in pairwise(found.spans) for number in range(one, two)]
    last = joined[-1] + 1 if joined else end
    return evolve(
        found,
        elements=(*found.elements, *(element_of(layout, number) for number in (*lead, *joined))),
        lines=(*(layout.lines[number] for number in lead), *found.lines, *(layout.lines[number] for number in joined)),
        numbers=(*lead, *found.numbers, *joined),
        above=tuple(layout.lines[number] for number in above if number not in lead),
        between=tuple(layout.lines[number] for number in (*gaps, *range(end, last)) if number not in joined),
        has_text_beside=(bool(following) and not joined) or any(is_prose(layout.lines[number]) for number in gaps),
    )


def _above(layout: Layout, start: int, title: str | None) -> Iterator[int]:
    """Yield the headline's line and those down to the container; none if the headline is not shortly above it."""
    headlines = headline_numbers(layout, title, max(0, start - MAX_LINES_ABOVE), start)
    if headlines:
        yield from range(headlines[-1], start)


def _is_lead(lines: Sequence[Line], number: int, above: Sequence[int]) -> bool:
    """Return whether a line above the container is prose of the article, and not a teaser."""
    return is_prose(lines[number]) and not any(
        end_rule(lines[other]) in _OTHER_TEXTS for other in above if other <= number
    )


def _is_in(line: Line, own: str) -> bool:
    """Return whether a line is in a text after `fold`, without the label before it: a summary may repeat the text."""
    return fold(_LABEL.sub("", line.text)) in own


def _following(layout: Layout, end: int) -> Iterator[int]:
    """Yield the lines with prose after a container, within the smallest block around it that has more lines."""
    around = next((block for block in layout.blocks if block.start < end < block.end), None)
    if around is None:
        return
    gap, other_headlines = 0, headlines_of_others(layout, end, around.end)
    for number in range(end, around.end):
        line = layout.lines[number]
        rule = end_rule(line)
        if (rule and not continues(rule, layout.lines[number + 1 :])) or is_editor_line(line):
            return
        if number in other_headlines or FOOTER.search(line.text) or is_teaser(layout.lines[number - 1], line):
            return
        if is_prose(line) and not _LIST_NAMES.search(_names(layout, number)):
            gap = 0
            yield number
        else:
            gap += 1
            if gap > MAX_LINES_BETWEEN:
                return


def is_prose(line: Line) -> bool:
    """Return whether a line is a whole sentence that can belong to an article: no label, no teaser, no notice."""
    is_sentence = line.kind in ("paragraph", "item") and SENTENCE_END.search(line.text)
    if not is_sentence or line.unlinked_hanzi < MIN_PROSE_HANZI or line.link_chars > MAX_LINK_SHARE * len(line.text):
        return False
    return not (is_site_text(line.text) or is_notice(line))


def element_of(layout: Layout, number: int) -> HtmlElement:
    """Return the smallest block with a line."""
    return next(block.element for block in layout.blocks if block.start <= number < block.end)


def _names(layout: Layout, number: int) -> str:
    element = element_of(layout, number)
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()
