"""What CMSs have in common that list by links: rows that lead to articles, and a pager below them."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.families.family import Family, Listing, asks
from crawler.families.fingerprints import mark
from crawler.families.frames import elsewhere
from crawler.families.paging import link_pages
from crawler.families.rows import LinkRow, rows
from crawler.families.selection import article_rows, articles, is_section
from crawler.families.url_patterns import dialect
from pipelines.model import Recipe

Pager = Callable[[list[LinkRow], str], tuple[str, ...]]


def is_known_article(url: str) -> bool:
    """Tell by its URL alone that a page is an article."""
    return dialect(url) is not None


def linked(
    name: str,
    marks: str,
    recipe: Recipe,
    *,
    pager: Pager = link_pages,
    is_list: Callable[[str], bool] = is_section,
    free: bool = False,
) -> Family:
    """Return the family of a CMS that lists by links.

    `marks` is a verbose pattern met in its pages and in no other CMS's. Where it leaves the shape of its articles' URLs
    to each site (`free`), they are told as on unknown sites, by headline, day and company; else by their URL alone.
    """
    pattern = re.compile(marks, re.VERBOSE | re.IGNORECASE)

    def listing(html: str, url: str) -> Listing:
        found = list(rows(html, url))
        chosen = article_rows(found) if free else [row for row in found if is_known_article(row.url)]
        links = articles(chosen)
        return Listing(articles=links, pages=asks(pager(found, url)), lists=elsewhere(html, url, links))

    return Family(
        name=name,
        recognise=lambda html, url: mark(pattern, html, url),
        listing=listing,
        is_article=is_known_article,
        is_list=is_list,
        recipes=(recipe,),
    )
