"""What a browser shows of archived pages, by the player and without network: kept as pictures or PDFs."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from crawler.download.browser import Browser, BrowserResponse, NotRendered
from crawler.player.address import Address
from crawler.player.nearest import Held
from crawler.player.play import Holdings, play
from pipelines.archive.renditions import RenditionForm, Renditions

ORIGIN = "http://player.invalid"
"""The origin of the player in the browser: a name that never resolves (RFC 6761 §6.4)."""

USER_AGENT = "fangzhi"
"""Nobody sees it: all requests are answered from the archive."""


def make_renditions(
    holdings: Holdings,
    pages: Iterable[Held],
    form: RenditionForm,
    browser_path: str,
    out: Renditions,
    on_failure: Callable[[Held, NotRendered], None],
) -> int:
    """Write what a browser shows of archived pages and return their number; `browser_path` is from `find_browser`."""

    def answer(url: str) -> BrowserResponse | None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            return None
        found = play(holdings, parts.path + (f"?{parts.query}" if parts.query else ""))
        return BrowserResponse(status=found.status, headers=dict(found.headers), body=found.body) if found else None

    async def make() -> int:
        browser, made = Browser(browser_path, USER_AGENT), 0
        try:
            for held in pages:
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
