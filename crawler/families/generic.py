"""Pure. Sites of no known CMS: articles told by URL, headline and day, pages by their pager."""

from __future__ import annotations

from crawler.families.dialects import dialect
from crawler.families.family import Family, Listing, asks
from crawler.families.paging import link_pages, script_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles, is_section
from pipelines.model import Recipe


def _is_article(url: str) -> bool:
    return dialect(url) is not None


def _listing(html: str, url: str) -> Listing:
    found = list(rows(html, url))
    links = articles(article_rows(found))
    return Listing(articles=links, pages=asks(link_pages(found, url) or script_pages(html, url)))


GENERIC = Family(
    name="generic",
    recognise=lambda *_: True,
    listing=_listing,
    is_article=_is_article,
    is_list=is_section,
    # Extraction knows the body's usual places by itself; a site that needs other ones names them in its own recipe.
    recipes=(Recipe(name="generic/1"), Recipe(name="generic/2", role="list")),
)
