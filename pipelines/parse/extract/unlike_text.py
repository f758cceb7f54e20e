"""Evidence that a paragraph is not the article's: its own words, the box around it, a border above it."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import frozen

from pipelines.parse.extract.beside import MAX_LINK_SHARE, MIN_PROSE_HANZI, SENTENCE_END
from pipelines.parse.extract.container import headline_numbers, headlines_of_others
from pipelines.parse.extract.densest import SENTENCE, is_site_text, is_teaser
from pipelines.parse.extract.ends import (
    continues,
    end_rule,
    is_disclaimer,
    is_editor_line,
    is_link,
    is_notice,
    is_terms,
)
from pipelines.parse.extract.lines import Layout, LayoutBlock, Line

MIN_OPEN_HANZI = 30
"""Chinese characters from which a line with a comma is a paragraph although no full stop ends it: labels have fewer."""

MAX_LINES_TO_HEADLINE = 30
"""Lines between a headline and its text: a disclosure table in cells, info line, tools and a lead are about 25."""

_COMMENT_BOX = re.compile(r"comment|repl(?:y|ies)|pinglun|disqus|guestbook|liuyan")
_OTHER_BOX = re.compile(
    r"""recommend|related|tuijian|xiangguan|sidebar|copyright|disclaimer|footer|login|subscribe|advert|guanggao|toplist
    |(?<![a-z])(?:hot|rank|relate|slide|share|foot|nav|side|aside|ads?|tips?|modal|popup|dialog)(?![a-z])
    """,
    re.VERBOSE,
)
"""Classes and ids of boxes next to articles. Short words count only as whole words: `photo` contains `hot`."""

_CAPTION = re.compile(r"^[▲▼△▽]|^图(?:[:：为]|[一二三四五六七八九十\d]{1,2}[:：])|摄[)）]?$")
"""Captions of pictures that are not marked as such: ▲活动现场, 图为活动现场, （记者李华摄）."""

_MORE_LINK = re.compile(r"(?:详[细情]|(?:[阅查][读看])?全文|更多)[\]】>»…\s]*$")
"""The link at the end of a teaser: [详细], 阅读全文>>."""


@frozen(kw_only=True)
class Surroundings:
    """A page's layout, the numbers of the lines with the article's headline, and of those with other headlines."""

    layout: Layout
    headlines: tuple[int, ...]
    others: frozenset[int]

    @functools.cached_property
    def counts(self) -> Mapping[str, int]:
        """How often each line is on the page: advertisements and notices are repeated."""
        return Counter(line.text for line in self.layout.lines)


def surroundings(layout: Layout, title: str | None) -> Surroundings:
    """Return what is around the text of a page."""
    headlines = tuple(headline_numbers(layout, title))
    others = headlines_of_others(layout, 0, len(layout.lines)) - set(headlines)
    return Surroundings(layout=layout, headlines=headlines, others=frozenset(others))


def is_paragraph(line: Line) -> bool:
    """Return whether a line is prose by its length, its punctuation and its links; whose prose is not examined."""
    unlinked = line.unlinked_hanzi
    if unlinked < MIN_PROSE_HANZI or line.kind not in ("paragraph", "item"):
        return False
    if line.link_chars > MAX_LINK_SHARE * len(line.text):
        return False
    return bool(SENTENCE_END.search(line.text) or (unlinked >= MIN_OPEN_HANZI and SENTENCE.search(line.text)))


def has_more_link(line: Line) -> bool:
    """Return whether a line is the teaser of another text, with a link to the rest of it at its end."""
    return line.link_chars > 0 and bool(_MORE_LINK.search(line.text))


def rule_against(around: Surroundings, number: int, anchor: int) -> str | None:
    """Return the rule by which a paragraph is not the article's, or None.

    Boxes count by their names unless they also contain the line `anchor`, which is a line of the text or its headline.
    """
    line = around.layout.lines[number]
    if has_more_link(line):
        return "links"
    if number and is_teaser(around.layout.lines[number - 1], line) and _share_box(around.layout, number, anchor):
        return "links"
    if _CAPTION.search(line.text):
        return "caption"
    if is_terms(line.text) or is_notice(line) or is_disclaimer(line.text):
        return "terms"
    if is_site_text(line.text):
        return "footer"
    if around.counts[line.text] > 1:
        return "beside"
    return rule_of_boxes(around.layout, number, anchor)


def _share_box(layout: Layout, number: int, anchor: int) -> bool:
    """Return whether a line and the line above it are in a box of their own; if not, the link above is an ad."""
    box = next((block for block in layout.blocks if block.start < number < block.end), None)
    return box is not None and not box.start <= anchor < box.end


def rule_of_boxes(layout: Layout, number: int, anchor: int) -> str | None:
    """Return the rule by which the boxes around a line are not the article's; those that contain `anchor` are."""
    for block in layout.blocks:
        if not block.start <= number < block.end:
            continue
        if block.start <= anchor < block.end:
            return None
        if rule := rule_of_box(block):
            return rule
    return None


def rule_of_box(block: LayoutBlock) -> str | None:
    """Return the rule by which a box is not the article's, by its tag, its classes and its id."""
    class_, id_ = block.element.get("class"), block.element.get("id")
    names = f"{class_ or ''} {id_ or ''}".lower() if class_ or id_ else ""
    if names and _COMMENT_BOX.search(names):
        return "comments"
    is_other = block.element.tag in ("aside", "footer", "nav", "form") or (names and _OTHER_BOX.search(names))
    return "related" if is_other else None


def border(around: Surroundings, numbers: Iterable[int]) -> str | None:
    """Return the rule of the first of these lines that separates the text from something else, or None."""
    lines = around.layout.lines
    for number in numbers:
        if number in around.others:
            return "other-article"
        rule = "after-editor" if is_editor_line(lines[number]) else end_rule(lines[number])
        if rule:
            after = number + 1
            while rule == "related" and after < len(lines) and is_link(lines[after]):
                after += 1
            if not continues(rule, lines[after : after + 3]):
                return rule
    return None


def headline_above(around: Surroundings, number: int) -> int | None:
    """Return the headline shortly above a line, with no other headline between them, or None."""
    above = [headline for headline in around.headlines if 0 <= number - headline <= MAX_LINES_TO_HEADLINE]
    if not above or around.others.intersection(range(above[-1], number + 1)):
        return None
    return above[-1]
