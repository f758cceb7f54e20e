"""A site's last crawl, and when the next one is due: late, missed, failed and overlapping ones as well."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Literal

from attrs import frozen

from crawler.frontier.revisit_policy import RETRY
from crawler.sites.schedule import Schedule, opening, turns

Ending = Literal["done", "failed", "interrupted"]
"""How a crawl of a site ended: `failed` where nothing that it asked for was answered, or where it could not go on."""

DOUBLINGS = 10
"""How often the wait after a failure doubles: ten days then, later than the next turn of nearly every schedule."""


@frozen(kw_only=True)
class Run:
    """The last crawl of a site, however it was begun; `failures` counts those in a row that failed or were killed.

    `process` is the number of the one that is at it, while it is running.
    """

    started: dt.datetime
    ended: dt.datetime | None = None
    outcome: Literal[Ending, "running", "killed"] = "done"
    failures: int = 0
    process: int | None = None


def next_run(schedule: Schedule, last: Run | None, now: dt.datetime, windows: tuple[str, ...] = ()) -> dt.datetime:
    """Return when a site is to be crawled next; it is due where that is not later than `now`.

    - A site that was never crawled is due, and one whose last crawl began or ended in the future: a clock was wrong.
    - One whose crawl was interrupted is due: it goes on.
    - A turn that was missed, because the machine was off or other sites took long, stays due until the site is crawled:
      once, however many turns have gone by.
    - Turns that come while a crawl is at work are skipped: the next one is the first after its end.
    - A crawl that failed or was killed is tried again after 15 minutes, after twice as long with each further failure,
      and at the next turn at the latest.
    - All of them wait until the windows of the schedule and of the site are open.

    While a crawl is running this is its next turn, at which it will be skipped if it is running still.
    """
    unknown = last is None or max(last.started, last.ended or last.started) > now
    due = now if last is None or unknown else _wanted(schedule, last, windows)
    opens = opening(schedule, max(due, now), windows)
    return due if opens <= now else opens


def skipped(schedule: Schedule, run: Run, until: dt.datetime, windows: tuple[str, ...] = ()) -> int:
    """Return how many turns came while a run was at work, which began as it says and ended `until`."""
    return sum(1 for _ in itertools.takewhile(lambda turn: turn <= until, turns(schedule, run.started, windows)))


def _wanted(schedule: Schedule, last: Run, windows: tuple[str, ...]) -> dt.datetime:
    """Return when the next crawl is wanted, whether or not that is within the windows."""
    ended = last.ended or last.started
    if last.outcome == "interrupted":
        return ended
    turn = next(turn for turn in turns(schedule, last.started, windows) if turn > ended)
    if last.outcome in ("failed", "killed"):
        return min(turn, ended + RETRY * (1 << min(last.failures - 1, DOUBLINGS)))
    return turn
