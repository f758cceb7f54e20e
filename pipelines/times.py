"""Times: the zone that they are of, how JSON writes them, how databases hold them."""

from __future__ import annotations

import datetime as dt

CHINA = dt.timezone(dt.timedelta(hours=8))
"""Asia/Shanghai, which has had no summer time since 1991, before there were sites to capture."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def rfc3339(moment: dt.date, timespec: str = "auto") -> str:
    """Return a day, or an aware time to the precision that `isoformat` calls `timespec`; UTC is written as Z.

    >>> rfc3339(dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)), rfc3339(dt.date(2026, 3, 4))
    ('2026-03-04T05:06:07Z', '2026-03-04')
    """
    if isinstance(moment, dt.datetime):
        return moment.isoformat(timespec=timespec).replace("+00:00", "Z")
    return moment.isoformat()


def to_us(moment: dt.datetime) -> int:
    """Return an aware time as whole microseconds since 1970, which sort and compare exactly in every database."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def from_us(us: int) -> dt.datetime:
    """Return the time of so many microseconds since 1970, in UTC."""
    return _EPOCH + dt.timedelta(microseconds=us)
