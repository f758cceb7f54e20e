"""Days on the command line: a date, a month, a year, or a day relative to today in China."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import click

from pipelines.messages import gettext as _
from pipelines.times import CHINA, period

_PERIOD = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?")
_DAYS_AGO = re.compile(r"(\d{1,5})d")


class DayType(click.ParamType[dt.date]):
    """A day as people type it; of a month or a year its first day, with `last` its last one.

    Relative days are counted in China, whatever the time zone of the machine.
    """

    name = "day"

    def __init__(self, *, last: bool = False) -> None:
        """Take the first day of a month or a year; with `last` the last one, for options that end a period."""
        self._last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Return the day; click reports a value that is none with the forms that are accepted."""
        if isinstance(value, dt.date):
            return value
        try:
            return parse_day(str(value), dt.datetime.now(CHINA).date(), last=self._last)
        except (ValueError, OverflowError):
            problem = _(
                "{value!r} is not a day: use 2023-04-05, 2023-04, 2023, 7d, yesterday or today", value=f"{value}"
            )
            self.fail(problem, param, ctx)


FIRST_DAY, LAST_DAY = DayType(), DayType(last=True)
"""The types of options that begin and that end a period; both days belong to it."""


def parse_day(text: str, today: dt.date, *, last: bool = False) -> dt.date:
    """Return the day that a text names, relative to `today`; raises ValueError if it names none.

    >>> today = dt.date(2024, 3, 5)
    >>> str(parse_day("7d", today)), str(parse_day("yesterday", today)), str(parse_day("2024-02-01", today))
    ('2024-02-27', '2024-03-04', '2024-02-01')
    >>> str(parse_day("2024-02", today)), str(parse_day("2024-02", today, last=True))
    ('2024-02-01', '2024-02-29')
    """
    if text in ("today", "yesterday"):
        return today - dt.timedelta(days=text == "yesterday")
    if ago := _DAYS_AGO.fullmatch(text):
        return today - dt.timedelta(days=int(ago[1]))
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} names no day")
    first_day, last_day = period(*(int(part) for part in found.groups() if part))
    return last_day if last else first_day
