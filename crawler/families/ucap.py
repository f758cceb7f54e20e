"""开普 UCAP: static lists, lists from its search, and lists from getInfoCommon."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawler.families.answers import answer, link, number, objects, setting, turned, within
from crawler.families.family import Family, Link, Listing, ListRequest, asks
from crawler.families.fingerprints import mark
from crawler.families.paging import MAX_PAGES, link_pages, script_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles, is_section
from crawler.families.url_patterns import dialect
from pipelines.model import Recipe

_HEX = r"[0-9a-f]{32}"
_MARKS = re.compile(
    rf"""\bid=["']?UCAP-CONTENT\b | <ucap(?:content|title)\b | /(?:common/)?search(?:List)?/{_HEX}\b
    | /info/getInfoCommon\b | createPageHTML\s*\(\s*['"]page_div['"] | name=["']?manuscriptId\b""",
    re.VERBOSE | re.IGNORECASE,
)
_SEARCH = re.compile(rf"/(?:common/)?search(?:List)?/{_HEX}$", re.IGNORECASE)
_COMMON = re.compile(r"/info/getInfoCommon/?$", re.IGNORECASE)
_CALLED = re.compile(
    rf"""["'](?P<path>(?:https?:)?[^"'\s<>?]*(?:/(?:common/)?search(?:List)?/(?:{_HEX})?|/info/getInfoCommon/?))
    (?P<query>\?[^"'\s<>]*)?["']""",
    re.VERBOSE | re.IGNORECASE,
)
_LIST_PAGE = re.compile(r"/(?:\w+_)?(?:common|nav|dc|info)?_?x?list(?:_\d+)?\.s?html?$")
_ROWS = 15


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return bool(_SEARCH.search(path) or _COMMON.search(path) or _LIST_PAGE.search(path)) or is_section(url)


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, which may hold its list or call for it, or what one of the two APIs answers."""
    path, here = urlsplit(url).path, url.partition("#")[0]
    if _SEARCH.search(path):
        return _found(within(answer(text), "data"), here, ("results", "url", "publishedTimeStr"), "page")
    if _COMMON.search(path):
        return _found(answer(text), here, ("infolist", "link", "pubtime"), "currpage")
    if api := _called(text, here):
        return Listing(lists=(ListRequest(url=api),))
    found = list(rows(text, here))
    pages = script_pages(text, here) or link_pages(found, here)
    return Listing(articles=articles(article_rows(found)), pages=asks(pages))


def _called(html: str, url: str) -> str | None:
    """Return the API that a page's script calls for the first page of its list, None where it calls none."""
    channel = re.search(rf"channel_?id[\"']?\s*[:=]\s*[\"']({_HEX})\b", html, re.IGNORECASE)
    for called in _CALLED.finditer(html):
        api = urljoin(url, called["path"])
        told = dict(parse_qsl((called["query"] or "").lstrip("?")))
        if _COMMON.search(urlsplit(api).path):
            hex_id = told.get("channelid") or (channel[1] if channel else "")
            size = number(told.get("pagesize")) or number(setting(html, "pagesize")) or _ROWS
            if hex_id:
                return f"{api}?pagesize={size}&currpage=1&channelid={hex_id}"
        elif api.endswith("/") and channel:
            api += channel[1]
        if _SEARCH.search(urlsplit(api).path):
            size = number(told.get("_pageSize")) or number(setting(html, "_pageSize")) or _ROWS
            return f"{api}?_isAgg=true&_isJson=true&_pageSize={size}&_template=index&page=1"
    return None


def _found(found: Any, url: str, names: tuple[str, str, str], counter: str) -> Listing:
    """Read an answer whose array and whose objects' address and day have these names; titles may hold markup."""
    array, address, day = names
    told = list(objects(within(found, array)))
    links: list[Link | None] = [link(url, each.get(address), each.get("title"), each.get(day)) for each in told]
    page = number(dict(parse_qsl(urlsplit(url).query)).get(counter, 1))
    further = (
        asks([turned(url, counter, page + 1)]) if told and page < min(_pages(found, len(told), url), MAX_PAGES) else ()
    )
    return Listing(articles=tuple(filter(None, links)), pages=further)


def _pages(found: Any, shown: int, url: str) -> int:
    """Return how many pages there are; an API that does not say so goes on where a page is full."""
    query = dict(parse_qsl(urlsplit(url).query))
    rows_a_page = number(within(found, "rows")) or number(query.get("_pageSize") or query.get("pagesize")) or _ROWS
    for name in ("total", "totalcount", "totalCount", "count"):
        if total := number(within(found, name)):
            return -(-total // rows_a_page)
    return MAX_PAGES if shown >= rows_a_page else 0


UCAP = Family(
    name="ucap",
    recognise=lambda html, url: mark(_MARKS, html, url),
    listing=_listing,
    is_article=lambda url: dialect(url) is not None,
    is_list=_is_list,
    recipes=(
        Recipe(name="ucap/1", body=("ucapcontent", "#UCAP-CONTENT", ".pages_content")),
        Recipe(name="ucap/2", role="list"),
    ),
)
