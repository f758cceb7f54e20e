"""Extract the articles of a page that is in memory, as a fetch of it would, without archive and network."""

from __future__ import annotations

import codecs
import datetime as dt
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import ConfigError
from pipelines.model import Capture, Entry, Verdict
from pipelines.text.urls import split_url

if TYPE_CHECKING:
    from crawler.sites.registry import Registry


def read_html(
    html: str | bytes,
    *,
    url: str,
    fetched_at: dt.datetime | None = None,
    content_type: str = "",
    registry: Iterable[str | Path] = (),
) -> Entry:
    """Return the entry that `fangzhi fetch` would print for a page, with its articles or the reason why it has none.

    The entry has an `outcome`, `article` or `rejected`; its `articles` are several if the page has several. It is not
    compared with earlier captures, so its verdict is always `new`, and its `location` is None.

    `url` decides which site and CMS family the page belongs to, and completes relative links. `fetched_at` is the time
    of the capture, with a time zone; the default is now. It decides which recipes are valid and which dates are in the
    future. Bytes are decoded as in a browser, `content_type` is the header of their response; a `str` is decoded
    already. `registry` names folders with the TOML files of further sites.

    A page is extracted in this process, and is rejected as `parser-error` after a minute. Raises ConfigError if an
    argument is wrong; a page never raises.
    """
    from crawler.sites.folders import load
    from pipelines.dedupe.verdict import fingerprint
    from pipelines.line.order import make_entry
    from pipelines.line.workers import read_page_here

    folders = [Path(folder) for folder in registry]
    sites = load(*folders) if folders else _own_sites()
    capture = _capture(html, url, fetched_at or dt.datetime.now(dt.UTC), content_type)
    job = sites.job(capture)
    outcome = read_page_here(job)
    return make_entry(job, outcome, fingerprint(capture, outcome), Verdict(kind="new"), None)


def _capture(html: str | bytes, url: str, fetched_at: dt.datetime, content_type: str) -> Capture:
    """Return a page as the capture of a successful request; a byte order mark keeps a `str` as it was decoded."""
    if split_url(url).scheme not in ("http", "https") or not split_url(url).hostname:
        raise ConfigError(f"url: {url!r} is not the URL of a page", hint="valid are http://… and https://…")
    if fetched_at.tzinfo is None:
        raise ConfigError(f"fetched_at: {fetched_at} has no time zone", hint="for example datetime.now(timezone.utc)")
    body = codecs.BOM_UTF8 + html.encode("utf-8", "replace") if isinstance(html, str) else html
    headers = (("Content-Type", content_type),) if content_type else ()
    return Capture(url=url, final_url=url, fetched_at=fetched_at, status=200, headers=headers, body=body)


@functools.cache
def _own_sites() -> Registry:
    """Return the sites that come with fangzhi: reading their files takes longer than extracting a page."""
    from crawler.sites.folders import load

    return load()
