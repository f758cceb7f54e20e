"""Decides which lines of a container are the article's text, and why each of the others is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from attrs import frozen

from pipelines.parse.extract.ends import (
    ARTICLE_END,
    FOOTER,
    MAX_LABEL_LINE_HANZI,
    MAX_NOTICE_HANZI,
    PAGER,
    RELATED_HEADING,
    end_rule,
    is_editor_line,
    is_footer_line,
    is_link,
    is_notice,
    is_site_terms,
)
from pipelines.parse.extract.furniture import PageValues, is_tool, proved_rule
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.resumption import SUMMARIES, Resumption
from pipelines.parse.extract.tree import remove_spaces

MAX_TOOL_HANZI = 30
"""Chinese characters of the longest line with tools."""

MAX_HEAD_LINES = 12
"""First lines that can be labels: headline, subtitle, date, source, author, editor, size and share tools."""

MIN_TAIL_POSITION = 0.4
"""Share of the text before which no tail begins: boxes of related links are at the top of some articles."""

MAX_BOX_HEADING_HANZI = 12
"""Chinese characters of the longest heading of a box of links."""

MIN_LINK_RUN = 3
"""Consecutive link lines from which they are a list: articles name at most two sources in a row."""

_SEPARATOR = re.compile(r"[\s<>‹›«»|｜+\-]+")
_SENTENCE_END = re.compile(r"[。！？…”；][\s）)」』]*$")
_SIDEBAR = re.compile(r"\W*相关链接\W*")

Rules = dict[int, str]
"""The rules by which lines are left out, by the numbers of the lines."""


@frozen(kw_only=True)
class Trimmed:
    """The lines of a container that are text, by number, and the rules by which the others are left out."""

    kept: tuple[int, ...]
    rules: Rules


def trim(lines: Sequence[Line], values: PageValues) -> Trimmed:
    """Return which lines are text, and why each of the others is not."""
    rules: Rules = {}
    steps: tuple[Callable[[Sequence[Line], list[int], PageValues], Rules], ...] = (
        *(_tools, _captions, _tail, _lists, _head, _notices),
    )
    for step in steps:
        rules |= step(lines, [number for number in range(len(lines)) if number not in rules], values)
    return Trimmed(kept=tuple(number for number in range(len(lines)) if number not in rules), rules=rules)


def _tools(lines: Sequence[Line], numbers: list[int], _: PageValues) -> Rules:
    """Leave out lines of tools and pagers, wherever they are."""
    return {number: rule for number in numbers if (rule := _tool_rule(lines[number]))}


def _tool_rule(line: Line) -> str | None:
    if len(line.text) >= MAX_LABEL_LINE_HANZI or line.hanzi >= MAX_TOOL_HANZI:
        return None
    if "页" in line.text and PAGER.fullmatch(line.text):
        return "pager"
    if _SEPARATOR.fullmatch(line.text):
        return "separator"
    return "tool" if is_tool(line.text) and not RELATED_HEADING.match(line.text) else None


def _captions(lines: Sequence[Line], numbers: list[int], _: PageValues) -> Rules:
    """Leave out the captions of pictures, unless they have more text than the rest and so are the news."""
    captions = [number for number in numbers if lines[number].kind == "caption"]
    in_captions = sum(lines[number].unlinked_hanzi for number in captions)
    in_text = sum(lines[number].unlinked_hanzi for number in numbers) - in_captions
    return dict.fromkeys(captions, "caption") if 0 < in_captions < in_text else {}


def _lists(lines: Sequence[Line], numbers: list[int], _: PageValues) -> Rules:
    """Leave out runs of link lines, with the heading of the box that contains them."""
    rules: Rules = {}
    run: list[int] = []
    before: Line | None = None
    for place, number in enumerate([*numbers, -1]):
        if number >= 0 and is_link(lines[number]):
            run.append(number)
            continue
        if len(run) >= MIN_LINK_RUN:
            rules |= dict.fromkeys(run, "links")
            if before and before.hanzi <= MAX_BOX_HEADING_HANZI and RELATED_HEADING.match(before.text):
                rules[numbers[place - len(run) - 1]] = "related"
        run = []
        before = lines[number] if number >= 0 else None
    return rules


def _head(lines: Sequence[Line], numbers: list[int], values: PageValues) -> Rules:
    """Leave out the lines before the text that are proved to be furniture, each by itself.

    A headline is left out unless text is above it: official documents begin with their number and repeat the headline.
    """
    rules: Rules = {}
    names: list[int] = []
    has_text = False
    for number in numbers[:MAX_HEAD_LINES]:
        line = lines[number]
        rule = proved_rule(line.text, values, is_first=not has_text)
        is_prose = line.hanzi >= MAX_LABEL_LINE_HANZI or _SENTENCE_END.search(remove_spaces(line.text))
        if is_prose and rule is None:
            break
        if rule is None and is_link(line):
            rule = "links"
        if rule == "name":
            names.append(number)
        elif rule is None or (rule == "headline" and has_text):
            has_text = True
        else:
            rules[number] = rule
    return rules | {number: "name" for number in names if {number - 1, number + 1} & rules.keys()}


def _tail(lines: Sequence[Line], numbers: list[int], _: PageValues) -> Rules:
    """Leave out what follows the text, if most of the text is before it, and boxes of links inside the text.

    Where prose of the article is anywhere below a line that usually ends it, only that line is left out.
    """
    rules: Rules = {}
    resumption = Resumption(lines, frozenset(numbers))
    total = sum(lines[number].unlinked_hanzi for number in numbers)
    before = place = 0
    while place < len(numbers):
        line = lines[numbers[place]]
        may_end = before >= MIN_TAIL_POSITION * total and before > MAX_LABEL_LINE_HANZI
        rule = end_rule(line) if may_end else "site-terms" if before and is_site_terms(line) else None
        if rule == "related":
            end = _end_of_box(resumption, numbers, place)
            rules |= dict.fromkeys(numbers[place:end], "related")
            place = end
            continue
        if rule and resumption.after(rule, numbers[place]) is None:
            start = _start_of_footer(lines, numbers, place) if rule == "footer" else place
            return rules | dict.fromkeys(numbers[start:], rule)
        if rule and (rule != "footer" or is_footer_line(line)):
            rules[numbers[place]] = rule
        before += line.unlinked_hanzi
        place += 1
        is_last = may_end and 2 * before >= total and is_editor_line(line)
        if is_last and resumption.after("after-editor", numbers[place - 1]) is None:
            return rules | dict.fromkeys(numbers[place:], "after-editor")
    return rules


def _start_of_footer(lines: Sequence[Line], numbers: list[int], place: int) -> int:
    """Return the place of the first line of a footer: organisers and contact data are above registration numbers."""
    while place > 1 and FOOTER.search(lines[numbers[place - 1]].text):
        place -= 1
    return place


def _end_of_box(resumption: Resumption, numbers: list[int], place: int) -> int:
    """Return the place after a box of links with its heading at `place`: the end of the block if no text follows.

    Prose without a link directly below the bare heading 相关链接 is a part of the article: in newspapers it is the
    heading of the background.
    """
    lines, last = resumption.lines, len(numbers)
    end = next((after for after in range(place + 1, last) if not is_link(lines[numbers[after]])), last)
    has_links = end > place + 1 or _SIDEBAR.fullmatch(lines[numbers[place]].text)
    goes_on = resumption.after("related" if has_links else SUMMARIES, numbers[end - 1]) is not None
    return end if goes_on else last


def _notices(lines: Sequence[Line], numbers: list[int], _: PageValues) -> Rules:
    """Leave out links, headings of boxes and notices at the end."""
    rules: Rules = {}
    for number in reversed(numbers[1:]):
        rule = _notice_rule(lines[number])
        if rule is None:
            break
        rules[number] = rule
    return rules


def _notice_rule(line: Line) -> str | None:
    if line.hanzi >= MAX_NOTICE_HANZI:
        return None
    if is_notice(line):
        return "terms"
    if line.hanzi >= MAX_LABEL_LINE_HANZI:
        return None
    if is_link(line):
        return "links"
    return "related" if RELATED_HEADING.match(line.text) else "end" if ARTICLE_END.match(line.text) else None
