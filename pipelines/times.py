"""Times: China's time zone, and times in JSON and in databases."""

from __future__ import annotations

import calendar
import datetime as dt

CHINA = dt.timezone(dt.timedelta(hours=8))
"""Asia/Shanghai. It has had no summer time since 1991, which is before there were web sites to capture."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def rfc3339(moment: dt.date, timespec: str = "auto") -> str:
    """Return a date or an aware time as text, with Z for UTC; `timespec` is the precision, as in `isoformat`.

    >>> rfc3339(dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)), rfc3339(dt.date(2026, 3, 4))
    ('2026-03-04T05:06:07Z', '2026-03-04')
    """
    if isinstance(moment, dt.datetime):
        return moment.isoformat(timespec=timespec).replace("+00:00", "Z")
    return moment.isoformat()


def to_us(moment: dt.datetime) -> int:
    """Return an aware time as integer microseconds since 1970, which every database sorts and compares exactly."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def from_us(us: int) -> dt.datetime:
    """Return the time in UTC that is `us` microseconds after 1970."""
    return _EPOCH + dt.timedelta(microseconds=us)


def period(year: int, month: int | None = None, day: int | None = None) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year, a month or a day; raises ValueError if there is no such day.

    >>> [str(day) for day in period(2024, 2)]
    ['2024-02-01', '2024-02-29']
    """
    first_month, last_month = (1, 12) if month is None else (month, month)
    first = dt.date(year, first_month, 1 if day is None else day)
    return first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1] if day is None else day)
