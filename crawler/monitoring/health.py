"""How each site does, from what the catalogue and the frontier hold."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import Factory, field, frozen

from crawler.frontier import ListStatus
from crawler.monitoring.frequency import Frequency, usual_gap
from crawler.monitoring.stats import Stats
from crawler.monitoring.status import SiteStatus, judge
from crawler.sites.registry import Registry
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.history import Event, gone_since, history, versions
from pipelines.catalogue.queries import Filter
from pipelines.model import Entry
from pipelines.times import CHINA, from_us, rfc3339

RECENT = 100
"""Captures of a site, the newest ones, that tell how it does at present: some days of a small site, and a share of them
is told to a percent. Those of sixty sites are read in four seconds."""


@frozen(kw_only=True)
class Gone:
    """A page that was an article and is missing now: how it went, and the last capture of its text."""

    url: str
    event: Event
    last: Entry


@frozen(kw_only=True)
class Health:
    """How a site does: what came of its captures, how fresh it is, and how it stands."""

    site: str | None
    tally: Stats
    rhythm: Frequency
    standing: SiteStatus
    today: dt.date
    looks: Sequence[ListStatus] = ()

    @property
    def listed_on(self) -> dt.date | None:
        """Return the latest day that one of its lists gives an article."""
        return max((look.newest_on for look in self.looks if look.newest_on), default=None)

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "site": self.site,
            "state": self.standing.state,
            "why": self.standing.why or None,
            "hint": self.standing.hint or None,
            "newest_article_on": _text(self.rhythm.newest_on),
            "days_since_new": self.rhythm.age(self.today),
            "usual_gap_days": self.rhythm.usual_gap,
            "listed_on": _text(self.listed_on),
            "sections": [_section(look) for look in self.looks],
            **self.tally.document(),
        }


@frozen(kw_only=True)
class Monitor:
    """Looks at sites; `looks` is what the frontier knows of their lists, by slug."""

    catalogue: Catalogue
    registry: Registry
    now: dt.datetime
    looks: Mapping[str, Sequence[ListStatus]] = Factory(dict)
    _rhythms: dict[str | None, Frequency] = field(init=False)

    @_rhythms.default
    def _rhythms_of_all(self) -> dict[str | None, Frequency]:
        return rhythms(self.catalogue.publication_days(), self.today)

    @property
    def today(self) -> dt.date:
        """Return the day that it is in China."""
        return self.now.astimezone(CHINA).date()

    def after(self, tallies: Mapping[str | None, Stats], since: dt.datetime) -> list[Health]:
        """Return how the sites of a crawl that began at `since` do; what made pages gone or back is counted as that."""
        for event, entry in self._events(self.catalogue.possibly_missing(since=since)):
            if event.at >= since and entry.site in tallies:
                tallies[entry.site].recount(entry, event)
        return [self._health(site, tallies[site]) for site in sorted(tallies, key=str)]

    def present(self, sites: Iterable[str | None]) -> Iterator[Health]:
        """Yield how sites do by their newest captures."""
        for site in sites:
            tally, recent = Stats(), set()
            for entry in self.catalogue.entries(Filter(site=site), limit=RECENT) if site else ():
                tally.add(entry)
                recent.add(entry.id)
            for event, entry in self._events(self.catalogue.possibly_missing(site)) if site else ():
                if entry.id in recent:
                    tally.recount(entry, event)
            yield self._health(site, tally)

    def _health(self, site: str | None, tally: Stats) -> Health:
        rhythm, looks = self._rhythms.get(site, Frequency()), self._sections(site)
        standing = judge(site, looks, tally, rhythm, self.today) if site else SiteStatus(state="unknown")
        return Health(site=site, tally=tally, rhythm=rhythm, standing=standing, today=self.today, looks=looks)

    def _sections(self, site: str | None) -> list[ListStatus]:
        """What the lists of a site showed, without sections that it had once and that are not registered any more."""
        looks = list(self.looks.get(site or "", ()))
        known = self.registry.sites.get(site or "")
        urls = {section.url for section in known.sections} if known else set()
        return [look for look in looks if look.section in urls] or looks

    def _events(self, urls: Iterable[str]) -> Iterator[tuple[Event, Entry]]:
        """Yield how pages went and came back, each time with the capture that shows it, which shows it once."""
        told: set[str] = set()
        for url in urls:
            captures = {entry.id: entry for entry in self.catalogue.captures(url)}
            for event in history(captures.values()):
                if event.kind in ("gone", "back") and event.id not in told:
                    told.add(event.id)
                    yield event, captures[event.id]


def gone(catalogue: Catalogue, site: str | None = None) -> list[Gone]:
    """Return the pages that are gone now, of a site or of all, the last gone first."""
    found = []
    for url in catalogue.possibly_missing(site):
        captures = catalogue.captures(url)
        if event := gone_since(history(captures)):
            found.append(Gone(url=url, event=event, last=versions(captures)[-1]))
    return sorted(found, key=lambda each: each.event.at, reverse=True)


def rhythms(days: Iterable[Mapping[str, Any]], today: dt.date) -> dict[str | None, Frequency]:
    """Return each site's rhythm, from its captures counted by day of publication.

    Days to come are mistakes and do not count; what has no day counts by that of its first capture.
    """
    rows: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row in days:
        rows[row["site"]].append(row)
    return {site: _rhythm(some, today) for site, some in rows.items()}


def _rhythm(rows: Sequence[Mapping[str, Any]], today: dt.date) -> Frequency:
    published = [row["published_on"] for row in rows if row["published_on"] and row["published_on"] <= today]
    undated = [from_us(row["newest_us"]).astimezone(CHINA).date() for row in rows if row["published_on"] is None]
    return Frequency(
        articles=sum(row["captures"] for row in rows),
        first_at=from_us(min(row["first_us"] for row in rows)),
        newest_on=max((*published, *undated), default=None),
        usual_gap=usual_gap(published),
    )


def _section(look: ListStatus) -> dict[str, Any]:
    return {
        "section": look.section,
        "showing": look.showing,
        "answer": look.answer or None,
        "asked_at": _text(look.asked_at),
        "shown_at": _text(look.shown_at),
        "brought_at": _text(look.brought_at),
        "listed_on": _text(look.newest_on),
    }


def _text(moment: dt.date | None) -> str | None:
    return rfc3339(moment, "seconds") if moment else None
