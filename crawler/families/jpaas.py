"""Hanweb JPaaS (大汉): pages put together of units, of which a gateway builds each by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from crawler.families.answers import get_nested, json_answer, to_count
from crawler.families.family import Family, Link, Listing, ListRequest, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.paging import MAX_PAGES, link_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles, is_section
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_API_PATH = "/front/page/build/unit"
_FINGERPRINTS = re.compile(r"\bunitbuild\.js\b|jpaas-publish-server")
_UNIT_SCRIPT = re.compile(r"<script\b[^<>]{0,3000}\bunitbuild\.js\b[^<>]{0,3000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(url|querydata)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_IDS = ("webId", "tplSetId", "pageId", "tagId")

# Other units are menus and footers; where none is named as a list, each of them is looked at.
_LIST_UNIT_NAME = re.compile(r"列表|list|分页|当前栏目|信息|内容", re.IGNORECASE)

# What the pager of a unit's markup says: <div class="pagination" count="92" …>, or the same in its script.
_PAGER_COUNT = re.compile(r"\b(?:count|total|totalRecord|totalCount)\b[\"']?\s*[:=]\s*[\"']?(\d{1,7})\b")
_ROWS_PER_PAGE = 15


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, which names the units that it is put together of, or one unit as the gateway built it."""
    if _API_PATH in urlsplit(url).path:
        return _read_unit(text, url)
    units = list(_units(text))
    if not units:
        return Listing(articles=_page_articles(text, url), pages=list_requests(link_pages(rows(text, url), url)))
    wanted = [unit for unit in units if _LIST_UNIT_NAME.search(unit[1]["tagId"])] or units
    return Listing(lists=tuple(dict.fromkeys(_unit_request(urljoin(url, api), ids, 1) for api, ids in wanted)))


def _units(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield gateway and ids of each unit of a page; the ids are written as an object in an attribute, in any quotes."""
    for script in _UNIT_SCRIPT.findall(html):
        told = {name.lower(): unescape(double or single) for name, double, single in _ATTRIBUTE.findall(script)}
        try:
            ids = json.loads(told.get("querydata", "").replace("'", '"'))
        except (ValueError, RecursionError):
            continue
        if isinstance(ids, dict) and all(ids.get(name) for name in _IDS):
            yield told.get("url") or _GATEWAY, {name: str(value) for name, value in ids.items()}


def _unit_request(api: str, ids: dict[str, str], page: int) -> ListRequest:
    """Return how a page of a unit is asked for: `paramJson` counts, a bare page number is passed over."""
    usual = {"parseType": "bulidstatic", "pageType": "column"}
    query = usual | ids | {"paramJson": json.dumps({"pageNo": page, "pageSize": _ROWS_PER_PAGE}, separators=(",", ":"))}
    return ListRequest(url=f"{api}?{urlencode(query)}")


def _read_unit(text: str, url: str) -> Listing:
    html = get_nested(json_answer(text), "data", "html")
    if not isinstance(html, str):
        return Listing()
    here = url.partition("#")[0]
    query = {name: values[-1] for name, values in parse_qs(urlsplit(here).query, keep_blank_values=True).items()}
    asked = json_answer(query.pop("paramJson", ""))
    page, count = to_count(asked.get("pageNo")), _PAGER_COUNT.search(html)
    rows_a_page = to_count(asked.get("pageSize")) or _ROWS_PER_PAGE
    links = _page_articles(html, urljoin(here, "/"))
    goes_on = page * rows_a_page < int(count[1]) if count else len(links) >= rows_a_page
    further = (_unit_request(here.partition("?")[0], query, page + 1),) if page and goes_on and page < MAX_PAGES else ()
    return Listing(articles=links, pages=further if links else ())


def _page_articles(html: str, url: str) -> tuple[Link, ...]:
    return articles(article_rows(list(rows(html, url))))


JPAAS = Family(
    name="jpaas",
    recognise=lambda html, url: find_fingerprint(_FINGERPRINTS, html, url),
    listing=_listing,
    is_article=is_article_url,
    is_list=lambda url: _API_PATH in urlsplit(url).path or is_section(url),
    recipes=(
        Recipe(name="jpaas/1", body=("#con_con", ".ccontent", "comment:ZJEG_RSS.content", "#zoom")),
        Recipe(name="jpaas/2", role="list"),
    ),
)
