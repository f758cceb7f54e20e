"""Hanweb JPaaS (大汉): pages put together of units, of which a gateway builds each by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from crawler.families.answers import answer, number, within
from crawler.families.family import Family, Link, Listing, ListRequest, asks
from crawler.families.fingerprints import mark
from crawler.families.paging import MAX_PAGES, link_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles, is_section
from crawler.families.url_patterns import dialect
from pipelines.model import Recipe

_API = "/front/page/build/unit"
_MARKS = re.compile(r"\bunitbuild\.js\b|jpaas-publish-server")
_UNIT = re.compile(r"<script\b[^<>]{0,3000}\bunitbuild\.js\b[^<>]{0,3000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(url|querydata)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_IDS = ("webId", "tplSetId", "pageId", "tagId")

# Other units are menus and footers; where none is named as a list, each of them is looked at.
_LISTS = re.compile(r"列表|list|分页|当前栏目|信息|内容", re.IGNORECASE)

# What the pager of a unit's markup says: <div class="pagination" count="92" …>, or the same in its script.
_COUNT = re.compile(r"\b(?:count|total|totalRecord|totalCount)\b[\"']?\s*[:=]\s*[\"']?(\d{1,7})\b")
_ROWS = 15


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, which names the units that it is put together of, or one unit as the gateway built it."""
    if _API in urlsplit(url).path:
        return _built(text, url)
    units = list(_units(text))
    if not units:
        return Listing(articles=_read(text, url), pages=asks(link_pages(rows(text, url), url)))
    wanted = [unit for unit in units if _LISTS.search(unit[1]["tagId"])] or units
    return Listing(lists=tuple(dict.fromkeys(_ask(urljoin(url, api), ids, 1) for api, ids in wanted)))


def _units(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield gateway and ids of each unit of a page; the ids are written as an object in an attribute, in any quotes."""
    for script in _UNIT.findall(html):
        told = {name.lower(): unescape(double or single) for name, double, single in _ATTRIBUTE.findall(script)}
        try:
            ids = json.loads(told.get("querydata", "").replace("'", '"'))
        except (ValueError, RecursionError):
            continue
        if isinstance(ids, dict) and all(ids.get(name) for name in _IDS):
            yield told.get("url") or _GATEWAY, {name: str(value) for name, value in ids.items()}


def _ask(api: str, ids: dict[str, str], page: int) -> ListRequest:
    """Return how a page of a unit is asked for: `paramJson` counts, a bare page number is passed over."""
    usual = {"parseType": "bulidstatic", "pageType": "column"}
    query = usual | ids | {"paramJson": json.dumps({"pageNo": page, "pageSize": _ROWS}, separators=(",", ":"))}
    return ListRequest(url=f"{api}?{urlencode(query)}")


def _built(text: str, url: str) -> Listing:
    html = within(answer(text), "data", "html")
    if not isinstance(html, str):
        return Listing()
    here = url.partition("#")[0]
    query = {name: values[-1] for name, values in parse_qs(urlsplit(here).query, keep_blank_values=True).items()}
    asked = answer(query.pop("paramJson", ""))
    page, count = number(asked.get("pageNo")), _COUNT.search(html)
    rows_a_page = number(asked.get("pageSize")) or _ROWS
    links = _read(html, urljoin(here, "/"))
    goes_on = page * rows_a_page < int(count[1]) if count else len(links) >= rows_a_page
    further = (_ask(here.partition("?")[0], query, page + 1),) if page and goes_on and page < MAX_PAGES else ()
    return Listing(articles=links, pages=further if links else ())


def _read(html: str, url: str) -> tuple[Link, ...]:
    return articles(article_rows(list(rows(html, url))))


JPAAS = Family(
    name="jpaas",
    recognise=lambda html, url: mark(_MARKS, html, url),
    listing=_listing,
    is_article=lambda url: dialect(url) is not None,
    is_list=lambda url: _API in urlsplit(url).path or is_section(url),
    recipes=(
        Recipe(name="jpaas/1", body=("#con_con", ".ccontent", "comment:ZJEG_RSS.content", "#zoom")),
        Recipe(name="jpaas/2", role="list"),
    ),
)
