"""Shell. Journey 1: one spider for every site, led by the registry and the site's CMS family."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.http import Response

from crawler.families import FAMILIES, Link
from crawler.sites import Section, Site
from crawler.spiders.door import Door
from pipelines.decode import decode
from pipelines.model import Job


class SiteSpider(Door):
    """Walks the sections of sites, list page by list page, and hands every page on.

    `sites` are slugs parted by commas, none for every enabled site. `limit` is the most articles asked for per site,
    `since` (YYYY-MM-DD) leaves out what the lists date earlier, `full` walks lists to their end.
    """

    name = "site"

    def __init__(
        self, sites: str = "", limit: str | None = None, since: str | None = None, full: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._slugs = [slug for slug in sites.split(",") if slug]
        self._limit = int(limit) if limit else None
        self._since = dt.date.fromisoformat(since) if since else None
        self._full = bool(full)
        self._asked: Counter[str] = Counter()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask for the first page of every section."""
        sites = [self.registry.get(slug) for slug in self._slugs] or self.registry.enabled()
        for site in sites:
            for section in site.sections:
                yield self._request(section.url, site, section=section, walked=1)

    def parse(self, response: Response, site: Site, section: Section | None = None, walked: int = 0) -> Iterator[Any]:
        """Hand on what was captured, and follow the links of a list page."""
        jobs = list(self.jobs(response.request))
        yield from jobs
        if section and jobs[-1].recipe.role == "list":
            yield from self._follow(jobs[-1], site, section, walked)

    def _follow(self, job: Job, site: Site, section: Section, walked: int) -> Iterator[scrapy.Request]:
        html = decode(job.capture, job.recipe.charset)
        if not isinstance(html, str):
            return
        listing = FAMILIES[site.family].listing(html, job.capture.final_url)
        links = [link for link in listing.articles if self.registry.find(link.url) == site]
        wanted = [link for link in links if self._wants(link)]
        for link in wanted:
            if self._limit is None or self._asked[site.slug] < self._limit:
                self._asked[site.slug] += 1
                yield self._request(link.url, site)
        if wanted or not links:
            yield from self._walk(listing.pages, site, section, walked)

    def _walk(self, pages: tuple[str, ...], site: Site, section: Section, walked: int) -> Iterator[scrapy.Request]:
        """Ask for the list pages after this one; one at a time where a date ends the walk."""
        for number, url in enumerate(pages[:1] if self._since else pages, start=walked + 1):
            if (self._full or number <= section.depth) and self.registry.find(url) == site:
                yield self._request(url, site, section=section, walked=number)

    def _wants(self, link: Link) -> bool:
        return not (self._since and link.listed_on and link.listed_on < self._since)

    def _request(self, url: str, site: Site, **more: Any) -> scrapy.Request:
        return scrapy.Request(
            url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"site": site, **more},
            meta={"download_slot": site.slug},
        )
