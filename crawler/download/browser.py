"""A headless browser without network access: it renders a page, and the caller answers all requests of the page.

Two measures keep it off the network: every request is intercepted, and any request that is not goes to a proxy whose
name never resolves. The browser gets no cookies and keeps nothing from one page to the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from attrs import frozen

from pipelines.errors import ConfigError, PageError
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Page, Playwright, Route

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Names of the program: Debian's, that of Ubuntu and others, and Google's."""

RESOURCE_TYPES = ("script", "xhr", "fetch")
"""Types of resources that a page may load: those that can change its text. Images, fonts, media, style sheets and
frames cannot."""

MAX_REQUESTS = 40
"""Maximum number of requests of a page: portals load 10 to 30 scripts and lists; pages with more poll or count visits.
"""

MAX_PAGE_SECONDS = 90.0
"""Maximum seconds for a page: 30 s to run, and 30 requests at the default delay of 2 s."""

IDLE_SHARE = 0.8
"""The part of a page's time after which it is read as it is, even if it is not idle because it polls."""

MAX_OPEN_PAGES = 2
"""Maximum number of pages that are rendered at the same time: each needs about 100 MB and most of a core."""

MAX_SHOWN_PIXELS = 16_000
"""Maximum width and height of a picture of a page: Chromium draws no picture of more than 16,384 pixels."""

_OFFLINE_OPTIONS = (
    "--proxy-server=http://proxy.invalid",  # a name that never resolves (RFC 6761 §6.4)
    "--proxy-bypass-list=<-loopback>",  # otherwise loopback would bypass the proxy
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # otherwise WebRTC would send datagrams around the proxy
    "--disable-quic",
)


class NotRendered(PageError):
    """A browser could not render a page."""

    def __init__(self, why: str, url: str) -> None:
        super().__init__(f"a browser could not render it: {why}", url, "the unrendered page is archived; try later")


@frozen(kw_only=True)
class BrowserRequest:
    """A request of a page: an absolute URL, header names in lower case, `kind` one of `RESOURCE_TYPES`."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    kind: str


@frozen(kw_only=True)
class BrowserResponse:
    """The response to a request of a page; `body` has no content-encoding."""

    status: int
    headers: Mapping[str, str]
    body: bytes


NO_NAVIGATION = BrowserResponse(status=204, headers={}, body=b"")
"""The response to a navigation: with status 204 the page stays; after a failure an error page would replace it."""

BrowserFetch = Callable[[BrowserRequest], Awaitable[BrowserResponse | None]]
"""Answers a request of a page; None makes the request fail."""


def find_browser(named: str | None = None) -> str:
    """Return the path of the named browser, else of the first installed one; raises ConfigError if there is none."""
    if find_spec("playwright") is None:
        raise ConfigError(_("rendering needs Playwright, which is not installed"), hint='pip install "fangzhi[render]"')
    found = next(filter(None, map(shutil.which, (named,) if named else BROWSER_NAMES)), None)
    if found is None:
        problem = (
            _("the browser {named} was not found", named=named)
            if named
            else _("rendering needs one of {names}", names=BROWSER_NAMES)
        )
        hint = _("install Chromium (apt install chromium), or set its path: FANGZHI_BROWSER=/path/to/it")
        raise ConfigError(problem, hint=hint)
    return found


class Browser:
    """Renders pages, each in a separate profile. The program starts with the first page."""

    def __init__(self, path: str, user_agent: str, seconds: float = MAX_PAGE_SECONDS) -> None:
        """Take the path from `find_browser`, the User-Agent header, and the maximum seconds for a page."""
        self._path, self._user_agent, self._seconds = path, user_agent, seconds
        self._starting = asyncio.Lock()
        self._open_pages = asyncio.Semaphore(MAX_OPEN_PAGES)
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    @property
    def name(self) -> str:
        """Name and version, such as `Chromium/150.0.7871.100`; without version before the first page."""
        return f"Chromium/{self._chromium.version}" if self._chromium else "Chromium"

    async def show(self, url: str, page: BrowserResponse, fetch: BrowserFetch) -> str:
        """Return the HTML of `page` after its scripts have run; raises NotRendered."""
        async with self._open_pages, self._new_context(url) as context:
            return await _PageRendering(url, page, fetch).run(context, self._seconds * IDLE_SHARE)

    async def rendition(self, url: str, answer: Callable[[str], BrowserResponse | None], form: str) -> bytes:
        """Return a picture (`png`) or a document (`pdf`) of a page; raises NotRendered.

        `answer` answers each URL that is requested, first that of the page; None makes the request fail.
        """

        async def respond(route: Route) -> None:
            found = answer(route.request.url) if route.request.method == "GET" else None
            if found is None:
                await route.abort()
            else:
                await route.fulfill(status=found.status, headers=dict(found.headers), body=found.body)

        async with self._new_context(url) as context:
            page = await context.new_page()
            await context.route("**/*", respond)
            await context.route_web_socket("**/*", lambda socket: socket.close())
            await page.goto(url, wait_until="load", timeout=self._seconds * 1000)
            return await _shown(page, form)

    @contextlib.asynccontextmanager
    async def _new_context(self, url: str) -> AsyncIterator[BrowserContext]:
        """Yield a context for a page, which is closed in the end; raises NotRendered for errors and for its time."""
        from playwright.async_api import Error

        try:
            context = await self._context()
            try:
                async with asyncio.timeout(self._seconds):
                    yield context
            finally:
                with contextlib.suppress(Error):
                    await context.close()
        except TimeoutError as error:
            raise NotRendered(_("it took more than {seconds:g} s", seconds=self._seconds), url) from error
        except Error as error:
            raise NotRendered(error.message.partition("\n")[0], url) from error

    async def close(self) -> None:
        """Stop the browser, if it was started."""
        from playwright.async_api import Error

        with contextlib.suppress(Error):
            if self._chromium:
                await self._chromium.close()
            if self._playwright:
                await self._playwright.stop()

    async def _context(self) -> BrowserContext:
        from playwright.async_api import async_playwright

        async with self._starting:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            if self._chromium is None or not self._chromium.is_connected():
                self._chromium = await self._playwright.chromium.launch(
                    executable_path=self._path,
                    args=list(_OFFLINE_OPTIONS),
                    chromium_sandbox=os.geteuid() != 0,  # Chromium refuses to start as root with it
                    handle_sigint=False,  # after the first Ctrl-C the requests in flight are finished
                )
        return await self._chromium.new_context(
            accept_downloads=False,
            locale="zh-CN",
            service_workers="block",
            timezone_id="Asia/Shanghai",
            user_agent=self._user_agent,
        )


async def _shown(page: Page, form: str) -> bytes:
    """Return what a browser shows of a page, from its top to its end or to the largest height."""
    if form == "pdf":
        return await page.pdf(print_background=True)
    width, height = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    wide, high = (max(min(each, MAX_SHOWN_PIXELS), 1) for each in (width, height))
    return await page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": wide, "height": high})


class _PageRendering:
    """The rendering of one page."""

    def __init__(self, url: str, page: BrowserResponse, fetch: BrowserFetch) -> None:
        self._url, self._answer, self._fetch = url, page, fetch
        self._document_served = False
        self._requests_left = MAX_REQUESTS

    async def run(self, context: BrowserContext, seconds: float) -> str:
        """Return the page's HTML once it makes no more requests, or after this many seconds."""
        from playwright.async_api import TimeoutError as Late

        idle_by = asyncio.get_running_loop().time() + seconds
        page = await context.new_page()
        await context.route("**/*", lambda route: self._route(page, route))
        await context.route_web_socket("**/*", lambda socket: socket.close())
        await page.goto(self._url, wait_until="domcontentloaded", timeout=seconds * 1000)
        left = max(idle_by - asyncio.get_running_loop().time(), 0.1)
        with contextlib.suppress(Late):
            await page.wait_for_load_state("networkidle", timeout=left * 1000)
        html: str = await page.content()
        return html

    async def _route(self, page: Page, route: Route) -> None:
        from playwright.async_api import Error

        answer = await self._response_to(page, route)
        with contextlib.suppress(Error):  # the page may be closed by now
            if answer is None:
                await route.abort()
            else:
                await route.fulfill(status=answer.status, headers=dict(answer.headers), body=answer.body)

    async def _response_to(self, page: Page, route: Route) -> BrowserResponse | None:
        request = route.request
        if request.resource_type == "document":
            first = not self._document_served and request.frame == page.main_frame
            self._document_served = True
            return self._answer if first else NO_NAVIGATION
        if request.resource_type not in RESOURCE_TYPES or not self._requests_left:
            return None
        self._requests_left -= 1
        return await self._fetch(
            BrowserRequest(
                url=request.url,
                method=request.method,
                headers=request.headers,
                body=request.post_data_buffer or b"",
                kind=request.resource_type,
            )
        )
