"""List pages that hold no list: those that send the browser on, and those that show another page's list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from crawler.families.family import Link, ListRequest, asks
from crawler.families.rows import parse, resolve
from crawler.families.selection import is_section

MOST_FRAMES = 3
"""Frames that are looked at: a column has one with its list, beside those of a search form and of the weather."""


def elsewhere(html: str, url: str, links: Sequence[Link]) -> tuple[ListRequest, ...]:
    """Return the lists that a page shows in frames, or the one that it sends on to where it has no articles itself."""
    found = frames(html, url)
    return asks(found if found or links else forwards(html, url)[:1])


def forwards(html: str, url: str) -> tuple[str, ...]:
    """Return the pages to which a page without text of its own sends browsers; none where it stays."""
    from pipelines.parse.extract import client_redirects

    targets = dict.fromkeys(
        target for each in client_redirects.client_redirects(html, url) if (target := resolve(each, url))
    )
    return tuple(target for target in targets if target != resolve(url, url))


def frames(html: str, url: str) -> tuple[str, ...]:
    """Return the lists that a page shows in frames: pages of its own host that look like lists by their URL."""
    if "<iframe" not in html.lower() and "<frame" not in html.lower():
        return ()
    return tuple(dict.fromkeys(_lists(html, url)))[:MOST_FRAMES]


def _lists(html: str, url: str) -> Iterator[str]:
    page = parse(html)
    for frame in page.iter("iframe", "frame") if page is not None else ():
        target = resolve(frame.get("src"), url)
        if target and target != url and urlsplit(target).netloc == urlsplit(url).netloc and is_section(target):
            yield target
