"""The requisites of captured pages, style sheets and frames, as pages of the frontier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from crawler.frontier import Page
from crawler.frontier.revisit_policy import MIN_REQUISITE_INTERVAL
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import ConfigError, StoreError
from pipelines.model import Job
from pipelines.references import FileReference, find

MAX_KNOWN_REQUISITES = 20_000
"""URLs of requisites that a spider need not look up again, because it has done so: all pages of a site have the same
layout. At this number it starts afresh; they take some 3 MB."""

SUCCESS = 200
"""The status of an answer whose references are followed: an error page has a layout of its own, which nobody opens."""


def references_of(jobs: Iterable[Job]) -> tuple[FileReference, ...]:
    """Return what the captures of one request are shown with: those of a page and, if it was rendered, of its DOM."""
    found = {
        (each.url, each.kind): each
        for job in jobs
        if job.capture.status == SUCCESS
        for each in find(job.capture, charset=job.recipe.charset)
    }
    return tuple(found.values())


def requisite_pages(
    jobs: Iterable[Job], site: Site, shown: str, registry: Registry, known: Collection[str] = ()
) -> Iterator[Page]:
    """Yield the requisites of a page of a site, each URL once; `shown` is the URL of the page.

    URLs that are `known` are left out.

    One on the hosts of another enabled site is left to that site's crawl, with its limits. Frames are requisites only
    on the page's own site: a frame elsewhere is a page of its own, such as a map or an advertisement.
    """
    new = (each for each in references_of(jobs) if each.url not in known)
    for url in dict.fromkeys(each.url for each in new if _is_wanted(each, site, registry)):
        owner = registry.find(url)
        if owner and (owner == site or owner.enabled):
            yield Page(url=url, site=owner.slug, role="requisite", section=shown)
        else:
            yield Page(url=url, site=site.slug, role="remote-requisite", section=shown)


def _is_wanted(reference: FileReference, site: Site, registry: Registry) -> bool:
    return reference.kind != "frame" or registry.find(reference.url) == site


class RecentRequisites:
    """Knows which requisites the catalogue has, not older than a crawl would take them again for.

    The catalogue is opened at the first question and stays open until `close`. Without a catalogue, or while it is
    away, it has none.
    """

    def __init__(self, catalogue: str) -> None:
        """`catalogue` is the address of the catalogue, empty where there is none."""
        self._address = catalogue
        self._opened: Catalogue | None = None

    def among(self, urls: Collection[str]) -> frozenset[str]:
        """Return those of some URLs whose requisites were archived lately."""
        if not (self._address and urls):
            return frozenset()
        try:
            self._opened = self._opened or Catalogue(self._address, create=False)
            found = self._opened.requisites_of(urls)
        except (ConfigError, StoreError):
            return frozenset()
        since = dt.datetime.now(dt.UTC) - MIN_REQUISITE_INTERVAL
        return frozenset(
            url for url, rows in found.items() if any(each.is_archived and each.fetched_at >= since for each in rows)
        )

    def close(self) -> None:
        """Close the catalogue."""
        if self._opened:
            self._opened.close()
