"""Sitemaps (sitemaps.org and Google News), and RSS and Atom feeds."""

from __future__ import annotations

import datetime as dt
import io
import re
from calendar import timegm
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from crawler.families.answers import china_day
from crawler.families.family import Link, Listing, list_requests
from crawler.families.rows import day_in, parse_html, resolve
from crawler.families.selection import article_urls, articles_by_day

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SITEMAP = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_FEED = re.compile(r"<(?:rss|feed|(?:\w+:)?RDF)\b")
_ITEM = re.compile(r"<(?:item|entry)\b", re.IGNORECASE)
_TYPE = re.compile(r"^\s*application/(?:rss|atom|rdf)\+xml", re.IGNORECASE)

MAX_PROLOGUE_CHARS = 4_000
"""Characters in which the root element must begin: only a style sheet reference and a licence stand before it."""

MAX_FEED_ITEMS = 1_000
"""Entries of a feed that are read: feeds have 10 to 100, and 30,000 entries without end tags take 16 s."""

MAX_SITEMAP_ENTRIES = 50_000
"""Entries of a sitemap that are read: the protocol allows no more."""


def discover_feeds(html: str, url: str) -> dict[str, str]:
    """Return the URLs of the feeds in a page's <link rel="alternate"> elements, with their titles, in page order.

    >>> discover_feeds('<link rel="alternate" type="application/rss+xml" title="要闻" href="/rss.xml">', "http://a.cn/b/")
    {'http://a.cn/rss.xml': '要闻'}
    """
    page = parse_html(html) if "alternate" in html.lower() else None
    links = [link for link in page.iter("link") if _TYPE.match(link.get("type") or "")] if page is not None else []
    feeds = ((_join_url(url, (link.get("href") or "").strip()), link) for link in links if _is_alternate(link))
    return {to: link.get("title") or "" for to, link in feeds if to.startswith(("http://", "https://")) and to != url}


def _is_alternate(link: HtmlElement) -> bool:
    return "alternate" in (link.get("rel") or "").lower().split()


def read_feed(text: str, url: str) -> Listing | None:
    """Return the articles and sitemaps in a sitemap or a feed, newest first; None if the text is neither."""
    if _SITEMAP.search(text, 0, MAX_PROLOGUE_CHARS):
        return _read_sitemap(text, url)
    return (
        Listing(articles=articles_by_day(_feed_entries(text, url)))
        if _FEED.search(text, 0, MAX_PROLOGUE_CHARS)
        else None
    )


def _read_sitemap(text: str, url: str) -> Listing:
    """Read a sitemap; its sub-sitemaps are ordered by last change, then by the numbers in their URL, highest first."""
    from lxml import etree

    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        return Listing()
    maps = [
        (_child_text(entry, "lastmod"), _path_numbers(at), at) for entry, at in _entries_with_url(root, url, "sitemap")
    ]
    pages = dict.fromkeys(at for _, _, at in sorted(maps, reverse=True))
    return Listing(
        articles=articles_by_day(_sitemap_articles(root, url)), pages=list_requests(pages), pages_to_request=len(pages)
    )


def _sitemap_articles(root: Any, url: str) -> Iterator[Link]:
    """Yield the articles of a sitemap, which also has a site's columns and single pages."""
    entries = [(entry, to) for entry, at in _entries_with_url(root, url, "url") if (to := resolve(at, url))]
    likely = set(article_urls([to for _, to in entries]))
    for entry, to in entries:
        title = _child_text(entry, "title")
        if title or to in likely:
            yield Link(
                url=to,
                title=title,
                listed_on=day_in(_child_text(entry, "publication_date") or _child_text(entry, "lastmod")),
            )


def _entries_with_url(root: Any, url: str, name: str) -> Iterator[tuple[Any, str]]:
    """Yield a sitemap's entries with their absolute URL; many sites write relative ones, against the protocol."""
    for entry in islice(root.iter("{*}" + name), MAX_SITEMAP_ENTRIES):
        at = _child_text(entry, "loc")
        if at and not at.startswith(("http://", "https://")):
            at = _join_url(url, at)
        if at.startswith(("http://", "https://")):
            yield entry, at


def _join_url(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _child_text(entry: Any, name: str) -> str:
    """Return the text of the first element of this name, in any namespace: many sitemaps declare a wrong one."""
    return next((" ".join((each.text or "").split()) for each in entry.iter("{*}" + name)), "")


def _path_numbers(url: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,18}", urlsplit(url).path))


def _feed_entries(text: str, url: str) -> Iterator[Link]:
    import feedparser

    ends = islice(_ITEM.finditer(text), MAX_FEED_ITEMS, None)
    text = text[: end.start()] if (end := next(ends, None)) else text
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # As a stream of bytes: feedparser takes a str for a URL or a file name.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")), response_headers=headers, sanitize_html=False
    )
    for entry in parsed.entries:
        if to := resolve(entry.get("link"), url):
            yield Link(url=to, title=" ".join(entry.get("title", "").split()), listed_on=_entry_day(entry))


def _entry_day(entry: Any) -> dt.date | None:
    """Return an entry's date: as written if it has year, month and day in digits, else its time in China's zone."""
    written = entry.get("published") or entry.get("updated") or ""
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return day_in(written) or (china_day(timegm(moment)) if moment else None)
    except ValueError:  # a year out of range, as in 0000-00-00
        return None
