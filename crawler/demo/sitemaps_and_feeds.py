"""Lists for machines: an index of sitemaps by month with what else the site has, and a feed of the newest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from html import escape

from crawler.demo.model import Article
from crawler.demo.request_context import RequestContext

NEWEST = 5
"""Articles in the feed."""


def lists(desk: RequestContext) -> Iterator[str]:
    """Yield the address of the feed, of the index, and of each sitemap."""
    yield from ("/rss.xml", "/sitemap.xml")
    yield from (f"/sitemap-{month}.xml" for month in _months(desk))


def page(desk: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of a list for machines, or none if there is no such list."""
    if target == "/rss.xml":
        return "application/rss+xml", _feed(desk, desk.articles[:NEWEST])
    months = _months(desk)
    if target == "/sitemap.xml":
        maps = "".join(f"<sitemap><loc>/sitemap-{month}.xml</loc></sitemap>\n" for month in months)
        return "application/xml", _xml("sitemapindex", maps)
    month = target.removeprefix("/sitemap-").removesuffix(".xml")
    return ("text/xml", _xml("urlset", _map(desk, month))) if month in months else None


def _months(desk: RequestContext) -> list[str]:
    return sorted({f"{page.published:%Y-%m}" for page in desk.articles})


def _map(desk: RequestContext, month: str) -> str:
    columns = "".join(f"<url><loc>{section.path}</loc></url>\n" for section in desk.portal.sections)
    return columns + "".join(
        f"<url><loc>{escape(page.path)}</loc><lastmod>{page.published:%Y-%m-%d}</lastmod><news:news><news:title>"
        f"{escape(desk.title(page))}</news:title></news:news></url>\n"
        for page in desk.articles
        if f"{page.published:%Y-%m}" == month
    )


def _xml(root: str, entries: str) -> str:
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {spaces}>\n{entries}</{root}>\n'


def _feed(desk: RequestContext, pages: Iterable[Article]) -> str:
    items = "".join(
        f"<item><title>{escape(desk.title(page))}</title><link>{escape(page.path)}</link>"
        f"<pubDate>{format_datetime(page.published)}</pubDate></item>\n"
        for page in pages
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{desk.portal.name}</title>\n'
        f"{items}</channel></rss>\n"
    )
