"""The requisites of captured pages, style sheets and frames, as pages of the frontier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing

from crawler.frontier import Page
from crawler.frontier.revisit_policy import MIN_REQUISITE_INTERVAL
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import ConfigError, StoreError
from pipelines.model import Job
from pipelines.references import FileReference, find

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


def recently_archived(catalogue: str, urls: Collection[str]) -> frozenset[str]:
    """Return those of some URLs whose requisites the catalogue has, not older than a crawl would take them again for.

    Without a catalogue, or while it is away, there are none.
    """
    since = dt.datetime.now(dt.UTC) - MIN_REQUISITE_INTERVAL
    try:
        with closing(Catalogue(catalogue, create=False)) as opened:
            found = opened.requisites_of(urls)
    except (ConfigError, StoreError):
        return frozenset()
    return frozenset(
        url for url, rows in found.items() if any(each.is_archived and each.fetched_at >= since for each in rows)
    )
