"""The last crawl of a site, and when the next one is due: also after a late, missed, failed or overlapping one."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Literal

from attrs import frozen

from crawler.frontier.revisit_policy import FIRST_RETRY
from crawler.sites.schedule import Schedule, earliest_start, scheduled_times

Ending = Literal["done", "failed", "interrupted"]
"""How a crawl of a site ended: `failed` if none of its requests was answered, or if it could not continue."""

MAX_DOUBLINGS = 10
"""How often the wait after a failed crawl doubles: ten days, later than the next run of nearly every schedule."""


@frozen(kw_only=True)
class Run:
    """The last crawl of a site, by whichever command. `failures` counts the failed or killed crawls in a row.

    `process` is the PID of the crawl while it is running, `host` the name of its machine if that is another one.
    """

    started: dt.datetime
    ended: dt.datetime | None = None
    outcome: Literal[Ending, "running", "killed"] = "done"
    failures: int = 0
    process: int | None = None
    host: str | None = None


def next_run(schedule: Schedule, last: Run | None, now: dt.datetime, windows: tuple[str, ...] = ()) -> dt.datetime:
    """Return when a site is to be crawled next; it is due if that is not later than `now`.

    - A site that was never crawled is due; so is one whose last crawl began or ended in the future, by a wrong clock.
    - A site whose crawl was interrupted is due: the crawl continues.
    - A run that was missed, because the machine was off or other sites took long, stays due until the site is crawled:
      once, however many scheduled times have passed.
    - Scheduled times during a crawl are skipped: the next run is the first one after its end.
    - A crawl that failed or was killed is tried again after 15 minutes, after twice as long with each further failure,
      and at the next scheduled time at the latest.
    - No run begins before the time windows of the schedule and of the site are open.

    While a crawl is running, this is its next scheduled time, which is skipped if the crawl is still running then.
    """
    unknown = last is None or max(last.started, last.ended or last.started) > now
    due = now if last is None or unknown else _next_wanted(schedule, last, windows)
    opens = earliest_start(schedule, max(due, now), windows)
    return due if opens <= now else opens


def skipped_runs(schedule: Schedule, run: Run, until: dt.datetime, windows: tuple[str, ...] = ()) -> int:
    """Return the number of scheduled times between the start of a run and `until`, its end."""
    times = scheduled_times(schedule, run.started, windows)
    return sum(1 for _ in itertools.takewhile(lambda time: time <= until, times))


def _next_wanted(schedule: Schedule, last: Run, windows: tuple[str, ...]) -> dt.datetime:
    """Return when the next crawl is wanted, regardless of whether the windows are open then."""
    ended = last.ended or last.started
    if last.outcome == "interrupted":
        return ended
    scheduled = next(time for time in scheduled_times(schedule, last.started, windows) if time > ended)
    if last.outcome in ("failed", "killed"):
        return min(scheduled, ended + FIRST_RETRY * (1 << min(last.failures - 1, MAX_DOUBLINGS)))
    return scheduled
