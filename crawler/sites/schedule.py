"""A site's schedule as it is written, and the turns that it gives: `every 2h`, or a cron expression."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator

from attrs import frozen
from cronsim import CronSim, CronSimError

from crawler.sites.windows import common_opening, is_window, next_opening
from pipelines.times import CHINA

LEAST = dt.timedelta(minutes=15)
"""No page falls due sooner than this after a visit: `FIRST_RETRY` in crawler/frontier/revisit_policy.py."""

LONGEST = dt.timedelta(days=366)
"""Nobody archives news that seldom: a longer interval is a slip of the pen."""

ALLOWED = "allowed are such as 'every 2h', 'every 2h between 22:00 and 06:00' and '30 22 * * *', in China's time"

_EVERY = re.compile(r"every (\d{1,6}) ?([mhd])(?: between (\d\d:\d\d) and (\d\d:\d\d))?")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

_SAMPLE = dt.datetime(2026, 1, 1, tzinfo=CHINA)
_SAMPLED = dt.timedelta(days=2)
"""How long a cron expression is looked at for its shortest gap: each of its times, and the gap over midnight."""


@frozen(kw_only=True)
class Every:
    """A turn each `interval` after the last run began; those that fall outside the window wait until it opens."""

    interval: dt.timedelta
    between: tuple[str, ...] = ()


@frozen(kw_only=True)
class Cron:
    """Turns at the times of a cron expression with five fields, in China's time."""

    expression: str


Schedule = Every | Cron


def parse_schedule(text: str) -> Schedule:
    """Return the schedule that a text describes; raises ValueError with what is wrong and what is allowed.

    >>> parse_schedule("every 2h between 22:00 and 06:00")
    Every(interval=datetime.timedelta(seconds=7200), between=('22:00-06:00',))
    """
    told = text.strip().removesuffix("Asia/Shanghai").strip()
    return _every(told) if told.startswith("every ") else _cron(told)


def scheduled_times(schedule: Schedule, began: dt.datetime, windows: Iterable[str] = ()) -> Iterator[dt.datetime]:
    """Yield the turns after a run that began then, in order: none of them outside the site's `windows`.

    Where the schedule's own window never can_run_within these, they alone count: they are what the site bears.
    """
    kept, last = tuple(windows), began
    if isinstance(schedule, Every):
        while True:
            last = earliest_start(schedule, last + schedule.interval, kept)
            yield last
    for firing in CronSim(schedule.expression, began.astimezone(CHINA)):
        if (turn := earliest_start(schedule, firing, kept)) > last:  # firings while a window is closed are one turn
            last = turn
            yield turn


def can_run_within(schedule: Schedule, windows: Iterable[str]) -> bool:
    """Tell whether the schedule's own window is ever open together with one of the site's."""
    return not isinstance(schedule, Every) or common_opening(schedule.between, windows, _SAMPLE) is not None


def earliest_start(schedule: Schedule, at: dt.datetime, windows: Iterable[str] = ()) -> dt.datetime:
    """Return when a run that is due may begin, by the schedule's window and the site's: then, or when both are open."""
    kept, between = tuple(windows), schedule.between if isinstance(schedule, Every) else ()
    return common_opening(between, kept, at) or next_opening(kept, at)


def _every(text: str) -> Every:
    found = _EVERY.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no schedule; {ALLOWED}")
    number, unit, begin, end = found.groups()
    between = f"{begin}-{end}"
    if begin and (not is_window(between) or begin == end):
        raise ValueError(f"{begin} and {end} are no window; {ALLOWED}")
    interval = dt.timedelta(**{_UNITS[unit]: int(number)})
    if not LEAST <= interval <= LONGEST:
        raise ValueError(f"{text!r} is out of range; allowed are 15m to 366d")
    return Every(interval=interval, between=(between,) if begin else ())


def _cron(text: str) -> Cron:
    if len(text.split()) != 5:
        raise ValueError(f"{text!r} is no schedule; {ALLOWED}")
    try:
        firings = CronSim(text, _SAMPLE)
    except CronSimError as error:
        raise ValueError(f"{text!r} is no cron expression: {error}; {ALLOWED}") from None
    first = next(firings, None)
    if first is None:
        raise ValueError(f"{text!r} never comes; {ALLOWED}")
    sample = [first, *itertools.takewhile(lambda firing: firing < first + _SAMPLED, firings)]
    if any(later - earlier < LEAST for earlier, later in itertools.pairwise(sample)):
        raise ValueError(f"{text!r} comes more often than every 15 minutes, the least that is allowed")
    return Cron(expression=text)
