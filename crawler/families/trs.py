"""TRS WCM (拓尔思): the CMS of most provincial and many municipal governments."""

from __future__ import annotations

import re

from crawler.families.family import Family, Listing, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.frames import frames_and_redirects
from crawler.families.generic import or_generic
from crawler.families.list_shapes import is_section
from crawler.families.paging import pager_pages, script_pages
from crawler.families.rows import rows
from crawler.families.selection import articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_FINGERPRINTS = re.compile(
    r"""\bclass\s*=\s*["']?[^"'<>]{0,200}?\b(?:TRS_Editor|TRS_UEDITOR|trs_editor_view)\b   # the editor's container
    | /t(?:19|20)\d{6}_\d+\.s?html?\b                                                     # an article's URL, on lists
    | \bcreatePageHTML\s*\( | \bcreatePage\s*\([^()]{0,100}["']index["']""",
    re.VERBOSE | re.IGNORECASE,
)


def _recognise(html: str, url: str) -> str:
    return find_fingerprint(_FINGERPRINTS, html, url)


def _listing(html: str, url: str) -> Listing:
    """Take every link whose URL has a known article pattern, else the articles that the generic rules find.

    The empty stub of a deep page gives an empty listing.
    """
    page_rows = list(rows(html, url))
    links = articles(row for row in page_rows if is_article_url(row.url))
    pages = script_pages(html, url) or pager_pages(html, page_rows, url)
    lists = frames_and_redirects(html, url, links)
    return or_generic(Listing(articles=links, pages=list_requests(pages), lists=lists), html, url)


# The container of the newest editor comes first: in a migrated page it contains those of the older editors.
_ARTICLE = Recipe(
    name="trs/1",
    body=(".trs_editor_view", ".TRS_UEDITOR", ".TRS_Editor", "#zoom", "#Zoom", ".article-content", "#UCAP-CONTENT"),
    prune=("style", "script"),
)

TRS = Family(
    name="trs",
    recognise=_recognise,
    listing=_listing,
    is_article=is_article_url,
    is_list=is_section,
    recipes=(_ARTICLE,),
)
