"""When a page is to be asked for again: soon where it is young or changes, seldom where it stays as it is."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from attrs import evolve, frozen

from crawler.frontier.page import Page

Outcome = Literal["same", "changed", "missing", "failed", "forbidden"]
"""What became of a visit: `missing` is a 404 or 410, `failed` anything that may be otherwise the next time."""

SOONEST = dt.timedelta(hours=6)
"""Most edits come on the day of publication; four looks a day are what a small server bears."""

LATEST = dt.timedelta(days=180)
"""A page that never changed is still looked at twice a year: sites that are rebuilt lose their old pages at once."""

CONFIRM = (dt.timedelta(days=1), dt.timedelta(days=7))
"""When a page that is missing is looked for again: a day later (a rebuilt site), then a week (a removed page)."""

RETRY = dt.timedelta(minutes=15)
"""The first wait after a failure; it doubles with each one, because what is down for hours is down for days."""

RETRY_LATEST = dt.timedelta(days=7)
GIVE_UP = 12
"""Failures in a row after which a page that never answered is let go: some seven weeks of tries."""

HEAD_SOONEST, HEAD_LATEST = dt.timedelta(hours=1), dt.timedelta(days=7)
"""A section's head is asked for at most every hour, for a newsroom, and at least every week, for a dead archive."""


@frozen(kw_only=True)
class History:
    """What earlier visits of a page showed. `since` is when its text was last new: published, edited, or back again."""

    visited_at: dt.datetime | None = None
    since: dt.datetime | None = None
    missed: int = 0
    failed: int = 0
    interval: dt.timedelta | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def gone(self) -> bool:
        """Tell whether the page is missing for sure: it was looked for again and still was not there."""
        return self.missed > 1


@frozen(kw_only=True)
class Known:
    """A page with what its visits showed."""

    page: Page
    history: History


def visited(history: History, outcome: Outcome, at: dt.datetime, published: dt.datetime | None = None) -> History:
    """Return the history after a visit; `published` is what the page says of itself, if it says it."""
    if outcome == "failed":
        return evolve(history, failed=history.failed + 1)
    if outcome == "missing":
        return evolve(history, visited_at=at, failed=0, missed=history.missed + 1)
    new = outcome == "changed" or history.missed > 0 or history.since is None
    first = history.visited_at is None and published
    since = min(published, at) if first and published else at if new else history.since
    return evolve(history, visited_at=at, since=since, failed=0, missed=0)


def next_visit(history: History, outcome: Outcome, at: dt.datetime) -> dt.datetime | None:
    """Return when a page is to be asked for again after a visit, None for never.

    As long as its text has stood unchanged, so long again it is left alone: a new page is seen after 6 hours, then at
    each doubling of its age, 11 times in its first year, and then twice a year.
    """
    if outcome == "forbidden":
        return at + LATEST
    if outcome == "failed":
        if history.visited_at is None and history.failed >= GIVE_UP:
            return None
        return at + min(RETRY * (1 << history.failed - 1), RETRY_LATEST)
    if outcome == "missing":
        return at + (CONFIRM[history.missed - 1] if history.missed <= len(CONFIRM) else LATEST)
    return at + min(max(at - (history.since or at), SOONEST), LATEST)


def next_file(history: History, outcome: Outcome, at: dt.datetime) -> dt.datetime | None:
    """Return when a file is to be asked for again: until it is there, or is missing for sure; None for never."""
    if outcome == "failed" and history.failed < GIVE_UP:
        return next_visit(history, outcome, at)
    return at + CONFIRM[0] if outcome == "missing" and not history.gone else None


def next_head(history: History, new: int | None, at: dt.datetime) -> tuple[dt.timedelta, dt.datetime]:
    """Return a section's interval after its head showed `new` unknown articles, and when to look at it again.

    `new` is None where the head cannot show any, because its list is asked for apart.

    The interval halves where something new was found and grows by half where nothing was, so that it settles where
    about every other look brings something.
    """
    interval = history.interval or HEAD_SOONEST * 6
    if new is not None:
        interval = interval / 2 if new else interval * 1.5
    interval = min(max(interval, HEAD_SOONEST), HEAD_LATEST)
    return interval, at + interval
