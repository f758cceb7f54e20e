"""The health of each site, from the catalogue and the frontier."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import Factory, field, frozen

from crawler.frontier import ListStatus
from crawler.monitoring.frequency import LOOK_BACK, Frequency, usual_gap
from crawler.monitoring.stats import Stats
from crawler.monitoring.status import SiteStatus, site_status
from crawler.sites.registry import Registry
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.history import Event, gone_since, history, versions
from pipelines.catalogue.sums import Publications
from pipelines.model import Entry
from pipelines.times import CHINA, from_us, rfc3339

RECENT_CAPTURES = 100
"""Number of a site's newest captures that stand for its present: some days of a small site, and enough to give shares
in percent."""


@frozen(kw_only=True)
class GonePage:
    """A page that was an article and is missing now: the event of its loss, and the last capture of its text."""

    url: str
    event: Event
    last: Entry


@frozen(kw_only=True)
class Health:
    """The health of a site: counts of its captures, how often it publishes, and its status."""

    site: str | None
    stats: Stats
    frequency: Frequency
    status: SiteStatus
    today: dt.date
    lists: Sequence[ListStatus] = ()

    @property
    def listed_on(self) -> dt.date | None:
        """Return the latest date of an article on the site's lists."""
        return max((each.newest_on for each in self.lists if each.newest_on), default=None)

    def document(self) -> dict[str, Any]:
        """Return the health as JSON values."""
        return {
            "site": self.site,
            "state": self.status.state,
            "why": self.status.why or None,
            "hint": self.status.hint or None,
            "newest_article_on": _text(self.frequency.newest_on),
            "days_since_new": self.frequency.age(self.today),
            "usual_gap_days": self.frequency.usual_gap,
            "listed_on": _text(self.listed_on),
            "sections": [_section(each) for each in self.lists],
            **self.stats.document(),
        }


@frozen(kw_only=True)
class Monitor:
    """Computes the health of sites; `lists` are the frontier's list statuses by slug."""

    catalogue: Catalogue
    registry: Registry
    now: dt.datetime
    lists: Mapping[str, Sequence[ListStatus]] = Factory(dict)
    _frequencies: dict[str | None, Frequency] = field(init=False)

    @_frequencies.default
    def _read_frequencies(self) -> dict[str | None, Frequency]:
        return frequencies(self.catalogue.publications(), self.today)

    @property
    def today(self) -> dt.date:
        """Return the current day in China."""
        return self.now.astimezone(CHINA).date()

    def after_crawl(self, stats: Mapping[str | None, Stats], since: dt.datetime) -> list[Health]:
        """Return the health of the sites of a crawl that began at `since`, from the counts of the crawl.

        Captures that show a page gone or back are moved to that outcome in `stats`.
        """
        for event, entry in self._events(self.catalogue.possibly_missing(since=since)):
            if event.at >= since and entry.site in stats:
                stats[entry.site].recount(entry, event)
        return [self._health(site, stats[site]) for site in sorted(stats, key=str)]

    def current(self, sites: Sequence[str | None]) -> Iterator[Health]:
        """Yield the health of sites from their newest captures."""
        named = [site for site in sites if site]
        stats = {site: Stats() for site in sites}
        suspects = set[str]()
        for kind in self.catalogue.recent(named, RECENT_CAPTURES):
            stats[kind.site].add_recent(kind)
            suspects.update(kind.suspects)
        events = list(self._events(self.catalogue.with_articles(suspects)))
        recent = self.catalogue.among_newest({entry.id for _, entry in events}, RECENT_CAPTURES)
        for event, entry in events:
            if entry.id in recent and entry.site in stats:
                stats[entry.site].recount(entry, event)
        for site in sites:
            yield self._health(site, stats[site])

    def _health(self, site: str | None, stats: Stats) -> Health:
        frequency, lists = self._frequencies.get(site, Frequency()), self._sections(site)
        status = site_status(site, lists, stats, frequency, self.today) if site else SiteStatus(state="unknown")
        return Health(site=site, stats=stats, frequency=frequency, status=status, today=self.today, lists=lists)

    def _sections(self, site: str | None) -> list[ListStatus]:
        """Return the list statuses of a site's registered sections; of all its sections if none is registered."""
        lists = list(self.lists.get(site or "", ()))
        known = self.registry.sites.get(site or "")
        urls = {section.url for section in known.sections} if known else set()
        return [each for each in lists if each.section in urls] or lists

    def _events(self, urls: Iterable[str]) -> Iterator[tuple[Event, Entry]]:
        """Yield the events of pages that went or came back, each once, with the capture that shows it."""
        yielded: set[str] = set()
        for url in urls:
            captures = {entry.id: entry for entry in self.catalogue.captures(url)}
            for event in history(captures.values()):
                if event.kind in ("gone", "back") and event.id not in yielded:
                    yielded.add(event.id)
                    yield event, captures[event.id]


def gone_pages(catalogue: Catalogue, site: str | None = None) -> list[GonePage]:
    """Return the pages that are gone now, of one site or of all, the last gone first."""
    pages = []
    for url in catalogue.possibly_missing(site):
        captures = catalogue.captures(url)
        if event := gone_since(history(captures)):
            pages.append(GonePage(url=url, event=event, last=versions(captures)[-1]))
    return sorted(pages, key=lambda page: page.event.at, reverse=True)


def frequencies(publications: Iterable[Publications], today: dt.date) -> dict[str | None, Frequency]:
    """Return each site's frequency.

    Days in the future are mistakes and do not count; new captures without a day count by the day of capture.
    """
    return {each.site: _frequency(each, today) for each in publications}


def _frequency(published: Publications, today: dt.date) -> Frequency:
    days = published.days[: bisect_right(published.days, f"{today}")]
    newest = dt.date.fromisoformat(days[-1]) if days else None
    last_year = days[bisect_left(days, f"{newest - LOOK_BACK}") :] if newest else ()
    undated = from_us(published.undated_us).astimezone(CHINA).date() if published.undated_us is not None else None
    return Frequency(
        articles=published.captures,
        first_at=from_us(published.first_us),
        newest_on=max(filter(None, (newest, undated)), default=None),
        usual_gap=usual_gap(map(dt.date.fromisoformat, last_year)),
    )


def _section(status: ListStatus) -> dict[str, Any]:
    return {
        "section": status.section,
        "showing": status.showing,
        "answer": status.answer or None,
        "asked_at": _text(status.asked_at),
        "shown_at": _text(status.shown_at),
        "brought_at": _text(status.brought_at),
        "listed_on": _text(status.newest_on),
    }


def _text(moment: dt.date | None) -> str | None:
    return rfc3339(moment, "seconds") if moment else None
