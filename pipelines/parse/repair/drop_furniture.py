"""Lines of the page's frame that stand in the text: trail, paging, tools, counters, credits, terms of use."""

from __future__ import annotations

import re

from pipelines.parse.repair.boilerplate import is_clock, is_counter, is_frame, is_terms
from pipelines.parse.repair.credits import credits_in
from pipelines.parse.repair.edits import Repaired, apply, cut, lines_of

EDGE = 4
"""Lines from either end among which credits, terms and counters stand; amid a text one is of a picture or a column."""

_PIPE = re.compile(r"(?<=[。！？”）…!?)])[ \t\u3000]*[|｜][ \t\u3000]*$", re.MULTILINE)
"""What templates print behind a text, before links that mirrors have taken away."""


def drop_furniture(text: str) -> Repaired:
    """Drop whole lines that belong to the page's frame or name only source, time and people, and a | behind a text.

    >>> drop_furniture("市住建局召开会议。 |\\n责任编辑：李华\\n上一篇：无　下一篇：无").text
    '市住建局召开会议。'
    """
    lines = list(lines_of(text))
    dropped = _dropped([line for _, line in lines])
    whole = [(start, start + len(line)) for number, (start, line) in enumerate(lines) if number in dropped]
    pipes = [pipe.span() for pipe in _PIPE.finditer(text)] if "|" in text or "｜" in text else []
    return apply(text, cut(text, [*whole, *pipes]))


def furniture(text: str) -> list[str]:
    """Return the lines that `drop_furniture` drops from a text."""
    lines = [line for _, line in lines_of(text)]
    return [lines[number].strip() for number in sorted(_dropped(lines))]


def _dropped(lines: list[str]) -> set[int]:
    """Return which lines are furniture, credits and terms until none stands at an end of what is kept."""
    dropped = {number for number, line in enumerate(lines) if is_frame(line)}
    while True:
        kept = [number for number, line in enumerate(lines) if line.strip() and number not in dropped]
        ending = {number for number in kept[-EDGE:] if is_terms(lines[number])}
        ending |= {number for number in kept[-1:] if is_clock(lines[number])}
        either = {number for number in {*kept[:EDGE], *kept[-EDGE:]} if _is_of_the_edge(lines[number])}
        if not ending | either:
            return dropped
        dropped |= ending | either


def _is_of_the_edge(line: str) -> bool:
    return is_counter(line) or bool(credits_in(line))
