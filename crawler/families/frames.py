"""List pages whose list is on another page: client-side redirects (meta refresh, script), and frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from crawler.families.family import Link, ListRequest, list_requests
from crawler.families.list_shapes import is_section
from crawler.families.rows import parse_html, resolve

MAX_FRAMES = 3
"""Frames of a page that are read: a column has one with its list, and often one with a search form or the weather."""


def frames_and_redirects(html: str, url: str, links: Sequence[Link]) -> tuple[ListRequest, ...]:
    """Return the lists in a page's frames; if it has neither frames nor `links`, the target of its redirect."""
    framed = frames(html, url)
    return list_requests(framed if framed or links else client_redirects(html, url)[:1])


def client_redirects(html: str, url: str) -> tuple[str, ...]:
    """Return the targets of the client-side redirects of a page without text of its own."""
    from pipelines.parse.extract import client_redirects as redirects

    targets = dict.fromkeys(target for each in redirects.client_redirects(html, url) if (target := resolve(each, url)))
    return tuple(target for target in targets if target != resolve(url, url))


def frames(html: str, url: str) -> tuple[str, ...]:
    """Return the lists in a page's frames: pages of the same host whose URL looks like a list's."""
    if "<iframe" not in html.lower() and "<frame" not in html.lower():
        return ()
    return tuple(dict.fromkeys(_lists(html, url)))[:MAX_FRAMES]


def _lists(html: str, url: str) -> Iterator[str]:
    page = parse_html(html)
    for frame in page.iter("iframe", "frame") if page is not None else ():
        target = resolve(frame.get("src"), url)
        if target and target != url and urlsplit(target).netloc == urlsplit(url).netloc and is_section(target):
            yield target
