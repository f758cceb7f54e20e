"""A browser without a network of its own: it shows a page, and whoever calls answers all that the page asks for.

Two locks keep it off the network: every request is intercepted, and what would not be is sent to a proxy whose name
never resolves. It is handed no cookie and keeps nothing from one page to the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from attrs import frozen

from pipelines.errors import ConfigError, PageError

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Page, Playwright, Route

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What the program is called by Debian, by Ubuntu and others, and by Google."""

RESOURCE_TYPES = ("script", "xhr", "fetch")
"""What a page is given: all that can change its text. Pictures, fonts, media, style sheets and frames cannot."""

MAX_REQUESTS = 40
"""Requests that one page may make: portals load 10 to 30 scripts and lists; what asks for more polls or counts."""

MAX_PAGE_SECONDS = 90.0
"""Seconds for one page: 30 for it to run, and 30 requests at the pace of 2 s that sites are given by default."""

IDLE_SHARE = 0.8
"""The part of that after which a page that is never idle, because it polls, is read as it is."""

MAX_OPEN_PAGES = 2
"""Pages shown at once: each takes some 100 MB and most of a core."""

_OFFLINE_OPTIONS = (
    "--proxy-server=http://proxy.invalid",  # a name that never resolves (RFC 6761 §6.4)
    "--proxy-bypass-list=<-loopback>",  # else loopback would not go by the proxy
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # else WebRTC would send datagrams past the proxy
    "--disable-quic",
)


class NotRendered(PageError):
    """A browser could not show a page."""

    def __init__(self, why: str, url: str) -> None:
        super().__init__(f"a browser could not show it: {why}", url, "the page is archived as it came; try later")


@frozen(kw_only=True)
class BrowserRequest:
    """What a page asks for: an absolute URL, header names in lower case, `kind` one of TYPES."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    kind: str


@frozen(kw_only=True)
class BrowserResponse:
    """What it gets; `body` has no content-encoding."""

    status: int
    headers: Mapping[str, str]
    body: bytes


NO_NAVIGATION = BrowserResponse(status=204, headers={}, body=b"")
"""What a page gets that leads elsewhere: it stays as it is, where a failure would put an error's page in its place."""

BrowserFetch = Callable[[BrowserRequest], Awaitable[BrowserResponse | None]]
"""Answers what a page asks for; None lets the request fail."""


def find_browser(named: str | None = None) -> str:
    """Return the path of the browser that is named, or else of the first there is; raises ConfigError."""
    if find_spec("playwright") is None:
        raise ConfigError("rendering needs Playwright, which is not installed", hint='pip install "fangzhi[render]"')
    found = next(filter(None, map(shutil.which, (named,) if named else BROWSER_NAMES)), None)
    if found is None:
        said = f"the browser {named} is not there" if named else f"rendering needs one of {', '.join(BROWSER_NAMES)}"
        raise ConfigError(said, hint="install Chromium (apt install chromium), or name it: FANGZHI_BROWSER=/path/to/it")
    return found


class Browser:
    """Shows pages, each in a profile of its own; it starts with the first of them."""

    def __init__(self, path: str, user_agent: str, seconds: float = MAX_PAGE_SECONDS) -> None:
        """Take the program that `find_browser` found, what it says that it is, and the time that a page may take."""
        self._path, self._user_agent, self._seconds = path, user_agent, seconds
        self._starting = asyncio.Lock()
        self._open_pages = asyncio.Semaphore(MAX_OPEN_PAGES)
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    @property
    def name(self) -> str:
        """What it is, such as `Chromium/150.0.7871.100`; known once it has shown a page."""
        return f"Chromium/{self._chromium.version}" if self._chromium else "Chromium"

    async def show(self, url: str, page: BrowserResponse, fetch: BrowserFetch) -> str:
        """Return the HTML of a page, which is given, once its scripts have run; raises NotRendered."""
        from playwright.async_api import Error

        try:
            async with self._open_pages:
                context = await self._context()
                try:
                    async with asyncio.timeout(self._seconds):
                        return await _PageRun(url, page, fetch).run(context, self._seconds * IDLE_SHARE)
                finally:
                    with contextlib.suppress(Error):
                        await context.close()
        except TimeoutError as error:
            raise NotRendered(f"it was not done in {self._seconds:g} s", url) from error
        except Error as error:
            raise NotRendered(error.message.partition("\n")[0], url) from error

    async def close(self) -> None:
        """End the browser, if it was started."""
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
                    handle_sigint=False,  # the first Ctrl-C lets what is in flight be finished
                )
        return await self._chromium.new_context(
            accept_downloads=False,
            locale="zh-CN",
            service_workers="block",
            timezone_id="Asia/Shanghai",
            user_agent=self._user_agent,
        )


class _PageRun:
    """One page being shown."""

    def __init__(self, url: str, page: BrowserResponse, fetch: BrowserFetch) -> None:
        self._url, self._answer, self._fetch = url, page, fetch
        self._document_served = False
        self._requests_left = MAX_REQUESTS

    async def run(self, context: BrowserContext, seconds: float) -> str:
        """Return what the page is once it asks for nothing more, or after so many seconds."""
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
