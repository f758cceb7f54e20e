"""Journey 1: one spider for every site, led by the registry, the site's CMS family, and the frontier."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, cast
from urllib.parse import urldefrag

import scrapy
from attrs import evolve
from scrapy.http import Response
from scrapy.spidermiddlewares.referer import StrictOriginWhenCrossOriginPolicy
from twisted.python.failure import Failure

from crawler.download.capture import MAX_BODY
from crawler.download.render import RENDER
from crawler.families import FAMILIES, GENERIC, Link, Listing, ListRequest, asks, media_type
from crawler.families.paging import MAX_PAGES
from crawler.frontier import Known, Page, files_of
from crawler.frontier.inflight import VISIT
from crawler.frontier.scheduler import Scheduler
from crawler.frontier.visit import Visit
from crawler.sites.site import Section, Site
from crawler.spiders.base import BaseSpider
from crawler.spiders.options import CrawlOptions
from pipelines.model import Entry, Job, Rejection
from pipelines.parse.decode import decode
from pipelines.parse.extract.parts import parts

BARREN = 3
"""List pages in a row without an article of the site, from which a walk is over: one can be of links to other sites
alone, or broken, while the days of a calendar and the numbers of a pager may go on for ever."""

_REFERER = StrictOriginWhenCrossOriginPolicy()


class SiteSpider(BaseSpider):
    """Walks the sections of sites, list page by list page, and hands every page on.

    `options` say what to crawl; `scrapy crawl site -a NAME=VALUE` gives them as text instead.
    """

    name = "site"
    custom_settings = {"SCHEDULER": "crawler.frontier.scheduler.Scheduler"}  # noqa: RUF012 - as Scrapy has it

    def __init__(self, options: CrawlOptions | None = None, name: str | None = None, **arguments: str) -> None:
        super().__init__(name=name)
        self._options = options or CrawlOptions.from_arguments(arguments)
        self._taken: Counter[str] = Counter()
        self._shown: dict[str, list[Link]] = {}
        self._barren: Counter[str] = Counter()

    def begin(self, scheduler: Scheduler) -> None:
        """Take the sites, and let the first page of every section wait."""
        self._scheduler = scheduler
        for site in self._sites():
            if scheduler.take(site.slug, self._options.resume_key):
                heads = [self._list(ListRequest(url=section.url), site, section, 1) for section in site.sections]
                if self._options.due:
                    scheduler.add_due(site.slug, heads)
                else:
                    scheduler.add(heads)

    def renders(self) -> bool:
        """Tell whether one of the sites has its pages shown by a browser."""
        return any(site.render != "none" for site in self._sites())

    def _sites(self) -> list[Site]:
        return [self.registry.get(slug) for slug in self._options.sites] or self.registry.enabled()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask for nothing by itself: the frontier leads."""
        requests: tuple[scrapy.Request, ...] = ()
        for request in requests:
            yield request

    def request(self, known: Known) -> scrapy.Request:
        """Return the request for a page, under the condition that it is otherwise than at its last visit."""
        page, history = known.page, known.history
        shown = page.form is None and self.registry.get(page.site).shows(page.role)
        headers = {} if shown else {"If-None-Match": history.etag, "If-Modified-Since": history.last_modified}
        if page.section and page.url != (section := _bare(page.section)):
            headers["Referer"] = _REFERER.referrer(section, page.url)  # some sites answer 404 without it
        meta: dict[str, Any] = {"download_slot": page.site, "cookiejar": page.site}
        if shown:  # whatever its own bytes are, its data may be new
            begins, fragment = urldefrag(page.section or "")
            meta[RENDER] = fragment if begins == page.url else ""
        if page.role == "file":
            meta[MAX_BODY] = self.registry.get(page.site).max_file or self.settings.getint("FANGZHI_MAX_BODY")
        if page.form is not None:
            headers |= {"Content-Type": f"{media_type(page.form)}; charset=UTF-8", "X-Requested-With": "XMLHttpRequest"}
        return scrapy.Request(
            page.url,
            method="POST" if page.form is not None else "GET",
            body=page.form or "",
            headers={name: value for name, value in headers.items() if value},
            callback=self.parse,
            errback=self.failed,
            meta=meta,
            dont_filter=True,
        )

    def files(self, page: Page, entry: Entry) -> tuple[Page, ...]:
        """Return the files that are to be asked for, of those that a page's articles link."""
        return files_of(page, entry, self.registry)

    def parse(self, response: Response) -> Iterator[Job]:
        """Hand on what was captured, and let the links of a list page wait."""
        request = cast("scrapy.Request", response.request)
        yield from self._scheduler.watch(request, self._read(request, response))

    def failed(self, failure: Failure) -> Iterator[Job]:
        """Tell that a request failed; what was captured on the way is kept."""
        request = failure.request  # type: ignore[attr-defined]
        yield from self._scheduler.watch(request, super().failed(failure), why=self.why(failure))

    def _read(self, request: scrapy.Request, response: Response) -> Iterator[Job]:
        """A list's links, and an article's further pages, wait before it is kept: what is catalogued was followed."""
        jobs = list(self.jobs(request))
        page = request.meta[VISIT].known.page
        try:
            if page.role == "list" and jobs[-1].recipe.role == "list":
                self._follow(jobs[-1], request.meta[VISIT])
            elif page.role == "article" and response.status == 200:
                self._go_on(response, page)
        finally:
            yield from jobs

    def _go_on(self, response: Response, page: Page) -> None:
        """Let the further pages of an article wait."""
        if further := parts(response.body.decode("latin-1"), response.url):
            self._scheduler.add(evolve(page, url=url) for url in further)

    def _follow(self, job: Job, visit: Visit) -> None:
        """Let a list's articles and further pages wait."""
        page = visit.known.page
        site = self.registry.get(page.site)
        text = decode(job.capture, job.recipe.charset, data=True)
        if isinstance(text, Rejection):
            return
        for section in _sections(site, page):
            fragment = urldefrag(section.url).fragment if page.form is None else page.form
            listing = FAMILIES[site.family].listing(text, f"{_bare(job.capture.final_url)}#{fragment}".rstrip("#"))
            if site.family == GENERIC.name and page.walked == 1 and listing == Listing():
                listing = Listing(lists=asks(self.maps(job.capture.final_url)))
            visit.shell = visit.shell or bool(listing.lists or (listing.pages and not listing.articles))
            links = [link for link in listing.articles if self.registry.find(link.url) == site]
            visit.links += len(links)
            visit.days |= {link.listed_on for link in links if link.listed_on}
            visit.found += self._take_listing(listing, links, site, section, page.walked)

    def _take_listing(self, listing: Listing, links: list[Link], site: Site, section: Section, walked: int) -> int:
        """Return how many of the links to a listing's articles were not known."""
        wanted = [link for link in links if self._wants(link)]
        found = self._take(wanted, site, section)
        repeats = bool(links) and links == self._shown.get(section.url)  # a server that passes over the page's number
        self._shown[section.url] = links
        self._barren[section.url] = 0 if links or walked == 1 else self._barren[section.url] + 1
        enough = self._options.limit is not None and self._taken[site.slug] >= self._options.limit
        searching = not links and self._barren[section.url] < BARREN
        goes_on = not enough and (found or searching or (wanted and self._options.full and not repeats))
        if goes_on or walked == 1:
            self._scheduler.add(self._lists(listing.lists, site, section, walked))
        if goes_on:
            for number, ask in enumerate(listing.pages[: listing.ahead], walked + 1):
                if number <= (MAX_PAGES if self._options.full else section.depth):
                    self._scheduler.add(self._lists((ask,), site, section, number))
        return found

    def _take(self, links: list[Link], site: Site, section: Section) -> int:
        left = None if self._options.limit is None else max(0, self._options.limit - self._taken[site.slug])
        pages = [Page(url=link.url, site=site.slug, section=section.url) for link in links]
        new = self._scheduler.add(pages, most=left)
        self._taken[site.slug] += len(new)
        return len(new)

    def _lists(self, asks: Iterable[ListRequest], site: Site, section: Section, walked: int) -> Iterator[Page]:
        """Yield those of the pages that are on the site."""
        for ask in asks:
            if self.registry.find(ask.url) == site:
                yield self._list(ask, site, section, walked)

    def _wants(self, link: Link) -> bool:
        return not (self._options.since and link.listed_on and link.listed_on < self._options.since)

    @staticmethod
    def _list(ask: ListRequest, site: Site, section: Section, walked: int) -> Page:
        return Page(url=_bare(ask.url), site=site.slug, role="list", section=section.url, walked=walked, form=ask.form)


def _sections(site: Site, page: Page) -> list[Section]:
    """Return whose list a page is: sections that differ by nothing but the fragment begin on the same page."""
    begins = page.url if page.walked == 1 else None
    return [section for section in site.sections if page.section == section.url or _bare(section.url) == begins]


def _bare(url: str) -> str:
    return urldefrag(url).url
