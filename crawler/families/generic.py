"""Sites of no known CMS: articles are recognised by URL, title and date, further pages by the pager."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from attrs import evolve

from crawler.families.family import Family, Listing, list_requests
from crawler.families.feeds import discover_feeds, read_feed
from crawler.families.frames import frames_and_redirects
from crawler.families.list_shapes import is_section
from crawler.families.paging import pager_pages, script_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_FEED_URL = re.compile(r"\.xml(?:\.gz)?$|/(?:feed|rss|atom)/?$", re.IGNORECASE)


def _is_list(url: str) -> bool:
    return is_section(url) or bool(_FEED_URL.search(urlsplit(url).path))


def _listing(html: str, url: str) -> Listing:
    """Read a sitemap, a feed, or a page of links.

    If the page has no articles, the listing leads to its frames, to the target of its redirect, or to its feeds.
    """
    if listing := read_feed(html, url):
        return listing
    page_rows = list(rows(html, url))
    links = articles(article_rows(page_rows))
    pages = pager_pages(html, page_rows, url) or script_pages(html, url)
    lists = frames_and_redirects(html, url, links) or (() if links else list_requests(discover_feeds(html, url)))
    return Listing(articles=links, pages=list_requests(pages), lists=lists)


def or_generic(listing: Listing, html: str, url: str) -> Listing:
    """Return a listing, or that of the generic rules if a family recognises none of a page's articles by their URLs.

    A site may have changed the form of its URLs. The pages that follow are those which the family found, if any.
    """
    if listing.articles or listing.lists:
        return listing
    other = _listing(html, url)
    return evolve(other, pages=listing.pages or other.pages, is_fallback=True) if other.articles else listing


GENERIC = Family(
    name="generic",
    recognise=lambda *_: "a page",
    listing=_listing,
    is_article=is_article_url,
    is_list=_is_list,
    # Extraction knows the usual containers of an article's text; a site with other containers needs its own recipe.
    recipes=(Recipe(name="generic/1"), Recipe(name="generic/2", role="list")),
)
