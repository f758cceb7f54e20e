"""Hanweb JCMS (大汉版通): page 1 of a list is in the HTML, the others come from dataproxy.jsp or search.jsp."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

from crawler.families.answers import script_setting, to_count, with_page_number, xml_count, xml_records
from crawler.families.family import Family, Link, Listing, ListRequest, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.list_shapes import is_section
from crawler.families.paging import MAX_PAGES, link_pages
from crawler.families.rows import rows
from crawler.families.selection import article_rows, articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_FINGERPRINTS = re.compile(
    r"""<record>\s*<!\[CDATA\[                                # a record of the data store in a list page
    | /jpage/dataproxy\.jsp | \.jpage\(\{                     # the paging script
    | <!--\s*ZJEG_RSS\.content | <!--<\$\[信息                # comments around an article's text and metadata
    | ["'=]\s*(?:\.\.?/)*/?                                   # a link to
      (?:module/(?:xxgk|changepage|visitcount)/               #   a module of the CMS,
        |col/col\d+/                                          #   a column,
        |art/\d{4}/\d{1,2}/\d{1,2}/art_)                      #   an article""",
    re.VERBOSE,
)
_JCMS_PATH = re.compile(r"/col/col\d+(?:/|$)|/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html")
_API_PATH = re.compile(r"/module/(?:\w+/)*(?:jpage/dataproxy|xxgk/search)\.jsp$")
_NEXT_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[(.{0,3000}?)\]\]>", re.DOTALL)  # the link to the next pages
_PROXY_URL = re.compile(r"""["'(]([^"'\s()<>]*/jpage/dataproxy\.jsp)(\?[^"'\s<>]*)?""")  # path and query

_MAX_RECORDS = 300
"""Maximum number of records in an answer: servers send about 300, even if the request asks for more."""

_DEFAULT_RECORDS = 15
"""Records of a page if the script does not set their number."""

# The fields of search.jsp: a position in the disclosure tree, the terms of a search (all empty), and the page.
_TREE_FIELDS = ("infotypeId", "jdid", "area", "divid", "standardXxgk", "isAllList", "texttype", "fbtime", "sortfield")
_SEARCH_TERMS = ("vc_title", "vc_number", "vc_filenumber", "vc_all")
_SEARCH_FIELDS = ("infotypeId", "jdid", "area", "divid", *_SEARCH_TERMS, "sortfield", "texttype", "fbtime", "currpage")
# A query with a position in the tree, in a URL or in quotes.
_TREE_QUERY = re.compile(r"""(?:/module/xxgk/\w+\.jsp\?|["'?&])((?:infotypeId|jdid|divid|area)=[^"'\s<>]{0,600})""")
_PAGE_TOTAL = re.compile(r"共\s*(?:&nbsp;)*\s*(\d{1,6})\s*(?:&nbsp;)*\s*页")  # 共 12 页


def _is_list(url: str) -> bool:
    return bool(_API_PATH.search(urlsplit(url).path)) or is_section(url)


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, or the answer of dataproxy.jsp (XML) or search.jsp (HTML) for it."""
    path = urlsplit(url).path
    if path.endswith("search.jsp"):
        return Listing(articles=_page_articles(text, url), pages=_next_search_page(text, url))
    if path.endswith("dataproxy.jsp"):
        column = parse_qs(urlsplit(url).query).get("columnid", ["0"])[0]
        return Listing(
            articles=_record_articles(text, urljoin(url, f"/col/col{column}/index.html")),
            pages=_next_proxy_page(text, url),
        )
    if "dataproxy.jsp" in text:
        records, further = _record_articles(text, url), _proxy_pages(text, url)
        if further and not records:
            return Listing(lists=further[:1])
        return Listing(articles=records or _page_articles(text, url), pages=further)
    if "/module/xxgk/" in text and (place := _tree_position(text)):
        return Listing(articles=_page_articles(text, url), lists=(_search_request(url, place, 1),))
    return Listing(articles=_page_articles(text, url), pages=list_requests(link_pages(rows(text, url), url)))


def _record_articles(text: str, base: str) -> tuple[Link, ...]:
    """Return the articles of a data store's records; the rest of a column's page is menus and most-read lists."""
    return _page_articles("".join(f"<div>{record}</div>" for record in xml_records(text)), base)


def _page_articles(html: str, url: str) -> tuple[Link, ...]:
    return articles(article_rows(list(rows(html, url))))


def _proxy_pages(html: str, url: str) -> tuple[ListRequest, ...]:
    """Return the pages after the records in a column's page; none if the link to them is encrypted."""
    group, proxy = _NEXT_GROUP.search(html), _PROXY_URL.search(html)
    if group and "columnid=" not in group[1]:
        return ()
    parameters = dict(parse_qsl(unescape(proxy[2] or "").lstrip("?"))) if proxy else {}
    ids = {name: parameters.get(name) or script_setting(html, name) for name in ("webid", "columnid", "unitid")}
    rows_a_page = min(to_count(script_setting(html, "perPage")) or _DEFAULT_RECORDS, _MAX_RECORDS)
    total, shown = to_count(script_setting(html, "totalRecord")), len(xml_records(html))
    if not proxy or not all(ids.values()) or 0 < total <= shown:
        return ()
    query = f"webid={ids['webid']}&columnid={ids['columnid']}&unitid={ids['unitid']}&perpage={rows_a_page}"
    first = shown // rows_a_page + 1
    last = min(-(-total // rows_a_page), MAX_PAGES) if total else first  # the answer has the total
    return list_requests(f"{urljoin(url, proxy[1])}?page={page}&{query}" for page in range(first, last + 1))


def _next_proxy_page(text: str, url: str) -> tuple[ListRequest, ...]:
    """Return the page after this one; its number is in `page`, because many servers ignore `startrecord`."""
    query = dict(parse_qsl(urlsplit(url).query))
    page, rows_a_page = to_count(query.get("page")), to_count(query.get("perpage")) or _DEFAULT_RECORDS
    total = xml_count(text, "totalpage") or -(-xml_count(text, "totalrecord") // rows_a_page)
    if page and page < min(total, MAX_PAGES) and "<record>" in text:
        return list_requests([with_page_number(url.partition("#")[0], "page", page + 1)])
    return ()


def _tree_position(html: str) -> dict[str, str]:
    """Return the page's position in the disclosure tree, from the first value of each field in its queries."""
    fields: dict[str, str] = {}
    for query in _TREE_QUERY.findall(html):
        fields |= {
            name: value for name, value in parse_qsl(unescape(query)) if name not in fields and name in _TREE_FIELDS
        }
    return fields


def _search_request(url: str, place: dict[str, str], page: int) -> ListRequest:
    form = dict.fromkeys(_SEARCH_FIELDS, "") | place | {"currpage": str(page)}
    return ListRequest(url=urljoin(url, "/module/xxgk/search.jsp"), body=urlencode(form))


def _next_search_page(html: str, url: str) -> tuple[ListRequest, ...]:
    here, _, body = url.partition("#")
    fields = dict(parse_qsl(body))
    total, page = _PAGE_TOTAL.search(html), to_count(fields.get("currpage"))
    if page and page < min(to_count(total[1]) if total else 0, MAX_PAGES):
        return (
            _search_request(here, {name: value for name, value in fields.items() if name in _TREE_FIELDS}, page + 1),
        )
    return ()


JCMS = Family(
    name="jcms",
    recognise=lambda html, url: find_fingerprint(_FINGERPRINTS, html, url, _JCMS_PATH),
    listing=_listing,
    is_article=is_article_url,
    is_list=_is_list,
    recipes=(
        Recipe(name="jcms/1", body=("comment:ZJEG_RSS.content", "#zoom", ".article-body", "div.artile_zw")),
        Recipe(name="jcms/2", role="list"),
    ),
)
