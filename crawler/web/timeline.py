"""Days on a line, as coordinates for SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from attrs import frozen

WIDTH, MARGIN = 760, 12
ROW_HEIGHT = 26
"""Units of SVG: a row has a label of 13 units, as wide as its text."""


@frozen(kw_only=True)
class Mark:
    """A day on the line: its place, and a label on the side where there is room."""

    x: float
    y: int
    label: str
    day: str
    is_left: bool


@frozen(kw_only=True)
class Timeline:
    """The marks of a line, and its first and last day; empty without days."""

    marks: Sequence[Mark]
    first: str
    last: str
    height: int
    width: int = WIDTH


def timeline(moments: Iterable[tuple[str, str]]) -> Timeline:
    """Return the line of days in the form 2024-03-05, each with a label; what has no day is left out.

    >>> [(mark.x, mark.label) for mark in timeline([("2024-03-01", "a"), ("2024-03-03", "b"), ("", "c")]).marks]
    [(12.0, 'a'), (748.0, 'b')]
    """
    days = sorted((dt.date.fromisoformat(day), label) for day, label in moments if day)
    if not days:
        return Timeline(marks=(), first="", last="", height=0)
    first, last = days[0][0], days[-1][0]
    span = max((last - first).days, 1)
    marks = [
        Mark(
            x=round(MARGIN + (WIDTH - 2 * MARGIN) * (day - first).days / span, 1),
            y=18 + ROW_HEIGHT * number,
            label=label,
            day=f"{day}",
            is_left=2 * (day - first).days > span,
        )
        for number, (day, label) in enumerate(days)
    ]
    return Timeline(marks=marks, first=f"{first}", last=f"{last}", height=18 + ROW_HEIGHT * len(days))
