"""Decides whether a second reader is asked for the text of a page: where our own block leaves a doubt."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipelines.parse.extract.container import Container, headline_numbers
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

MIN_SPEAKERS = 3
"""Lines with the name of a speaker from which the end of a text may be readers' comments."""

MIN_TEASERS = 3
"""Teasers from which they are a list: an article may end with a link to more."""

_SPEAKER = re.compile(r"^\S.{0,28}[：:]\s*$")


def doubtful_region(
    found: Container, layout: Layout, title: str | None, selectors: Collection[str]
) -> LayoutBlock | None:
    """Return the block that a second reader should read, or None: it costs as much as all other steps together.

    There is a doubt about a block without a strong marker if paragraphs are outside of it that nothing explains, if it
    is far below the headline, or if it is or has a box of other texts. The selectors of the recipe are trusted.
    """
    is_unsure = found.marker == "densest" or (found.marker in WEAK and found.marker not in selectors)
    if not is_unsure or not found.numbers:
        return None
    first = found.numbers[0]
    outside = _outside(found, layout)
    if outside:
        around = surroundings(layout, title)
        outside = [number for number in outside if rule_against(around, number, first) is None]
    if not _is_much(found, layout, outside):
        outside = []
    headlines = headline_numbers(layout, title)
    is_far = bool(headlines) and not any(0 <= first - number <= MAX_LINES_TO_HEADLINE for number in headlines)
    above = [number for number in headlines if number < first][-1:]
    has_boxes = _has_boxes(found, layout, above[0] if above else first)
    if not (outside or is_far or has_boxes or speakers(found.lines) or teasers(found.lines)):
        return None
    return _region(layout, (*above, *outside, *found.numbers))


def _outside(found: Container, layout: Layout) -> list[int]:
    """Return the paragraphs outside our text, or none if they are too few for a doubt."""
    own = set(found.numbers)
    numbers = [number for number, line in enumerate(layout.lines) if number not in own and is_paragraph(line)]
    return numbers if _is_much(found, layout, numbers) else []


def _is_much(found: Container, layout: Layout, numbers: Sequence[int]) -> bool:
    least = max(MIN_DOUBTFUL_HANZI, MIN_DOUBTFUL_SHARE * found.unlinked_hanzi)
    return sum(layout.lines[number].unlinked_hanzi for number in numbers) >= least


def _has_boxes(found: Container, layout: Layout, anchor: int) -> bool:
    """Return whether boxes of comments or other texts have much of our text: boxes without the headline."""
    first, last = found.numbers[0], found.numbers[-1]
    boxed = {
        number
        for block in layout.blocks
        if block.start <= last and first < block.end and not block.start <= anchor < block.end and rule_of_box(block)
        for number in range(block.start, block.end)
    }
    own = [number for number in found.numbers if number in boxed and is_paragraph(layout.lines[number])]
    return bool(own) and _is_much(found, layout, own)


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
    return next((block for block in layout.blocks if block.start <= first and last < block.end), None)
