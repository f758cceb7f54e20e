"""Time windows of a day in China, such as 22:00-06:00, and when they open."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Iterable

from pipelines.times import CHINA

Windows = tuple[str, ...]

MINUTES_A_DAY = 24 * 60


def is_window(text: str) -> bool:
    """Tell whether a text is a window: two times of day with a hyphen between them."""
    return bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text))


def window(text: str) -> tuple[dt.time, dt.time]:
    """Return the begin and end of a window.

    >>> window("22:00-06:00")
    (datetime.time(22, 0), datetime.time(6, 0))
    """
    begin, _, end = text.partition("-")
    return dt.time.fromisoformat(begin), dt.time.fromisoformat(end)


def next_opening(windows: Iterable[str], now: dt.datetime) -> dt.datetime:
    """Return when the first of these windows opens: `now` if one is open or there is none.

    A window that ends before it begins crosses midnight.
    """
    here, openings = now.astimezone(CHINA), []
    for begin, end in map(window, windows):
        inside = begin <= here.time() < end if begin <= end else here.time() >= begin or here.time() < end
        if inside:
            return now
        today = dt.datetime.combine(here.date(), begin, CHINA)
        openings.append(today if today > here else today + dt.timedelta(days=1))
    return min(openings, default=now)


def common_opening(windows: Iterable[str], others: Iterable[str], now: dt.datetime) -> dt.datetime | None:
    """Return the first time from now on at which a window of both lists is open, None if there is none.

    >>> common_opening(["22:00-06:00"], ["05:00-12:00"], dt.datetime(2026, 3, 5, 0, tzinfo=CHINA)).isoformat()
    '2026-03-05T05:00:00+08:00'
    """
    lists, at = (tuple(windows), tuple(others)), now
    while at <= now + dt.timedelta(days=1):  # windows are daily: if none overlaps within a day, none ever does
        later = max(next_opening(each, at) for each in lists)
        if later == at:
            return at
        at = later
    return None


@functools.lru_cache(1024)
def open_spans(windows: Windows, others: Windows) -> tuple[tuple[int, int], ...]:
    """Return the spans of a day in which windows of both lists are open: the minute they begin, and their minutes.

    There is none if these are always open, or never.

    >>> open_spans(("22:00-06:00",), ("05:00-23:00",))
    ((300, 60), (1320, 60))
    """
    midnight = dt.datetime(2026, 1, 1, tzinfo=CHINA)
    times = [midnight + dt.timedelta(minutes=minute) for minute in range(MINUTES_A_DAY)]
    opened = [next_opening(windows, at) == at == next_opening(others, at) for at in times]
    begins = [minute for minute in range(MINUTES_A_DAY) if opened[minute] and not opened[minute - 1]]
    return tuple(
        (begin, next(n for n in itertools.count(1) if not opened[(begin + n) % MINUTES_A_DAY])) for begin in begins
    )
