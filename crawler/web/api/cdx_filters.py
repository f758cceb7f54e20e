"""The conditions of a CDX server's `filter`: a text, an exact text or a pattern, each within bounds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence

import regex

from crawler.web.problems import Refused
from pipelines.messages import gettext as _

MAX_TEXT_CHARS = 100
"""Characters of the text or pattern of a condition."""

MAX_FILTERS = 10
"""Conditions of a request: there are nine fields."""

BUDGET_S = 1.0
"""Seconds that the patterns of a request may take: a usual one takes 1 µs for each of 10,000 lines."""

MAX_REPETITIONS = 4
"""Repetitions in a pattern: the time of a match grows with the length of an address to the power of their number."""

_CONDITION = re.compile(r"(?P<negated>!?)(?P<kind>[=~]?)(?P<field>\w+):(?P<text>.*)", re.DOTALL)

_UNBOUNDED = re.compile(r"\(\?|\)[*+?]|\{|\\[0-9gkKLp]")
"""What patterns must not have: groups with options, such as recursion or fuzzy matching, repeated groups, counted
repetitions, and references to groups. With them, the engine can take seconds and hundreds of MB between two looks at
its clock."""

USE = "[!][=~]field:text"


def filtered(
    conditions: Sequence[str], lines: Sequence[Mapping[str, str]], fields: Sequence[str]
) -> list[Mapping[str, str]]:
    """Return the lines that meet all conditions; raises Refused for one that is not valid or takes too long.

    A condition `field:text` is met by a line whose field has the text in it, `=field:text` by one whose field is the
    text, and `~field:text` by one whose field begins with what the pattern describes; `!` reverses it.
    """
    if len(conditions) > MAX_FILTERS:
        raise _refused(_("more than {count} conditions", count=MAX_FILTERS))
    until = time.monotonic() + BUDGET_S
    kept = list(lines)
    for condition in conditions:
        found = _CONDITION.fullmatch(condition)
        if found is None or found["field"] not in fields or len(found["text"]) > MAX_TEXT_CHARS:
            raise _refused(repr(condition[:MAX_TEXT_CHARS]))
        accepts = _accepting(found["kind"], found["text"], until)
        field, negated = found["field"], bool(found["negated"])
        kept = [each for each in kept if accepts(each[field]) != negated]
    return kept


def _accepting(kind: str, text: str, until: float) -> Callable[[str], bool]:
    if kind == "=":
        return lambda value: value == text
    if kind == "":
        return lambda value: text in value
    pattern = _compiled(text)

    def begins(value: str) -> bool:
        left = until - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            return pattern.match(value, timeout=left, concurrent=True) is not None
        except TimeoutError:
            raise _refused(_("the pattern {text} takes too long", text=repr(text))) from None

    return begins


def _compiled(text: str) -> regex.Pattern[str]:
    if sum(map(text.count, "*+")) > MAX_REPETITIONS:
        raise _refused(_("{text}: more than {count} of * and +", text=repr(text), count=MAX_REPETITIONS))
    if _UNBOUNDED.search(text):
        raise _refused(
            _("{text}: repetitions of groups, counted ones, (? and references are not accepted", text=repr(text))
        )
    try:
        return regex.compile(text)
    except regex.error as error:
        raise _refused(_("{text}: {problem}", text=repr(text), problem=error)) from None


def _refused(problem: str) -> Refused:
    return Refused(_("{name}: {problem}", name="filter", problem=problem), USE)
