"""Pure. Moments as the frontier's file holds them: microseconds since 1970."""

from __future__ import annotations

import datetime as dt

_BEGIN = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def to_us(moment: dt.datetime) -> int:
    """Return a moment as the file holds it."""
    return (moment - _BEGIN) // dt.timedelta(microseconds=1)


def from_us(us: int) -> dt.datetime:
    """Return the moment that the file holds, in UTC."""
    return _BEGIN + dt.timedelta(microseconds=us)
