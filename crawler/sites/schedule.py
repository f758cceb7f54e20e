"""A site's schedule, `every 2h` or a cron expression: parsing it, and the times that it gives."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
import zlib
from collections.abc import Iterable, Iterator

from attrs import evolve, frozen
from cronsim import CronSim, CronSimError

from crawler.sites.windows import Windows, common_opening, is_window, next_opening, open_spans
from pipelines.messages import gettext as _
from pipelines.times import CHINA

MIN_INTERVAL = dt.timedelta(minutes=15)
"""No page is due sooner than this after a visit: see `FIRST_RETRY` in crawler/frontier/revisit_policy.py."""

MIN_SPREAD = dt.timedelta(days=1)
"""From this interval on sites have times of their own: 500 sites that are registered on one day would all be due on the
same day of each week. A shorter interval is filled by the crawls of many sites, which spreads them; within windows they
are spread from the moment at which the window opens."""

MIN_OPEN = dt.timedelta(minutes=30)
"""For so long windows are still open when the last site begins: a crawl of some hundred pages, at a second each, ends
within them."""

MAX_INTERVAL = dt.timedelta(days=366)
"""Nobody archives news less often: a longer interval is a typing error."""

MAX_KEPT = 10_000
"""Schedules of sites that are kept: `fangzhi schedule` asks for all of them every minute."""

ALLOWED = _(
    "allowed are, for example, 'every 2h', 'every 2h between 22:00 and 06:00' and '30 22 * * *', in China's time"
)

EVERY_RULE = re.compile(r"every (\d{1,6}) ?([mhd])(?: between (\d\d:\d\d) and (\d\d:\d\d))?")
"""The form of an interval: number, unit, and the beginning and end of a daily window."""

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

_SAMPLE_START = dt.datetime(2026, 1, 1, tzinfo=CHINA)
_SAMPLE_SPAN = dt.timedelta(days=2)
"""The span in which a cron expression's shortest gap is measured: all times of a day, and the gap across midnight."""


_EPOCH = dt.datetime(2026, 1, 1, tzinfo=CHINA)
"""From when the intervals of sites are counted that have times of their own: a midnight."""


@frozen(kw_only=True)
class Every:
    """A run each `interval` after the last one began; runs outside the window `between` wait until it opens.

    With `own`, runs come at times of the site's own: that long after the begin of each interval. Sites that were first
    crawled together are then not due together. A run that waits for a window begins `delay` after this opens.
    """

    interval: dt.timedelta
    between: Windows = ()
    own: dt.timedelta | None = None
    delay: dt.timedelta = dt.timedelta()

    def after(self, began: dt.datetime) -> dt.datetime:
        """Return when the next run is wanted: an interval later, or at the own time that is nearest to that."""
        wanted = began + self.interval
        if self.own is None:
            return wanted
        late = (wanted - _EPOCH - self.own) % self.interval
        return wanted - late if late <= self.interval / 2 else wanted + (self.interval - late)


@frozen(kw_only=True)
class Cron:
    """Runs at the times of a cron expression with five fields, in China's time."""

    expression: str


Schedule = Every | Cron


@functools.lru_cache(MAX_KEPT)
def schedule_of(text: str, site: str, windows: Windows) -> Schedule:
    """Return the schedule of a site. Its place in an interval or in a window depends on its name alone.

    So all machines agree on it. A long interval gives the site times of its own: in windows if this is whole days, else
    the site begins at its own time after a window has opened.
    """
    schedule = parse_schedule(text)
    if not isinstance(schedule, Every):
        return schedule
    share = zlib.crc32(site.encode()) / 2**32
    spans = _start_spans(schedule.between, windows)
    if not spans:
        return evolve(schedule, own=share * schedule.interval) if schedule.interval >= MIN_SPREAD else schedule
    days, rest = divmod(schedule.interval, dt.timedelta(days=1))
    if days and not rest:
        day, within_day = divmod(share * days, 1)
        return evolve(schedule, own=dt.timedelta(days=day, minutes=_minute(spans, within_day)))
    shortest = dt.timedelta(minutes=min(length for _begin, length in spans))
    return evolve(schedule, delay=share * min(schedule.interval, shortest))


def parse_schedule(text: str) -> Schedule:
    """Return the schedule that a text describes; raises ValueError with the fault and the allowed values.

    >>> parse_schedule("every 2h between 22:00 and 06:00")
    Every(interval=datetime.timedelta(seconds=7200), between=('22:00-06:00',), own=None, delay=datetime.timedelta(0))
    """
    rule = text.strip().removesuffix("Asia/Shanghai").strip()
    return _every(rule) if rule.startswith("every ") else _cron(rule)


def scheduled_times(schedule: Schedule, began: dt.datetime, windows: Iterable[str] = ()) -> Iterator[dt.datetime]:
    """Yield the times of the runs after one that began then, in order, all within the site's `windows`.

    If the schedule's own window never overlaps these, only the site's windows count: they are what the site bears.
    """
    site_windows, last = tuple(windows), began
    if isinstance(schedule, Every):
        while True:
            wanted = schedule.after(last)
            start = earliest_start(schedule, wanted, site_windows)
            last = start + schedule.delay if start > wanted else start
            yield last
    for firing in CronSim(schedule.expression, began.astimezone(CHINA)):
        # firings while a window is closed give one run, at its opening
        if (time := earliest_start(schedule, firing, site_windows)) > last:
            last = time
            yield time


def can_run_within(schedule: Schedule, windows: Iterable[str]) -> bool:
    """Tell whether the schedule's own window overlaps one of the site's windows."""
    return not isinstance(schedule, Every) or common_opening(schedule.between, windows, _SAMPLE_START) is not None


def earliest_start(schedule: Schedule, at: dt.datetime, windows: Iterable[str] = ()) -> dt.datetime:
    """Return the earliest time from `at` on at which the schedule's window and the site's windows are open."""
    site_windows, between = tuple(windows), schedule.between if isinstance(schedule, Every) else ()
    return common_opening(between, site_windows, at) or next_opening(site_windows, at)


def _start_spans(between: Windows, windows: Windows) -> list[tuple[int, int]]:
    """Return the spans of a day in which crawls begin, without the last `MIN_OPEN`; none if they always may."""
    spans = open_spans(between, windows) or open_spans((), windows)
    return [(begin, max(1, length - MIN_OPEN // dt.timedelta(minutes=1))) for begin, length in spans]


def _minute(spans: list[tuple[int, int]], share: float) -> float:
    """Return the minute of the day at which this share of all spans is over."""
    left = share * sum(length for _begin, length in spans)
    for begin, length in spans:
        if left < length:
            return begin + left
        left -= length
    return spans[0][0]


def _every(text: str) -> Every:
    match = EVERY_RULE.fullmatch(text)
    if not match:
        raise ValueError(_("{text!r} is not a schedule; {allowed}", text=text, allowed=ALLOWED))
    number, unit, begin, end = match.groups()
    between = f"{begin}-{end}"
    if begin and (not is_window(between) or begin == end):
        raise ValueError(_("{begin} and {end} are not a time window; {allowed}", begin=begin, end=end, allowed=ALLOWED))
    interval = dt.timedelta(**{_UNITS[unit]: int(number)})
    if not MIN_INTERVAL <= interval <= MAX_INTERVAL:
        raise ValueError(_("{text!r} is out of range; allowed are 15m to 366d", text=text))
    return Every(interval=interval, between=(between,) if begin else ())


def _cron(text: str) -> Cron:
    if len(text.split()) != 5:
        raise ValueError(_("{text!r} is not a schedule; {allowed}", text=text, allowed=ALLOWED))
    try:
        firings = CronSim(text, _SAMPLE_START)
    except CronSimError as error:
        raise ValueError(
            _("{text!r} is not a valid cron expression: {error}; {allowed}", text=text, error=error, allowed=ALLOWED)
        ) from None
    first = next(firings, None)
    if first is None:
        raise ValueError(_("{text!r} never occurs; {allowed}", text=text, allowed=ALLOWED))
    sample = [first, *itertools.takewhile(lambda firing: firing < first + _SAMPLE_SPAN, firings)]
    if any(later - earlier < MIN_INTERVAL for earlier, later in itertools.pairwise(sample)):
        raise ValueError(_("{text!r} runs more often than every 15 minutes, which is the shortest interval", text=text))
    return Cron(expression=text)
