"""Hanweb JPaaS (大汉): a page consists of units, and a gateway builds each unit separately."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from crawler.families.answers import get_nested, json_answer, to_count
from crawler.families.family import Family, Link, Listing, ListRequest, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.list_shapes import is_section
from crawler.families.paging import MAX_PAGES, link_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_API_PATH = "/front/page/build/unit"
_FINGERPRINTS = re.compile(r"\bunitbuild\.js\b|jpaas-publish-server")
_UNIT_SCRIPT = re.compile(r"<script\b[^<>]{0,3000}\bunitbuild\.js\b[^<>]{0,3000}>", re.IGNORECASE)
# An attribute of a unit's script: name, value in double quotes, value in single quotes.
_ATTRIBUTE = re.compile(r"""\b(url|querydata)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_IDS = ("webId", "tplSetId", "pageId", "tagId")

# The name of a unit with a list; other units are menus and footers. If no unit has such a name, all are requested.
_LIST_UNIT_NAME = re.compile(r"列表|list|分页|当前栏目|信息|内容", re.IGNORECASE)

# The number of rows in a unit's pager: <div class="pagination" count="92" …>, or the same in its script.
_PAGER_COUNT = re.compile(r"\b(?:count|total|totalRecord|totalCount)\b[\"']?\s*[:=]\s*[\"']?(\d{1,7})\b")
_ROWS_PER_PAGE = 15
"""Rows that a request asks for."""


def _listing(text: str, url: str) -> Listing:
    """Read a column's page with the ids of its units, or one unit from the gateway."""
    if _API_PATH in urlsplit(url).path:
        return _read_unit(text, url)
    units = list(_units(text))
    if not units:
        return Listing(articles=_page_articles(text, url), pages=list_requests(link_pages(rows(text, url), url)))
    wanted = [unit for unit in units if _LIST_UNIT_NAME.search(unit[1]["tagId"])] or units
    return Listing(lists=tuple(dict.fromkeys(_unit_request(urljoin(url, api), ids, 1) for api, ids in wanted)))


def _units(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the gateway's path and the ids of each unit; an attribute has the ids as an object, in any quotes."""
    for script in _UNIT_SCRIPT.findall(html):
        attributes = {name.lower(): unescape(double or single) for name, double, single in _ATTRIBUTE.findall(script)}
        try:
            ids = json.loads(attributes.get("querydata", "").replace("'", '"'))
        except (ValueError, RecursionError):
            continue
        if isinstance(ids, dict) and all(ids.get(name) for name in _IDS):
            yield attributes.get("url") or _GATEWAY, {name: str(value) for name, value in ids.items()}


def _unit_request(api: str, ids: dict[str, str], page: int) -> ListRequest:
    """Return the request for a page of a unit; its number is in `paramJson`, the gateway ignores a bare parameter."""
    fixed = {"parseType": "bulidstatic", "pageType": "column"}
    query = fixed | ids | {"paramJson": json.dumps({"pageNo": page, "pageSize": _ROWS_PER_PAGE}, separators=(",", ":"))}
    return ListRequest(url=f"{api}?{urlencode(query)}")


def _read_unit(text: str, url: str) -> Listing:
    html = get_nested(json_answer(text), "data", "html")
    if not isinstance(html, str):
        return Listing()
    here = url.partition("#")[0]
    query = {name: values[-1] for name, values in parse_qs(urlsplit(here).query, keep_blank_values=True).items()}
    params = json_answer(query.pop("paramJson", ""))
    page, count = to_count(params.get("pageNo")), _PAGER_COUNT.search(html)
    rows_a_page = to_count(params.get("pageSize")) or _ROWS_PER_PAGE
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
