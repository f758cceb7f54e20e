"""Epoint 新点: static lists, and lists from a REST service that is called by POST with a site and a category."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from crawler.families.answers import api_link, get_nested, json_answer, json_objects, script_setting, to_count
from crawler.families.family import Family, Listing, ListRequest, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.generic import GENERIC
from crawler.families.list_shapes import is_section
from crawler.families.paging import MAX_PAGES
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_FINGERPRINTS = re.compile(r"\bEWB[-_]\w+|\bewb-\w+|webBuilderCommon\.js|/lightfrontaction/|\bgovInfoPub", re.ASCII)
_SERVICE_PATH = "/rest/lightfrontaction/getgovinfolist"
# The URL of the script with the site's ids, in quotes: "/js/webBuilderCommon.js?v=2".
_SCRIPT_WITH_IDS = re.compile(r"""["'](?P<path>[^"'\s<>?]*/(?:webBuilderCommon|ajaxReq)\.js)(?:\?[^"'\s<>]*)?["']""")
_SCRIPT_PATH = re.compile(r"/(?:webBuilderCommon|ajaxReq)\.js$")
# A column's page, such as /xwzx/subPage_jsxm.html.
_COLUMN_PATH = re.compile(r"/(?:subPage|moreinfo|secondpage|list\w*)(?:_?\w*)?\.html?$", re.IGNORECASE)
_ROWS_PER_PAGE = 20
"""Rows that a request asks for."""


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return path.endswith(_SERVICE_PATH) or bool(_SCRIPT_PATH.search(path)) or _is_column(url) or is_section(url)


def _is_column(url: str) -> bool:
    parts = urlsplit(url)
    return "categorynum=" in parts.query or bool(_COLUMN_PATH.search(parts.path))


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, the script with the site's ids, or the service's answer.

    The service needs the category, which is in the column's URL, and the ids, which are in a script of the page. So the
    script is requested with the category in its query, which web servers ignore for static files.
    """
    path = urlsplit(url).path
    if path.endswith(_SERVICE_PATH):
        return _read_answer(text, url)
    category = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    category = {name: category[name] for name in ("deptcode", "categorynum") if name in category}
    if "categorynum" not in category:
        return GENERIC.listing(text, url)
    if guid := script_setting(text, "siteGuid"):
        service = urljoin(url, (script_setting(text, "projectName") or "/EWB-FRONT").rstrip("/") + _SERVICE_PATH)
        return Listing(lists=(_list_request(service, {"deptcode": "", **category, "siteGuid": guid}, 0),))
    script = _SCRIPT_WITH_IDS.search(text)
    constants = urljoin(url, script["path"] if script else "/js/webBuilderCommon.js")
    return Listing(lists=() if _SCRIPT_PATH.search(path) else list_requests([f"{constants}?{urlencode(category)}"]))


def _list_request(service: str, ids: dict[str, str], page: int) -> ListRequest:
    """Return the request for a page, counted from 0; services outside the site's application need a wrapped body."""
    params = {**ids, "pageIndex": page, "pageSize": _ROWS_PER_PAGE}
    external = re.search(r"mid", urlsplit(service).path.removesuffix(_SERVICE_PATH), re.IGNORECASE)
    return ListRequest(
        url=service, body=json.dumps({"token": "", "params": params} if external else params, separators=(",", ":"))
    )


def _read_answer(text: str, url: str) -> Listing:
    service, _, body = url.partition("#")
    sent = json_answer(body)
    params = get_nested(sent, "params") or sent
    custom = get_nested(json_answer(text), "custom")
    items = list(json_objects(get_nested(custom, "data")))
    days = ("infodate", "pubdate", "publishdate")
    links = [
        api_link(
            service,
            each.get("infourl"),
            each.get("realtitle") or each.get("title"),
            next(filter(None, map(each.get, days)), ""),
        )
        for each in items
    ]
    page, total = (
        to_count(params.get("pageIndex")) + 1,
        to_count(get_nested(custom, "total") or get_nested(custom, "totalcount")),
    )
    goes_on = page * _ROWS_PER_PAGE < total if total else len(items) >= _ROWS_PER_PAGE
    ids = {name: str(params[name]) for name in ("deptcode", "categorynum", "siteGuid") if name in params}
    further = (_list_request(service, ids, page),) if ids and goes_on and page < MAX_PAGES else ()
    return Listing(articles=tuple(filter(None, links)), pages=further)


EPOINT = Family(
    name="epoint",
    recognise=lambda html, url: find_fingerprint(_FINGERPRINTS, html, url),
    listing=_listing,
    is_article=is_article_url,
    is_list=_is_list,
    recipes=(
        Recipe(name="epoint/1", body=(".ewb-article-info", "#Zoom", "#zoom")),
        Recipe(name="epoint/2", role="list"),
    ),
)
