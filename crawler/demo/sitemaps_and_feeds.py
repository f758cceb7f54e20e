"""A sitemap index with one sitemap for each month, and an RSS feed of the newest articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from html import escape

from crawler.demo.model import DemoArticle
from crawler.demo.request_context import RequestContext

FEED_ITEMS = 5
"""Number of articles in the feed. The sitemaps list all articles."""


def list_addresses(context: RequestContext) -> Iterator[str]:
    """Yield the addresses of the feed, of the sitemap index and of each sitemap."""
    yield from ("/rss.xml", "/sitemap.xml")
    yield from (f"/sitemap-{month}.xml" for month in _months(context))


def page(context: RequestContext, target: str) -> tuple[str, str] | None:
    """Return media type and text of the feed or sitemap at this address, or None if there is none."""
    if target == "/rss.xml":
        return "application/rss+xml", _feed(context, context.articles[:FEED_ITEMS])
    months = _months(context)
    if target == "/sitemap.xml":
        sitemaps = "".join(f"<sitemap><loc>/sitemap-{month}.xml</loc></sitemap>\n" for month in months)
        return "application/xml", _xml("sitemapindex", sitemaps)
    month = target.removeprefix("/sitemap-").removesuffix(".xml")
    return ("text/xml", _xml("urlset", _sitemap(context, month))) if month in months else None


def _months(context: RequestContext) -> list[str]:
    return sorted({f"{article.published:%Y-%m}" for article in context.articles})


def _sitemap(context: RequestContext, month: str) -> str:
    sections = "".join(f"<url><loc>{section.path}</loc></url>\n" for section in context.portal.sections)
    return sections + "".join(
        f"<url><loc>{escape(article.path)}</loc><lastmod>{article.published:%Y-%m-%d}</lastmod><news:news><news:title>"
        f"{escape(context.title(article))}</news:title></news:news></url>\n"
        for article in context.articles
        if f"{article.published:%Y-%m}" == month
    )


def _xml(root: str, entries: str) -> str:
    namespaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {namespaces}>\n{entries}</{root}>\n'


def _feed(context: RequestContext, articles: Iterable[DemoArticle]) -> str:
    items = "".join(
        f"<item><title>{escape(context.title(article))}</title><link>{escape(article.path)}</link>"
        f"<pubDate>{format_datetime(article.published)}</pubDate></item>\n"
        for article in articles
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{context.portal.name}</title>\n'
        f"{items}</channel></rss>\n"
    )
