"""What a browser shows of archived pages, by the player and without network: kept as pictures or PDFs."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from crawler.download.browser import Browser, BrowserResponse, NotRendered
from crawler.player.address import Address
from crawler.player.nearest import Held
from crawler.player.play import Holdings, play
from pipelines.archive.rendition_index import RenditionForm
from pipelines.archive.renditions import Renditions

ORIGIN = "http://player.invalid"
"""The origin of the player in the browser: a name that never resolves (RFC 6761 §6.4)."""

USER_AGENT = "fangzhi"
"""Nobody sees it: all requests are answered from the archive."""

MAX_PAGE_SECONDS = 30.0
"""Maximum seconds for a page: it takes about one, as nothing comes from the network, and more on a busy machine."""


def make_renditions(
    holdings: Holdings,
    pages: Iterable[Held],
    form: RenditionForm,
    browser_path: str,
    out: Renditions,
    on_failure: Callable[[Held, NotRendered], None],
    goes_on: Callable[[], bool] = lambda: True,
) -> int:
    """Write what a browser shows of archived pages and return their number; `browser_path` is from `find_browser`.

    `goes_on` is asked before each page.
    """

    def answer(url: str) -> BrowserResponse | None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            return None
        found = play(holdings, parts.path + (f"?{parts.query}" if parts.query else ""))
        return BrowserResponse(status=found.status, headers=dict(found.headers), body=found.body) if found else None

    async def make() -> int:
        browser, made = Browser(browser_path, USER_AGENT, MAX_PAGE_SECONDS), 0
        try:
            for held in itertools.takewhile(lambda _held: goes_on(), pages):
                address = Address(url=held.final_url, at=held.at, mode="mp_")
                try:
                    body = await browser.rendition(ORIGIN + address.path(), answer, form)
                except NotRendered as error:
                    on_failure(held, error)
                    continue
                out.put(holdings.capture(held), form, body, browser.name, dt.datetime.now(dt.UTC))
                made += 1
        finally:
            await browser.close()
        return made

    return asyncio.run(make())
