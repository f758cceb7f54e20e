"""开普 UCAP: static lists, lists from its search, and lists from getInfoCommon."""

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
from crawler.families.paging import MAX_PAGES, link_pages, script_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles, is_section
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_HEX32 = r"[0-9a-f]{32}"
_FINGERPRINTS = re.compile(
    rf"""\bid=["']?UCAP-CONTENT\b | <ucap(?:content|title)\b | /(?:common/)?search(?:List)?/{_HEX32}\b
    | /info/getInfoCommon\b | createPageHTML\s*\(\s*['"]page_div['"] | name=["']?manuscriptId\b""",
    re.VERBOSE | re.IGNORECASE,
)
_SEARCH_PATH = re.compile(rf"/(?:common/)?search(?:List)?/{_HEX32}$", re.IGNORECASE)
_COMMON_PATH = re.compile(r"/info/getInfoCommon/?$", re.IGNORECASE)
_API_URL = re.compile(
    rf"""["'](?P<path>(?:https?:)?[^"'\s<>?]*(?:/(?:common/)?search(?:List)?/(?:{_HEX32})?|/info/getInfoCommon/?))
    (?P<query>\?[^"'\s<>]*)?["']""",
    re.VERBOSE | re.IGNORECASE,
)
_LIST_PATH = re.compile(r"/(?:\w+_)?(?:common|nav|dc|info)?_?x?list(?:_\d+)?\.s?html?$")
_ROWS_PER_PAGE = 15


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return bool(_SEARCH_PATH.search(path) or _COMMON_PATH.search(path) or _LIST_PATH.search(path)) or is_section(url)


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, which may hold its list or call for it, or what one of the two APIs answers."""
    path, here = urlsplit(url).path, url.partition("#")[0]
    if _SEARCH_PATH.search(path):
        return _read_answer(get_nested(json_answer(text), "data"), here, ("results", "url", "publishedTimeStr"), "page")
    if _COMMON_PATH.search(path):
        return _read_answer(json_answer(text), here, ("infolist", "link", "pubtime"), "currpage")
    if api := _first_page_url(text, here):
        return Listing(lists=(ListRequest(url=api),))
    found = list(rows(text, here))
    pages = script_pages(text, here) or link_pages(found, here)
    return Listing(articles=articles(article_rows(found)), pages=list_requests(pages))


def _first_page_url(html: str, url: str) -> str | None:
    """Return the API that a page's script calls for the first page of its list, None where it calls none."""
    channel = re.search(rf"channel_?id[\"']?\s*[:=]\s*[\"']({_HEX32})\b", html, re.IGNORECASE)
    for called in _API_URL.finditer(html):
        api = urljoin(url, called["path"])
        told = dict(parse_qsl((called["query"] or "").lstrip("?")))
        if _COMMON_PATH.search(urlsplit(api).path):
            hex_id = told.get("channelid") or (channel[1] if channel else "")
            size = to_count(told.get("pagesize")) or to_count(script_setting(html, "pagesize")) or _ROWS_PER_PAGE
            if hex_id:
                return f"{api}?pagesize={size}&currpage=1&channelid={hex_id}"
        elif api.endswith("/") and channel:
            api += channel[1]
        if _SEARCH_PATH.search(urlsplit(api).path):
            size = to_count(told.get("_pageSize")) or to_count(script_setting(html, "_pageSize")) or _ROWS_PER_PAGE
            return f"{api}?_isAgg=true&_isJson=true&_pageSize={size}&_template=index&page=1"
    return None


def _read_answer(found: Any, url: str, names: tuple[str, str, str], counter: str) -> Listing:
    """Read an answer whose array and whose objects' address and day have these names; titles may hold markup."""
    array, address, day = names
    told = list(json_objects(get_nested(found, array)))
    links: list[Link | None] = [api_link(url, each.get(address), each.get("title"), each.get(day)) for each in told]
    page = to_count(dict(parse_qsl(urlsplit(url).query)).get(counter, 1))
    further = (
        list_requests([with_page_number(url, counter, page + 1)])
        if told and page < min(_page_total(found, len(told), url), MAX_PAGES)
        else ()
    )
    return Listing(articles=tuple(filter(None, links)), pages=further)


def _page_total(found: Any, shown: int, url: str) -> int:
    """Return how many pages there are; an API that does not say so goes on where a page is full."""
    query = dict(parse_qsl(urlsplit(url).query))
    rows_a_page = (
        to_count(get_nested(found, "rows"))
        or to_count(query.get("_pageSize") or query.get("pagesize"))
        or _ROWS_PER_PAGE
    )
    for name in ("total", "totalcount", "totalCount", "count"):
        if total := to_count(get_nested(found, name)):
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
