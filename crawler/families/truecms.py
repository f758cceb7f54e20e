"""truecms (南通, 海门, 如皋 and others): the first records are in the column's page, the others in getMessage.do."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawler.families.answers import json_answer, script_setting, to_count, xml_count, xml_records
from crawler.families.family import Family, Link, Listing, ListRequest
from crawler.families.fingerprints import find_fingerprint
from crawler.families.list_shapes import is_section
from crawler.families.paging import link_pages
from crawler.families.rows import parse_html, rows
from crawler.families.selection import article_rows, articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_API_PATH = re.compile(r"/messageController/getMessage\.do$", re.IGNORECASE)
_API_URL = re.compile(r"""["']([^"'\s<>?]*/messageController/getMessage\.do)""", re.IGNORECASE)
_FINGERPRINTS = re.compile(
    r"""/messageController/getMessage\.do                                       # the API
    | /truecms/
    | /content/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.s?html?\b           # an article's URL, on lists""",
    re.IGNORECASE | re.VERBOSE,
)
_COLUMN_PATH = re.compile(r"/(\w+)/\1\.s?html?$")  # a column's page has the name of its folder: /rgs/xwzx/xwzx.html

_MAX_RECORDS = 50
"""Maximum number of records in a request: servers of 南通 answer a request for 100 with none; no answer had over 50."""

_DEFAULT_RECORDS = 20
"""Records of a page if the script does not set their number."""


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return bool(_API_PATH.search(path) or _COLUMN_PATH.search(path)) or is_section(url)


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, or the answer of getMessage.do: a data store in XML, alone or within JSON or JSONP."""
    if _API_PATH.search(urlsplit(url).path):
        return _read_answer(text, url)
    called, column = _API_URL.search(text), script_setting(text, "columnId")
    if not called or not column:
        page_rows = list(rows(text, url))
        return Listing(articles=articles(article_rows(page_rows)), pages=_pager_requests(text, url))
    shown, links = _embedded_records(text, url)
    total = to_count(script_setting(text, "totalRecord"))
    size = min(to_count(script_setting(text, "perPage")) or _DEFAULT_RECORDS, _MAX_RECORDS)
    first = _records_request(urljoin(url, called[1]), column, shown + 1, size)
    if not shown:
        return Listing(lists=(first,))
    return Listing(articles=links, pages=(first,) if shown < total else ())


def _embedded_records(html: str, url: str) -> tuple[int, tuple[Link, ...]]:
    """Return the number of records in a column's page and their articles; the rest of the page is menus."""
    page, pieces = parse_html(html), xml_records(html)
    if not pieces and page is not None:
        from lxml.html import tostring

        page.rewrite_links(str.strip)  # lxml would serialise spaces around URLs as %20
        pieces = [tostring(row, encoding="unicode") for row in page.xpath("//*[@id='initData']//li")]
    return len(pieces), _record_articles(pieces, url)


def _read_answer(text: str, url: str) -> Listing:
    here = url.partition("#")[0]
    result = json_answer(text).get("result")
    store = result if isinstance(result, str) else text
    query = dict(parse_qsl(urlsplit(here).query))
    pieces, last, size = xml_records(store), to_count(query.get("endrecord")), to_count(query.get("perpage"))
    further = pieces and size and last < (xml_count(store, "totalrecord") or (last + 1 if len(pieces) >= size else 0))
    following = _records_request(here.partition("?")[0], query.get("columnId", ""), last + 1, size)
    return Listing(articles=_record_articles(pieces, urljoin(here, "/")), pages=(following,) if further else ())


def _records_request(api: str, column: str, first: int, size: int) -> ListRequest:
    """Return the request for `size` records from number `first`, counted from 1."""
    window = f"startrecord={first}&endrecord={first + size - 1}&perpage={size}"
    return ListRequest(url=f"{api}?{window}&contentTemplate=&columnId={column}")


def _record_articles(pieces: list[str], url: str) -> tuple[Link, ...]:
    return articles(article_rows(list(rows("".join(f"<div>{piece}</div>" for piece in pieces), url))))


def _pager_requests(html: str, url: str) -> tuple[ListRequest, ...]:
    return tuple(ListRequest(url=page) for page in link_pages(rows(html, url), url))


TRUECMS = Family(
    name="truecms",
    recognise=lambda html, url: find_fingerprint(_FINGERPRINTS, html, url),
    listing=_listing,
    is_article=is_article_url,
    is_list=_is_list,
    recipes=(Recipe(name="truecms/1", body=("#zoom", "#Zoom", ".zoomcon")), Recipe(name="truecms/2", role="list")),
)
