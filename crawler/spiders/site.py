"""Journey 1: one spider for all sites, controlled by the registry, the site's CMS family and the frontier."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from typing import Any, Self, cast
from urllib.parse import urldefrag

import scrapy
from attrs import evolve
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.referer import StrictOriginWhenCrossOriginPolicy
from twisted.python.failure import Failure

from crawler.download.capture import MAX_BODY_KEY, REQUISITE_KEY
from crawler.download.downloader import NotRequested
from crawler.download.render import RENDER_KEY
from crawler.families import FAMILIES, GENERIC, Link, Listing, ListRequest, list_requests, media_type
from crawler.families.paging import MAX_PAGES
from crawler.frontier import KnownPage, Page, files_of
from crawler.frontier.dupefilter import slot
from crawler.frontier.inflight import VISIT
from crawler.frontier.requisite_budget import RequisiteBudget
from crawler.frontier.revisit_policy import Visit
from crawler.frontier.scheduler import Scheduler
from crawler.sites.site import Section, Site
from crawler.spiders.base import BaseSpider
from crawler.spiders.options import CrawlOptions
from crawler.spiders.requisites import MAX_KNOWN_REQUISITES, ArchivedBefore, requisite_pages
from pipelines.model import Entry, Job, Rejection, Requisite
from pipelines.parse.decode import decode
from pipelines.parse.extract.parts import parts

MAX_EMPTY_PAGES = 3
"""Number of list pages in a row without articles of the site after which a list ends. A single one may be broken, or
link other sites only; but the days of a calendar and the numbers of a pager may go on for ever."""

LIST_FALLBACK = object()
"""Signal: the rules of a site's family found no article on a list page, and the generic rules found some. Arguments:
`site` and `url`."""

_REFERER = StrictOriginWhenCrossOriginPolicy()


class SiteSpider(BaseSpider):
    """Reads the sections of sites, list page by list page, and fetches their articles and files.

    `options` say what to crawl; `scrapy crawl site -a NAME=VALUE` gives them as text instead.
    """

    name = "site"
    custom_settings = {"SCHEDULER": "crawler.frontier.scheduler.Scheduler"}  # noqa: RUF012 - as Scrapy has it

    def __init__(self, options: CrawlOptions | None = None, name: str | None = None, **arguments: str) -> None:
        super().__init__(name=name)
        self._options = options or CrawlOptions.from_arguments(arguments)
        self._new_articles: Counter[str] = Counter()
        self._last_links: dict[str, list[Link]] = {}
        self._empty_pages: Counter[str] = Counter()
        self._budget = RequisiteBudget()
        self._known_requisites: set[str] = set()
        self._archived_before = ArchivedBefore("")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Create the spider; it compares pages that were visited before with their last captures."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if crawler.settings["FANGZHI_ARCHIVE"]:
            spider._archived_before = ArchivedBefore(crawler.settings["FANGZHI_CATALOGUE"])
        return spider

    def closed(self, _reason: str) -> None:
        """Close the catalogue."""
        self._archived_before.close()

    def begin(self, scheduler: Scheduler) -> None:
        """Claim the sites, and enqueue the first page of every section."""
        self._scheduler = scheduler
        for site in self._sites():
            if scheduler.claim_site(site.slug, self._options.resume_key):
                first_pages = [
                    self._list_page(ListRequest(url=section.url), site, section, 1) for section in site.sections
                ]
                if self._options.due:
                    scheduler.enqueue_due(site.slug, first_pages)
                else:
                    scheduler.enqueue(first_pages)
                if self._options.recheck:
                    scheduler.enqueue_known_articles(site.slug)

    def renders(self) -> bool:
        """Return whether pages of one of the sites are to be rendered."""
        return any(site.render != "none" for site in self._sites())

    def _sites(self) -> list[Site]:
        return [self.registry.get(slug) for slug in self._options.sites] or self.registry.enabled()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Yield no requests: the frontier's scheduler makes them."""
        requests: tuple[scrapy.Request, ...] = ()
        for request in requests:
            yield request

    def request(self, known: KnownPage) -> scrapy.Request:
        """Return the request for a page, conditional on a change since its last visit."""
        page, history = known.page, known.history
        rendered = page.body is None and self.registry.get(page.site).is_rendered(page.role)
        # The data of a rendered page may be new even if its own bytes are not: its request is unconditional.
        headers = {} if rendered else {"If-None-Match": history.etag, "If-Modified-Since": history.last_modified}
        if page.section and page.url != (section := _without_fragment(page.section)):
            headers["Referer"] = _REFERER.referrer(section, page.url)  # some sites answer 404 without it
        meta: dict[str, Any] = {"download_slot": page.site, "cookiejar": page.site}
        if rendered:
            first_page, fragment = urldefrag(page.section or "")
            meta[RENDER_KEY] = fragment if first_page == page.url else ""
        if page.role == "file":
            meta[MAX_BODY_KEY] = self.registry.get(page.site).max_file or self.settings.getint("FANGZHI_MAX_BODY")
        if page.is_requisite:
            own = page.site if page.role == "requisite" else slot(self.registry, page.url)
            meta |= {REQUISITE_KEY: page.section, "download_slot": own, "cookiejar": own}
            meta[MAX_BODY_KEY] = self._max_requisite(page)
        if page.body is not None:
            headers |= {"Content-Type": f"{media_type(page.body)}; charset=UTF-8", "X-Requested-With": "XMLHttpRequest"}
        return scrapy.Request(
            page.url,
            method="POST" if page.body is not None else "GET",
            body=page.body or "",
            headers={name: value for name, value in headers.items() if value},
            callback=self.parse,
            errback=self.failed,
            meta=meta,
            dont_filter=True,
        )

    def files(self, page: Page, entry: Entry) -> tuple[Page, ...]:
        """Return the files in a page's articles that are to be fetched."""
        return files_of(page, entry, self.registry)

    def is_over_budget(self, page: Page) -> bool:
        """Tell whether the page that needs a requisite has used up its bytes."""
        return self._budget.bytes_left(page.section or "", self.registry.get(page.site).page_bytes) == 0

    def archived(self, page: Page, requisite: Requisite) -> None:
        """Count the bytes of a requisite in the budgets of its page and of its site's day.

        A script that a browser requested to render a page is known from now on.
        """
        size = requisite.location.length if requisite.location else 0
        self._budget.add_bytes((page.section if page.is_requisite else page.url) or "", size)
        self._scheduler.count_requisite(page.site, size)
        if not page.is_requisite:
            self._scheduler.add_requested(Page(url=requisite.url, site=page.site, role="requisite", section=page.url))

    def parse(self, response: Response) -> Iterator[Job]:
        """Yield a job for each capture, and enqueue the links of a list page."""
        request = cast("scrapy.Request", response.request)
        yield from self._scheduler.watch(request, self._read(request, response))

    def failed(self, failure: Failure) -> Iterator[Job]:
        """Report a failed request; the captures made before the failure are archived."""
        request = failure.request  # type: ignore[attr-defined]
        complete = not isinstance(failure.value, NotRequested)
        yield from self._scheduler.watch(request, super().failed(failure), why=self.why(failure), complete=complete)

    def _read(self, request: scrapy.Request, response: Response) -> Iterator[Job]:
        """Enqueue a page's links before it is archived: the links of every catalogued page have been followed."""
        jobs = list(self.jobs(request))
        page = request.meta[VISIT].known.page
        scripts: list[Job] = []
        try:
            if self._is_whole(page):
                scripts += self.script_jobs(request, page.url)
                is_new = request.meta[VISIT].known.history.visited_at is None
                renew = is_new or not self._archived_before.repeated_by(jobs[-1].capture)
                self._enqueue_requisites(jobs, page, {job.capture.url for job in scripts}, renew=renew)
            if page.role == "list" and jobs[-1].recipe.role == "list":
                self._enqueue_links(jobs[-1], request.meta[VISIT])
            elif page.role == "article" and response.status == 200:
                self._enqueue_parts(response, page)
        finally:
            yield from scripts
            yield from jobs

    def _is_whole(self, page: Page) -> bool:
        """Tell whether a page is archived with its requisites, or is itself one, which may need others."""
        mode = self._options.page or self.registry.get(page.site).page
        return page.is_requisite or (mode == "whole" and page.role != "file")

    def _enqueue_requisites(self, jobs: Iterable[Job], page: Page, fetched: Collection[str], *, renew: bool) -> None:
        """Enqueue what a page, a style sheet or a frame is shown with, as far as the budget of the page allows.

        `fetched` are the URLs that a browser requested while it rendered the page. Without `renew`, for a page with the
        bytes of its last capture, requisites that are known are not requested again.
        """
        shown = page.section if page.is_requisite and page.section else page.url
        site = self.registry.get(page.site)
        known = self._known_requisites | set(fetched) if fetched else self._known_requisites
        wanted = list(requisite_pages(jobs, site, shown, self.registry, known))
        if not wanted:
            return
        left = self._budget.files_left(shown, site.page_files)
        queued = self._scheduler.enqueue_requisites(wanted, limit=left, renew=renew)
        self._budget.add_files(shown, len(queued))
        if renew and len(queued) < left:  # else some may have been refused, which another page may still get
            self._known_requisites.update(each.url for each in wanted)
        if len(self._known_requisites) > MAX_KNOWN_REQUISITES:
            self._known_requisites.clear()

    def _max_requisite(self, page: Page) -> int:
        site = self.registry.get(page.site)
        most = site.max_file or self.settings.getint("FANGZHI_MAX_BODY")
        return max(1, min(most, self._budget.bytes_left(page.section or "", site.page_bytes)))

    def _enqueue_parts(self, response: Response, page: Page) -> None:
        """Enqueue the further pages of an article."""
        if further := parts(response.body.decode("latin-1"), response.url):
            self._scheduler.enqueue(evolve(page, url=url) for url in further)

    def _enqueue_links(self, job: Job, visit: Visit) -> None:
        """Enqueue a list's articles and further pages."""
        page = visit.known.page
        site = self.registry.get(page.site)
        text = decode(job.capture, job.recipe.charset, data=True)
        if isinstance(text, Rejection):
            return
        is_fallback = False
        for section in _sections(site, page):
            fragment = urldefrag(section.url).fragment if page.body is None else page.body
            url = f"{_without_fragment(job.capture.final_url)}#{fragment}".rstrip("#")
            listing = FAMILIES[site.family].listing(text, url)
            if site.family == GENERIC.name and page.list_page_number == 1 and listing == Listing():
                listing = Listing(lists=list_requests(self.sitemap_urls(job.capture.final_url)))
            is_fallback = is_fallback or listing.is_fallback
            visit.script_only = visit.script_only or bool(listing.lists or (listing.pages and not listing.articles))
            links = [link for link in listing.articles if self.registry.find(link.url) == site]
            visit.article_links += len(links)
            visit.listed_days |= {link.listed_on for link in links if link.listed_on}
            visit.new_articles += self._enqueue_listing(listing, links, site, section, page.list_page_number)
        if is_fallback:
            self.crawler.signals.send_catch_log(LIST_FALLBACK, site=site, url=page.url)

    def _enqueue_listing(
        self, listing: Listing, links: list[Link], site: Site, section: Section, list_page_number: int
    ) -> int:
        """Enqueue a listing's articles and the list pages that follow it; return the number of new articles."""
        wanted = [link for link in links if self._is_wanted(link)]
        new_count = self._enqueue_articles(wanted, site, section)
        repeats = bool(links) and links == self._last_links.get(section.url)  # the server ignores the page number
        self._last_links[section.url] = links
        self._empty_pages[section.url] = 0 if links or list_page_number == 1 else self._empty_pages[section.url] + 1
        enough = self._options.limit is not None and self._new_articles[site.slug] >= self._options.limit
        searching = not links and self._empty_pages[section.url] < MAX_EMPTY_PAGES
        goes_on = not enough and (new_count or searching or (wanted and self._options.full and not repeats))
        if goes_on or list_page_number == 1:
            self._scheduler.enqueue(self._list_pages(listing.lists, site, section, list_page_number))
        if goes_on:
            for number, request in enumerate(listing.pages[: listing.pages_to_request], list_page_number + 1):
                if number <= (MAX_PAGES if self._options.full else section.depth):
                    self._scheduler.enqueue(self._list_pages((request,), site, section, number))
        return new_count

    def _enqueue_articles(self, links: list[Link], site: Site, section: Section) -> int:
        left = None if self._options.limit is None else max(0, self._options.limit - self._new_articles[site.slug])
        pages = [Page(url=link.url, site=site.slug, section=section.url) for link in links]
        new = self._scheduler.enqueue(pages, limit=left)
        self._new_articles[site.slug] += len(new)
        return len(new)

    def _list_pages(
        self, requests: Iterable[ListRequest], site: Site, section: Section, list_page_number: int
    ) -> Iterator[Page]:
        """Yield the list pages that are on the site."""
        for request in requests:
            if self.registry.find(request.url) == site:
                yield self._list_page(request, site, section, list_page_number)

    def _is_wanted(self, link: Link) -> bool:
        return not (self._options.since and link.listed_on and link.listed_on < self._options.since)

    @staticmethod
    def _list_page(request: ListRequest, site: Site, section: Section, list_page_number: int) -> Page:
        return Page(
            url=_without_fragment(request.url),
            site=site.slug,
            role="list",
            section=section.url,
            list_page_number=list_page_number,
            body=request.body,
        )


def _sections(site: Site, page: Page) -> list[Section]:
    """Return the sections of a list page: sections whose URLs differ in the fragment only have the same first page."""
    first_page = page.url if page.list_page_number == 1 else None
    return [
        section
        for section in site.sections
        if page.section == section.url or _without_fragment(section.url) == first_page
    ]


def _without_fragment(url: str) -> str:
    return urldefrag(url).url
