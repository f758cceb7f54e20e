"""When each site may be asked: by its windows, its daily budget, and because it wants to be left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from attrs import frozen

from crawler.frontier.store import Frontier
from crawler.sites.site import Site
from crawler.sites.windows import next_opening
from pipelines.times import CHINA

SLOWEST = 300.0
"""Seconds between requests beyond which it makes no sense to slow down: 288 pages a day. Also for a Crawl-delay."""

EASING = 0.9
"""Of the delay after each good answer: what ten refusals slowed down 1,000 times is as before after 66 pages."""

LONGEST_PAUSE = dt.timedelta(days=1)
"""The most that a Retry-After is believed; longer ones are mistakes, such as dates in a wrong year."""


SUSPECTED, BLOCKED = 3, 5
"""Challenges in a row from which a site is asked more slowly, and from which it is left alone: a page or two behind a
captcha say nothing of a site, and who asks on against a closed door is closed out for longer."""

PATIENCE = dt.timedelta(minutes=10)
"""How long a crawl waits for a site that wants to be left alone; longer, and its pages wait for the next crawl."""

LEFT_ALONE = dt.timedelta(hours=1)
"""How long a site that is blocked or down is asked for nothing: longer than `PATIENCE`, so that its crawl ends."""

TROUBLED, DOWN = 3, 8
"""Pages in a row that are refused or not answered from which none is tried again at once, and from which the site is
left alone: by then the delays have come to four minutes, in which a server that was only started anew is back."""


def slower(delay: float) -> float:
    """Return the delay in seconds after a refusal: twice as long, at least a second."""
    return min(max(2 * delay, 1.0), SLOWEST)


def eased(delay: float, own: float, latency: float) -> float:
    """Return the delay after a good answer that took `latency` seconds; `own` is what the site is given at least.

    A server is left alone as long as it took to answer: one that slows down under load is asked more slowly.
    """
    return min(max(own, latency, EASING * delay), SLOWEST)


def retry_at(value: str, now: dt.datetime) -> dt.datetime | None:
    """Return until when a Retry-After header (RFC 9110 §10.2.3) asks to be left alone, None if it cannot be read.

    >>> retry_at("120", dt.datetime(2026, 3, 5, tzinfo=dt.UTC)).isoformat()
    '2026-03-05T00:02:00+00:00'
    """
    try:
        seconds = float(value) if value.strip().isdecimal() else None  # a float, because there is no end to numbers
        longest = LONGEST_PAUSE.total_seconds()
        at = parsedate_to_datetime(value) if seconds is None else now + dt.timedelta(seconds=min(seconds, longest))
    except ValueError:
        return None
    return min(at if at.tzinfo else at.replace(tzinfo=dt.UTC), now + LONGEST_PAUSE)


def tomorrow(now: dt.datetime) -> dt.datetime:
    """Return the next midnight in China, when daily budgets begin anew."""
    return dt.datetime.combine(now.astimezone(CHINA).date() + dt.timedelta(days=1), dt.time(), CHINA)


@frozen(kw_only=True)
class Opening:
    """When a site may be asked, and what keeps it shut until then: `why` is empty where it is open."""

    at: dt.datetime
    why: str = ""


class Availability:
    """Tells of the sites of one crawl when they may be asked; what a site asked for outlives the crawl."""

    def __init__(self, frontier: Frontier, site_of: Callable[[str], Site]) -> None:
        """`site_of` returns the site with a slug."""
        self._frontier, self._site_of = frontier, site_of
        self._paused: dict[str, Opening] = {}

    def take(self, site: str) -> None:
        """Heed what a site asked for in an earlier crawl."""
        if until := self._frontier.paused(site):
            self._paused[site] = Opening(at=until, why="it asked to be left alone")

    def pause(self, site: str, until: dt.datetime, why: str, *, remembered: bool = False) -> None:
        """Let a site be left alone until then, in later crawls too if that is to be `remembered`."""
        known = self._paused.get(site)
        if known is None or until > known.at:
            self._paused[site] = Opening(at=until, why=why)
            if remembered:
                self._frontier.pause(site, until)

    def spend(self, site: str, now: dt.datetime) -> None:
        """Count a request to a site that has a daily budget."""
        if self._site_of(site).daily is not None:
            self._frontier.spend(site, now)

    def of(self, site: str, now: dt.datetime) -> Opening:
        """Return when a site may be asked: now, or when the last of what keeps it shut is over."""
        told = self._site_of(site)
        found = [Opening(at=next_opening(told.windows, now), why="outside its windows"), self._pause(site, now)]
        if told.daily is not None and self._frontier.spent(site, now) >= told.daily:
            found.append(Opening(at=tomorrow(now), why="its budget of the day is spent"))
        last = max(found, key=lambda opening: opening.at)
        return last if last.at > now else Opening(at=now)

    def rests(self, site: str, now: dt.datetime) -> bool:
        """Tell whether a site is left alone for a while, for which the crawl waits."""
        return now < self._pause(site, now).at <= now + PATIENCE

    def is_left_alone(self, site: str, now: dt.datetime) -> bool:
        """Tell whether a site is left alone for longer than the crawl waits."""
        return self._pause(site, now).at > now + PATIENCE

    def _pause(self, site: str, now: dt.datetime) -> Opening:
        """Return until when a site is left alone; what is further off than pauses go was told by a wrong clock."""
        told = self._paused.get(site)
        return told if told and told.at <= now + LONGEST_PAUSE else Opening(at=now)
