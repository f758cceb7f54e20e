"""When a site may be requested and how fast: time windows, daily budget, pauses, and delays between requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from attrs import frozen

from crawler.frontier.store import Frontier
from crawler.sites.site import Site
from crawler.sites.windows import next_opening
from pipelines.messages import gettext as _
from pipelines.times import CHINA

MAX_DELAY_S = 300.0
"""Longest delay in seconds between requests, also for a Crawl-delay: 288 pages a day, and slower makes no sense."""

DELAY_DECAY = 0.9
"""Factor of the delay after each good answer: a delay that ten refusals raised 1,000 times is normal after 66 pages."""

MAX_PAUSE = dt.timedelta(days=1)
"""Longest Retry-After that is accepted: longer ones are mistakes, such as dates in a wrong year."""


CHALLENGES_TO_SLOW_DOWN, CHALLENGES_TO_SUSPEND = 3, 5
"""Challenges in a row after which a site is requested more slowly, and after which it is suspended: one or two pages
behind a captcha say nothing about the site, and a crawler that goes on against a block is blocked for longer."""

MAX_WAIT = dt.timedelta(minutes=10)
"""How long a crawl waits for a paused site. If the pause is longer, the site's pages stay queued for the next crawl."""

SUSPENSION = dt.timedelta(hours=1)
"""How long a site that blocks the crawler or is down gets no request: longer than `MAX_WAIT`, so its crawl ends."""

FAILURES_TO_STOP_RETRIES, FAILURES_TO_SUSPEND = 3, 8
"""Refused or unanswered pages in a row after which no page is retried at once, and after which the site is suspended:
by the eighth the delays add up to four minutes, enough for a server that was only restarted to be back."""


def slowed_delay(delay: float) -> float:
    """Return the delay in seconds after a refusal: twice as long, at least a second."""
    return min(max(2 * delay, 1.0), MAX_DELAY_S)


def recovered_delay(delay: float, own: float, latency: float) -> float:
    """Return the delay after a good answer that took `latency` seconds; `own` is the site's configured minimum.

    The delay is never shorter than the latency: a server that slows down under load is requested more slowly.
    """
    return min(max(own, latency, DELAY_DECAY * delay), MAX_DELAY_S)


def parse_retry_after(value: str, now: dt.datetime) -> dt.datetime | None:
    """Return the end of the pause that a Retry-After header (RFC 9110 §10.2.3) asks for, None if it is not valid.

    >>> parse_retry_after("120", dt.datetime(2026, 3, 5, tzinfo=dt.UTC)).isoformat()
    '2026-03-05T00:02:00+00:00'
    """
    try:
        seconds = float(value) if value.strip().isdecimal() else None  # float, because the digits have no length limit
        longest = MAX_PAUSE.total_seconds()
        at = parsedate_to_datetime(value) if seconds is None else now + dt.timedelta(seconds=min(seconds, longest))
    except ValueError:
        return None
    return min(at if at.tzinfo else at.replace(tzinfo=dt.UTC), now + MAX_PAUSE)


def next_midnight(now: dt.datetime) -> dt.datetime:
    """Return the next midnight in China, when daily budgets are reset."""
    return dt.datetime.combine(now.astimezone(CHINA).date() + dt.timedelta(days=1), dt.time(), CHINA)


@frozen(kw_only=True)
class Opening:
    """From when a site may be requested, and why not before; `why` is empty if the site is open now."""

    at: dt.datetime
    why: str = ""


class Availability:
    """When the sites of one crawl may be requested. Pauses that a site asked for are stored for later crawls."""

    def __init__(self, frontier: Frontier, site_of: Callable[[str], Site]) -> None:
        """`site_of` returns the site of a slug."""
        self._frontier, self._site_of = frontier, site_of
        self._pauses: dict[str, Opening] = {}
        self._requisites: dict[str, tuple[dt.date, int, int]] = {}

    def load_pause(self, site: str) -> None:
        """Load the pause that a site asked for in an earlier crawl."""
        if until := self._frontier.paused_until(site):
            self._pauses[site] = Opening(at=until, why=_("it asked to be left alone"))

    def pause(self, site: str, until: dt.datetime, why: str, *, persist: bool = False) -> None:
        """Send a site no request until then; with `persist`, later crawls keep to it too. Never shortens a pause."""
        known = self._pauses.get(site)
        if known is None or until > known.at:
            self._pauses[site] = Opening(at=until, why=why)
            if persist:
                self._frontier.pause(site, until)

    def count_request(self, site: str, now: dt.datetime) -> None:
        """Count a request to a site that has a daily budget."""
        if self._site_of(site).daily is not None:
            self._frontier.count_request(site, now)

    def requisites_left(self, site: str, now: dt.datetime) -> int:
        """Return how many more requisites a site's daily budget allows; queued ones wait for another day."""
        limits = self._site_of(site)
        _day, files, size = self._requisites_today(site, now)
        return max(0, limits.day_files - files) if size < limits.day_bytes else 0

    def count_requisite(self, site: str, size: int, now: dt.datetime) -> None:
        """Count a fetched requisite and its bytes in its site's daily budget."""
        day, files, total = self._requisites_today(site, now)
        self._requisites[site] = (day, files + 1, total + size)
        self._frontier.count_requisite(site, size, now)

    def _requisites_today(self, site: str, now: dt.datetime) -> tuple[dt.date, int, int]:
        """Return the current day in China, and the requisites of the site on it and their bytes.

        They are read once a day: no other process crawls the site, and this is asked before every request.
        """
        day = now.astimezone(CHINA).date()
        if site not in self._requisites or self._requisites[site][0] != day:
            self._requisites[site] = (day, *self._frontier.requisites_today(site, now))
        return self._requisites[site]

    def opening(self, site: str, now: dt.datetime) -> Opening:
        """Return when a site may be requested: now, or when its windows, its pause and its budget all allow it."""
        limits = self._site_of(site)
        openings = [
            Opening(at=next_opening(limits.windows, now), why=_("outside its time windows")),
            self._pause(site, now),
        ]
        if limits.daily is not None and self._frontier.requests_today(site, now) >= limits.daily:
            openings.append(Opening(at=next_midnight(now), why=_("its daily budget is used up")))
        last = max(openings, key=lambda opening: opening.at)
        return last if last.at > now else Opening(at=now)

    def is_paused_briefly(self, site: str, now: dt.datetime) -> bool:
        """Tell whether a site is paused, but not for longer than the crawl waits."""
        return now < self._pause(site, now).at <= now + MAX_WAIT

    def is_suspended(self, site: str, now: dt.datetime) -> bool:
        """Tell whether a site is paused for longer than the crawl waits."""
        return self._pause(site, now).at > now + MAX_WAIT

    def _pause(self, site: str, now: dt.datetime) -> Opening:
        """Return the end of a site's pause; a pause longer than `MAX_PAUSE` was written with a wrong clock."""
        pause = self._pauses.get(site)
        return pause if pause and pause.at <= now + MAX_PAUSE else Opening(at=now)
