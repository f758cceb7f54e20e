"""开普 UCAP: static lists, and lists from its two APIs, the search and getInfoCommon."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawler.families.answers import (
    api_link,
    get_nested,
    json_answer,
    json_objects,
    script_setting,
    to_count,
    with_page_number,
)
from crawler.families.family import Family, Link, Listing, ListRequest, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.list_shapes import is_section
from crawler.families.paging import MAX_PAGES, pager_pages, script_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_HEX32 = r"[0-9a-f]{32}"
_FINGERPRINTS = re.compile(
    rf"""\bid\s*=\s*["']?UCAP-CONTENT\b | <ucap(?:content|title)\b                     # containers of an article
    | /(?:common/)?search(?:List)?/{_HEX32}\b | /info/getInfoCommon\b            # the APIs
    | createPageHTML\s*\(\s*['"]page_div['"]                                     # the paging script
    | name=["']?manuscriptId\b                                                   # a meta tag of articles""",
    re.VERBOSE | re.IGNORECASE,
)
_SEARCH_PATH = re.compile(rf"/(?:common/)?search(?:List)?/{_HEX32}$", re.IGNORECASE)
_COMMON_PATH = re.compile(r"/info/getInfoCommon/?$", re.IGNORECASE)
# The URL of one of the APIs, in quotes.
_API_URL = re.compile(
    rf"""["']
    (?P<path>(?:https?:)?[^"'\s<>?]*
      (?:/(?:common/)?search(?:List)?/(?:{_HEX32})?        # the search, with or without the channel
        |/info/getInfoCommon/?))
    (?P<query>\?[^"'\s<>]*)?
    ["']""",
    re.VERBOSE | re.IGNORECASE,
)
# A list page, such as /zwgk/common_list_2.shtml.
_LIST_PATH = re.compile(r"/(?:\w+_)?(?:common|nav|dc|info)?_?x?list(?:_\d+)?\.s?html?$")
_ROWS_PER_PAGE = 15
"""Rows that a request asks for if the page's script does not set their number."""


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return bool(_SEARCH_PATH.search(path) or _COMMON_PATH.search(path) or _LIST_PATH.search(path)) or is_section(url)


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, which has its list or a script that loads it, or the answer of one of the two APIs."""
    path, here = urlsplit(url).path, url.partition("#")[0]
    if _SEARCH_PATH.search(path):
        return _read_answer(get_nested(json_answer(text), "data"), here, ("results", "url", "publishedTimeStr"), "page")
    if _COMMON_PATH.search(path):
        return _read_answer(json_answer(text), here, ("infolist", "link", "pubtime"), "currpage")
    if api := _first_page_url(text, here):
        return Listing(lists=(ListRequest(url=api),))
    page_rows = list(rows(text, here))
    pages = script_pages(text, here) or pager_pages(text, page_rows, here)
    return Listing(articles=articles(article_rows(page_rows)), pages=list_requests(pages))


def _first_page_url(html: str, url: str) -> str | None:
    """Return the API's URL that a page's script loads for the first page of its list; None if it loads none."""
    channel = re.search(rf"channel_?id[\"']?\s*[:=]\s*[\"']({_HEX32})\b", html, re.IGNORECASE)
    for called in _API_URL.finditer(html):
        api = urljoin(url, called["path"])
        parameters = dict(parse_qsl((called["query"] or "").lstrip("?")))
        if _COMMON_PATH.search(urlsplit(api).path):
            hex_id = parameters.get("channelid") or (channel[1] if channel else "")
            size = to_count(parameters.get("pagesize")) or to_count(script_setting(html, "pagesize")) or _ROWS_PER_PAGE
            if hex_id:
                return f"{api}?pagesize={size}&currpage=1&channelid={hex_id}"
        elif api.endswith("/") and channel:
            api += channel[1]
        if _SEARCH_PATH.search(urlsplit(api).path):
            size = (
                to_count(parameters.get("_pageSize")) or to_count(script_setting(html, "_pageSize")) or _ROWS_PER_PAGE
            )
            return f"{api}?_isAgg=true&_isJson=true&_pageSize={size}&_template=index&page=1"
    return None


def _read_answer(answer: Any, url: str, names: tuple[str, str, str], counter: str) -> Listing:
    """Read an API's answer; `names` are those of its array, and of URL and date in the array's objects.

    `counter` is the query parameter with the page number. Titles may contain markup.
    """
    array, address, day = names
    items = list(json_objects(get_nested(answer, array)))
    links: list[Link | None] = [api_link(url, each.get(address), each.get("title"), each.get(day)) for each in items]
    page = to_count(dict(parse_qsl(urlsplit(url).query)).get(counter, 1))
    further = (
        list_requests([with_page_number(url, counter, page + 1)])
        if items and page < min(_page_total(answer, len(items), url), MAX_PAGES)
        else ()
    )
    return Listing(articles=tuple(filter(None, links)), pages=further)


def _page_total(answer: Any, shown: int, url: str) -> int:
    """Return the number of pages; if the API does not say it, there is a next page after every full page."""
    query = dict(parse_qsl(urlsplit(url).query))
    rows_a_page = (
        to_count(get_nested(answer, "rows"))
        or to_count(query.get("_pageSize") or query.get("pagesize"))
        or _ROWS_PER_PAGE
    )
    for name in ("total", "totalcount", "totalCount", "count"):
        if total := to_count(get_nested(answer, name)):
            return -(-total // rows_a_page)
    return MAX_PAGES if shown >= rows_a_page else 0


UCAP = Family(
    name="ucap",
    recognise=lambda html, url: find_fingerprint(_FINGERPRINTS, html, url),
    listing=_listing,
    is_article=is_article_url,
    is_list=_is_list,
    recipes=(
        Recipe(name="ucap/1", body=("ucapcontent", "#UCAP-CONTENT", ".pages_content")),
        Recipe(name="ucap/2", role="list"),
    ),
)
