"""Renders script-only pages in a browser, whose requests all go through Scrapy like any other request."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from typing import Protocol, cast
from urllib.parse import urldefrag

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.datatypes import LocalCache

from crawler.download.browser import Browser, BrowserRequest, BrowserResponse, NotRendered, find_browser
from crawler.download.capture import add_capture, captures, rendered
from crawler.download.client_redirect import MAX_CLIENT_REDIRECTS, REDIRECT_COUNT_KEY
from crawler.frontier.dupefilter import slot
from crawler.sites.registry import Registry
from pipelines.model import Capture
from pipelines.parse.decode import decode
from pipelines.storage.ssrf import check_url

logger = logging.getLogger(__name__)

RENDER_KEY = "render"
"""Key in `request.meta` of a page to be rendered: the fragment of its URL in the browser, usually empty."""

SCRIPTS_KEY = "rendering_scripts"
"""Key in `request.meta` of a page that was rendered: the captures of the scripts that the browser requested for it."""

MAX_CACHED_SCRIPTS = 64
"""Scripts that are cached during a crawl: those of about ten sites; each of them is fetched once."""

MAX_SCRIPT_BYTES = 1 << 20
"""Maximum size of a cached script in bytes: libraries have less than 500 KB, and 64 scripts of 1 MB fit in memory."""

_OWN_REQUEST_HEADERS = ("accept-encoding", "accept-language", "cookie", "host", "user-agent")
"""Request headers that Scrapy sets, not the page."""

_DROPPED_RESPONSE_HEADERS = (
    "connection",
    "content-encoding",
    "content-length",
    "location",
    "refresh",
    "set-cookie",
    "transfer-encoding",
)
"""Response headers that are not passed to the browser: those about the transfer, about cookies and about redirects."""


class RenderingSpider(Protocol):
    """A spider whose pages may be rendered."""

    registry: Registry

    def renders(self) -> bool:
        """Return whether the spider will request rendered pages."""


class Render:
    """Adds the capture of the rendered page to those of a page, and passes its HTML on as the response.

    The page itself is not fetched again. Its scripts and data are fetched through Scrapy's middlewares: robots.txt,
    throttling, cookies, redirects, limits and the check for private addresses apply as to any request. Anti-bot
    challenges are not rendered.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._scripts: LocalCache[str, BrowserResponse] = LocalCache(MAX_CACHED_SCRIPTS)
        self._browser = self._new_browser() if cast("RenderingSpider", crawler.spider).renders() else None
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Render:
        """Create the middleware; raises ConfigError if pages are to be rendered and there is no browser."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the rendered page if the request asks for it; raises NotRendered, or ConfigError without a browser."""
        made = captures(request)
        if RENDER_KEY not in request.meta or not made or not _is_page(made[-1]):
            return response
        page = made[-1]
        self._browser = self._browser or self._new_browser()
        url = "#".join(filter(None, (urldefrag(response.url).url, request.meta[RENDER_KEY])))
        html = await self._browser.show(url, _browser_response(response), functools.partial(self._fetch, request))
        if len(html) > self._crawler.settings.getint("FANGZHI_MAX_BODY"):
            raise NotRendered(f"the rendered page has {len(html)} characters", page.final_url)
        capture = rendered(page, html, self._browser.name, dt.datetime.now(dt.UTC))
        add_capture(request, capture)
        return response.replace(body=capture.body)

    def _new_browser(self) -> Browser:
        settings = self._crawler.settings
        return Browser(find_browser(settings["FANGZHI_BROWSER"]), settings["USER_AGENT"])

    async def _close(self) -> None:
        if self._browser:
            await self._browser.close()

    async def _fetch(self, page: Request, wanted: BrowserRequest) -> BrowserResponse | None:
        """Fetch what a page requests; scripts come from the cache if they were fetched before.

        The captures of its scripts are added to the request of the page: they are requisites, which need no second
        request.
        """
        cached = self._scripts.get(wanted.url) if wanted.kind == "script" else None
        if cached:
            return cached
        try:
            response = await self._crawler.engine.download_async(self._request(wanted))
        except Exception as error:  # noqa: BLE001 - whatever the reason, the page is rendered without this resource
            logger.info("%s, requested by a rendered page, was not fetched: %s", wanted.url, error)
            return None
        if wanted.kind == "script" and wanted.method == "GET" and response.request:
            page.meta.setdefault(SCRIPTS_KEY, []).extend(captures(response.request))
        answer = _browser_response(response)
        if 300 <= answer.status < 400:
            return None
        if wanted.kind == "script" and answer.status == 200 and len(answer.body) <= MAX_SCRIPT_BYTES:
            self._scripts[wanted.url] = answer
        return answer

    def _request(self, wanted: BrowserRequest) -> Request:
        """Return Scrapy's request for a request of a page; raises PageError if the URL may not be fetched."""
        url = check_url(wanted.url, allow_private=self._crawler.settings.getbool("FANGZHI_ALLOW_PRIVATE"))
        own = slot(cast("RenderingSpider", self._crawler.spider).registry, url)
        headers = {name: value for name, value in wanted.headers.items() if not name.startswith("sec-")}
        return Request(
            url,
            method=wanted.method,
            headers={name: value for name, value in headers.items() if name not in _OWN_REQUEST_HEADERS},
            body=wanted.body,
            meta={"download_slot": own, "cookiejar": own, REDIRECT_COUNT_KEY: MAX_CLIENT_REDIRECTS},
            dont_filter=True,
        )


def _is_page(capture: Capture) -> bool:
    """Return whether a capture is a complete HTML page and no challenge: fangzhi does not bypass challenges."""
    from pipelines.parse.extract.refusals import challenge  # few crawls render pages

    if capture.status != 200 or capture.method != "GET" or capture.truncated:
        return False
    html = decode(capture)
    return isinstance(html, str) and challenge(html, capture) is None


def _browser_response(response: Response) -> BrowserResponse:
    fields = {name.decode("latin-1").lower(): values for name, values in response.headers.items()}
    headers = {
        name: b", ".join(values).decode("latin-1")
        for name, values in fields.items()
        if name not in _DROPPED_RESPONSE_HEADERS
    }
    return BrowserResponse(status=response.status, headers=headers, body=response.body)
