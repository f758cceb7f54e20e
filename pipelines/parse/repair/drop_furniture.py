"""The rule `drop-furniture`: furniture means the boilerplate lines of a page's template that occur in a text.

These are breadcrumbs, paging, page tools, visitor counters, credit lines and terms of use.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Set
from itertools import islice

from pipelines.parse.repair.boilerplate import (
    is_boilerplate,
    is_current_date,
    is_terms_of_use,
    is_visitor_counter,
    is_weather,
)
from pipelines.parse.repair.credits import credit_fields
from pipelines.parse.repair.edits import Repaired, apply_edits, lines_of, remove_spans
from pipelines.text.script import simplified_copy

MAX_LINES_FROM_EDGE = 4
"""Number of lines from each end of a text among which credits, terms and counters are boilerplate. Further inside, a
credit line belongs to a picture or to a column of the text."""

_PIPE = re.compile(r"(?<=[。！？”）…!?)])[ \t\u3000]*[|｜][ \t\u3000]*$", re.MULTILINE)
"""A separator that templates print after a text, before links that mirrors have removed."""


def drop_furniture(text: str) -> Repaired:
    """Remove boilerplate lines and credit lines, and a | after a text.

    >>> drop_furniture("市住建局召开会议。 |\\n责任编辑：李华\\n上一篇：无　下一篇：无").text
    '市住建局召开会议。'
    """
    lines = list(lines_of(text))
    numbers = _boilerplate([line for _, line in lines_of(simplified_copy(text))])
    spans = [(start, start + len(line)) for number, (start, line) in enumerate(lines) if number in numbers]
    pipes = [pipe.span() for pipe in _PIPE.finditer(text)] if "|" in text or "｜" in text else []
    return apply_edits(text, remove_spans(text, [*spans, *pipes]))


def boilerplate_lines(text: str) -> list[str]:
    """Return the lines that `drop_furniture` removes from a text."""
    lines = [line for _, line in lines_of(text)]
    numbers = _boilerplate([line for _, line in lines_of(simplified_copy(text))])
    return [lines[number].strip() for number in sorted(numbers)]


def _boilerplate(lines: list[str]) -> set[int]:
    """Return the numbers of boilerplate lines in the simplified copy of a text.

    Lines at an end of the text are checked again after each removal, because removal brings others to the end. Only the
    ends change, in a deque: a text that is nothing but counters is read in linear time.
    """
    removed = {number for number, line in enumerate(lines) if is_boilerplate(line)}
    remaining = deque(number for number, line in enumerate(lines) if line.strip() and number not in removed)
    while True:
        first = list(islice(remaining, MAX_LINES_FROM_EDGE))
        last = list(islice(reversed(remaining), MAX_LINES_FROM_EDGE))
        found = {number for number in last if is_terms_of_use(lines[number])}
        found |= {number for number in last[:1] if is_current_date(lines[number])}
        found |= {at for at, next_to in _ends(remaining) if is_weather(lines[at]) and not is_weather(lines[next_to])}
        found |= {number for number in {*first, *last} if _is_counter_or_credits(lines[number])}
        if not found:
            return removed
        removed |= found
        _remove_from_ends(remaining, found)


def _remove_from_ends(remaining: deque[int], found: Set[int]) -> None:
    """Remove numbers that are among the first or the last ones."""
    first = [remaining.popleft() for _ in range(min(len(remaining), MAX_LINES_FROM_EDGE))]
    remaining.extendleft(number for number in reversed(first) if number not in found)
    last = [remaining.pop() for _ in range(min(len(remaining), MAX_LINES_FROM_EDGE))]
    remaining.extend(number for number in reversed(last) if number not in found)


def _ends(numbers: deque[int]) -> list[tuple[int, int]]:
    """Return the first and the last number, each with the number next to it."""
    return [(numbers[0], numbers[1]), (numbers[-1], numbers[-2])] if len(numbers) > 1 else []


def _is_counter_or_credits(line: str) -> bool:
    return is_visitor_counter(line) or bool(credit_fields(line))
