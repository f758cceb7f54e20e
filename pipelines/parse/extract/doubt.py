"""Decides whether a second reader is asked for the text of a page: where our own block leaves a doubt."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipelines.parse.extract.container import Container, headline_numbers
from pipelines.parse.extract.ends import is_link
from pipelines.parse.extract.lines import Layout, LayoutBlock, Line
from pipelines.parse.extract.markers import WEAK
from pipelines.parse.extract.unlike_text import (
    MAX_LINES_TO_HEADLINE,
    has_more_link,
    is_paragraph,
    rule_against,
    rule_of_box,
    surroundings,
)

MIN_DOUBTFUL_HANZI = 40
"""Chinese characters of the paragraphs that leave a doubt: one of them, or two short ones, may be anything."""

MIN_DOUBTFUL_SHARE = 0.1
"""The same as a share of our text: a paragraph beside a long article is a note in most cases."""

MAX_REGION_LINES = 300
"""Lines without links of the longest block that the second reader reads, in 50 ms; longer ones are encyclopedias."""

MIN_SPEAKERS = 3
"""Lines with the name of a speaker from which the end of a text may be readers' comments."""

MIN_TEASERS = 3
"""Teasers from which they are a list: an article may end with a link to more."""

_SPEAKER = re.compile(r"^\S.{0,28}[：:]\s*$")


def doubtful_region(
    found: Container, layout: Layout, title: str | None, selectors: Collection[str]
) -> LayoutBlock | None:
    """Return the block that a second reader should read, or None: it costs as much as all other steps together.

    There is a doubt about a block without a strong marker if paragraphs are outside of it that nothing explains, or if
    it is or has a box of other texts. The selectors of the recipe are trusted.
    """
    is_unsure = found.marker == "densest" or (found.marker in WEAK and found.marker not in selectors)
    if not is_unsure or not found.numbers:
        return None
    first = found.numbers[0]
    headlines = headline_numbers(layout, title)
    is_far = bool(headlines) and not any(0 <= first - number <= MAX_LINES_TO_HEADLINE for number in headlines)
    least = MIN_DOUBTFUL_HANZI if is_far else max(MIN_DOUBTFUL_HANZI, MIN_DOUBTFUL_SHARE * found.unlinked_hanzi)
    above = [number for number in headlines if number < first][-1:]
    outside = _outside(found, layout, title, least)
    boxed = _boxed(found, layout, above[0] if above else first)
    if not (outside or layout.hanzi_of(boxed) >= least or speakers(found.lines) or teasers(found.lines)):
        return None
    return _region(layout, (*above, *outside, *found.numbers))


def _outside(found: Container, layout: Layout, title: str | None, least: float) -> list[int]:
    """Return the paragraphs outside our text that nothing explains, or none if they have too few characters."""
    own = set(found.numbers)
    numbers = [number for number, line in enumerate(layout.lines) if number not in own and is_paragraph(line)]
    if layout.hanzi_of(numbers) < least:
        return []
    around = surroundings(layout, title)
    numbers = [number for number in numbers if rule_against(around, number, found.numbers[0]) is None]
    return numbers if layout.hanzi_of(numbers) >= least else []


def _boxed(found: Container, layout: Layout, anchor: int) -> list[int]:
    """Return our paragraphs in boxes of comments or other texts, which do not contain the headline."""
    first, last = found.numbers[0], found.numbers[-1]
    boxed = {
        number
        for block in layout.blocks
        if block.start <= last and first < block.end and not block.start <= anchor < block.end and rule_of_box(block)
        for number in range(block.start, block.end)
    }
    return [number for number in found.numbers if number in boxed and is_paragraph(layout.lines[number])]


def speakers(lines: Sequence[Line]) -> list[int]:
    """Return the places of list items that only name a speaker: comments of readers, or an interview."""
    places = [place for place, line in enumerate(lines) if line.kind == "item" and _SPEAKER.match(line.text)]
    return places if len(places) >= MIN_SPEAKERS else []


def teasers(lines: Sequence[Line]) -> list[int]:
    """Return the places of teasers of other texts, if they are several."""
    places = [place for place, line in enumerate(lines) if has_more_link(line)]
    return places if len(places) >= MIN_TEASERS else []


def _region(layout: Layout, numbers: Collection[int]) -> LayoutBlock | None:
    first, last = min(numbers), max(numbers)
    region = next((block for block in layout.blocks if block.start <= first and last < block.end), None)
    if region is None:
        return None
    lines = layout.lines[region.start : region.end]
    return region if sum(not is_link(line) for line in lines) <= MAX_REGION_LINES else None
