"""Days on a line, as coordinates for SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import frozen

WIDTH, MARGIN = 760, 6
"""Units of SVG: a line is as wide as its place on the page, and its ends have room for half a dot."""


@frozen(kw_only=True)
class TimelineMark:
    """A day with its label, and its place on a line between the first and the last day."""

    day: str
    label: str
    x: float
    width: int = WIDTH


def timeline(moments: Iterable[tuple[str, str]]) -> list[TimelineMark]:
    """Return the marks of days in the form 2024-03-05, each with a label; what has no day is left out.

    >>> [(mark.x, mark.label) for mark in timeline([("2024-03-01", "a"), ("2024-03-03", "b"), ("", "c")])]
    [(6.0, 'a'), (754.0, 'b')]
    """
    days = sorted((dt.date.fromisoformat(day), label) for day, label in moments if day)
    if not days:
        return []
    first = days[0][0]
    span = max((days[-1][0] - first).days, 1)
    return [
        TimelineMark(day=f"{day}", label=label, x=round(MARGIN + (WIDTH - 2 * MARGIN) * (day - first).days / span, 1))
        for day, label in days
    ]
