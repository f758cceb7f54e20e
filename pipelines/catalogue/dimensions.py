"""What articles are counted by: periods of publication, places, sources, columns and verdicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Literal, get_args

Dimension = Literal["year", "month", "week", "day", "site", "region", "source", "column", "verdict"]
CountKey = tuple[str | None, ...]
"""A value for each dimension, None where an article has none."""

PERIODS: Mapping[str, Callable[[dt.date], str]] = {
    "year": lambda day: f"{day:%Y}",
    "month": lambda day: f"{day:%Y-%m}",
    "week": lambda day: f"{day:%G-W%V}",
    "day": lambda day: f"{day:%Y-%m-%d}",
}
"""The periods of publication, written as in ISO 8601: a week begins on Monday, and its year is that of its Thursday."""

PLACES = ("site", "region")
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)


def value_text(name: Dimension, value: object) -> str | None:
    """Return a value as text, None if there is none."""
    return PERIODS[name](value) if isinstance(value, dt.date) else str(value) if value else None
