"""Pages that scripts write are shown by a browser, whose every request takes the way that ours take."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Protocol, cast
from urllib.parse import urldefrag

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.datatypes import LocalCache

from crawler.download.browser import Answer, Asked, Browser, NotRendered, find_browser
from crawler.download.capture import captures, remember, rendered
from crawler.download.client_redirect import DEEPEST, FORWARDED
from crawler.download.ssrf import check_url
from crawler.frontier.dupefilter import slot
from crawler.sites.registry import Registry
from pipelines.model import Capture
from pipelines.parse.decode import decode

log = logging.getLogger(__name__)

RENDER = "render"
"""In `request.meta` of a page that a browser is to show: the fragment that its address has there, mostly empty."""

SCRIPTS = 64
"""Scripts that are kept from page to page of a crawl: those of some ten sites, each asked for once."""

LONGEST_SCRIPT = 1 << 20
"""Bytes of the longest of them; libraries have under 500 KB, and 64 of 1 MB are no burden."""

_OURS = ("accept-encoding", "accept-language", "cookie", "host", "user-agent")
"""Header fields of a request that are not the page's to say."""

_WIRE = ("connection", "content-encoding", "content-length", "location", "refresh", "set-cookie", "transfer-encoding")
"""Header fields of an answer that speak of its way over the wire, or of what is not the browser's to do."""


class Shows(Protocol):
    """A spider that may have pages shown."""

    registry: Registry

    def renders(self) -> bool:
        """Tell whether it will ask for pages to be shown by a browser."""


class Render:
    """Adds to the captures of a page that is to be shown what a browser made of it, and hands that on.

    The page itself is not asked for again. Its scripts and data are asked for through Scrapy's middlewares: robots.txt,
    pace, cookies, redirects, limits and guard are those of every request. Challenges are left as they are.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._scripts: LocalCache[str, Answer] = LocalCache(SCRIPTS)
        self._browser = self._found() if cast("Shows", crawler.spider).renders() else None
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Render:
        """Make the middleware; raises ConfigError where pages are to be shown and there is no browser."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return a page as the browser shows it, if it is to be shown; raises NotRendered, ConfigError without one."""
        made = captures(request)
        if RENDER not in request.meta or not made or not _is_page(made[-1]):
            return response
        page = made[-1]
        self._browser = self._browser or self._found()
        url = "#".join(filter(None, (urldefrag(response.url).url, request.meta[RENDER])))
        html = await self._browser.show(url, _answer(response), self._fetch)
        if len(html) > self._crawler.settings.getint("FANGZHI_MAX_BODY"):
            raise NotRendered(f"its scripts made {len(html)} characters of it", page.final_url)
        capture = rendered(page, html, self._browser.name, dt.datetime.now(dt.UTC))
        remember(request, capture)
        return response.replace(body=capture.body)

    def _found(self) -> Browser:
        settings = self._crawler.settings
        return Browser(find_browser(settings["FANGZHI_BROWSER"]), settings["USER_AGENT"])

    async def _close(self) -> None:
        if self._browser:
            await self._browser.close()

    async def _fetch(self, asked: Asked) -> Answer | None:
        """Answer what a page asks for as we are answered; a script that was asked for before is not again."""
        held = self._scripts.get(asked.url) if asked.kind == "script" else None
        if held:
            return held
        try:
            response = await self._crawler.engine.download_async(self._request(asked))
        except Exception as error:  # noqa: BLE001 - whatever keeps it from coming, the page goes on without it
            log.info("%s, for a page that is shown, does not come: %s", asked.url, error)
            return None
        answer = _answer(response)
        if 300 <= answer.status < 400:
            return None
        if asked.kind == "script" and answer.status == 200 and len(answer.body) <= LONGEST_SCRIPT:
            self._scripts[asked.url] = answer
        return answer

    def _request(self, asked: Asked) -> Request:
        """Return the request for what a page asks for; raises PageError where its address may not be fetched."""
        url = check_url(asked.url, allow_private=self._crawler.settings.getbool("FANGZHI_ALLOW_PRIVATE"))
        own = slot(cast("Shows", self._crawler.spider).registry, url)
        told = {name: value for name, value in asked.headers.items() if not name.startswith("sec-")}
        return Request(
            url,
            method=asked.method,
            headers={name: value for name, value in told.items() if name not in _OURS},
            body=asked.body,
            meta={"download_slot": own, "cookiejar": own, FORWARDED: DEEPEST},
            dont_filter=True,
        )


def _is_page(capture: Capture) -> bool:
    """Tell whether a capture is a whole page of HTML, and no challenge: those are not to be got past."""
    from pipelines.parse.extract.refusals import challenge  # few crawls have pages shown

    if capture.status != 200 or capture.method != "GET" or capture.truncated:
        return False
    html = decode(capture)
    return isinstance(html, str) and challenge(html, capture) is None


def _answer(response: Response) -> Answer:
    told = {name.decode("latin-1").lower(): values for name, values in response.headers.items()}
    headers = {name: b", ".join(values).decode("latin-1") for name, values in told.items() if name not in _WIRE}
    return Answer(status=response.status, headers=headers, body=response.body)
