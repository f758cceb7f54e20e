"""When each site may be asked: by its windows, its daily budget, and because it wants to be left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import frozen

from crawler.frontier.pace import LONGEST_PAUSE, PATIENCE, tomorrow
from crawler.frontier.store import Frontier
from crawler.sites.site import Site
from crawler.sites.windows import next_opening


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
