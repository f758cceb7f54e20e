"""The requisites of captured pages, style sheets and frames, as pages of the frontier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from crawler.frontier import Page
from crawler.frontier.revisit_policy import MIN_REQUISITE_INTERVAL
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.catalogue.catalogue import Catalogue
from pipelines.dedupe.verdict import payload_digest
from pipelines.errors import ConfigError, StoreError
from pipelines.model import Capture, Job
from pipelines.references import FileReference, find

Answer = TypeVar("Answer")

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


class ArchivedBefore:
    """Knows what the catalogue has of pages and requisites that a spider is about to read or to request.

    The catalogue is opened at the first question and stays open until `close`. Without a catalogue, or while it is
    away, nothing was archived before.
    """

    def __init__(self, catalogue: str) -> None:
        """`catalogue` is the address of the catalogue, empty where there is none."""
        self._address = catalogue
        self._opened: Catalogue | None = None

    def recent_requisites(self, urls: Collection[str]) -> frozenset[str]:
        """Return those of some URLs whose requisites were archived lately: a crawl would not take them again."""
        found = self._ask(lambda catalogue: catalogue.requisites_of(urls)) if urls else None
        since = dt.datetime.now(dt.UTC) - MIN_REQUISITE_INTERVAL
        return frozenset(
            url
            for url, rows in (found or {}).items()
            if any(each.is_archived and each.fetched_at >= since for each in rows)
        )

    def repeated_by(self, capture: Capture) -> bool:
        """Tell whether a capture has the bytes of the last one of its URL."""
        last = self._ask(lambda catalogue: catalogue.get(capture.url))
        return last is not None and last.digests.payload == payload_digest(capture)

    def close(self) -> None:
        """Close the catalogue."""
        if self._opened:
            self._opened.close()

    def _ask(self, question: Callable[[Catalogue], Answer]) -> Answer | None:
        if not self._address:
            return None
        try:
            self._opened = self._opened or Catalogue(self._address, create=False)
            return question(self._opened)
        except (ConfigError, StoreError):
            return None
