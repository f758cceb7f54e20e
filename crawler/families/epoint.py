"""Epoint 新点: static lists, and lists from a REST service that is asked by POST for a category of a site."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from crawler.families.answers import answer, link, number, objects, setting, within
from crawler.families.family import Family, Listing, ListRequest, asks
from crawler.families.fingerprints import mark
from crawler.families.generic import GENERIC
from crawler.families.paging import MAX_PAGES
from crawler.families.selection import is_section
from crawler.families.url_patterns import dialect
from pipelines.model import Recipe

_MARKS = re.compile(r"\bEWB[-_]\w+|\bewb-\w+|webBuilderCommon\.js|/lightfrontaction/|\bgovInfoPub", re.ASCII)
_SERVICE = "/rest/lightfrontaction/getgovinfolist"
_CONSTANTS = re.compile(r"""["'](?P<path>[^"'\s<>?]*/(?:webBuilderCommon|ajaxReq)\.js)(?:\?[^"'\s<>]*)?["']""")
_SCRIPT = re.compile(r"/(?:webBuilderCommon|ajaxReq)\.js$")
_PAGE = re.compile(r"/(?:subPage|moreinfo|secondpage|list\w*)(?:_?\w*)?\.html?$", re.IGNORECASE)
_ROWS = 20


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return path.endswith(_SERVICE) or bool(_SCRIPT.search(path)) or _is_column(url) or is_section(url)


def _is_column(url: str) -> bool:
    parts = urlsplit(url)
    return "categorynum=" in parts.query or bool(_PAGE.search(parts.path))


def _listing(text: str, url: str) -> Listing:
    """Read a column's page, the script that names the site's ids, or the service's answer.

    The category stands in the column's address, the ids in a script beside it, and both are needed to ask; so the
    script is asked for with the category in its query, which servers of files pass over.
    """
    path = urlsplit(url).path
    if path.endswith(_SERVICE):
        return _answered(text, url)
    category = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    category = {name: category[name] for name in ("deptcode", "categorynum") if name in category}
    if "categorynum" not in category:
        return GENERIC.listing(text, url)
    if guid := setting(text, "siteGuid"):
        service = urljoin(url, (setting(text, "projectName") or "/EWB-FRONT").rstrip("/") + _SERVICE)
        return Listing(lists=(_ask(service, {"deptcode": "", **category, "siteGuid": guid}, 0),))
    script = _CONSTANTS.search(text)
    constants = urljoin(url, script["path"] if script else "/js/webBuilderCommon.js")
    return Listing(lists=() if _SCRIPT.search(path) else asks([f"{constants}?{urlencode(category)}"]))


def _ask(service: str, ids: dict[str, str], page: int) -> ListRequest:
    """Return how a page is asked for, counted from 0; services that stand apart from the site want it wrapped."""
    asked = {**ids, "pageIndex": page, "pageSize": _ROWS}
    apart = re.search(r"mid", urlsplit(service).path.removesuffix(_SERVICE), re.IGNORECASE)
    return ListRequest(
        url=service, form=json.dumps({"token": "", "params": asked} if apart else asked, separators=(",", ":"))
    )


def _answered(text: str, url: str) -> Listing:
    service, _, form = url.partition("#")
    sent = answer(form)
    asked = within(sent, "params") or sent
    custom = within(answer(text), "custom")
    told = list(objects(within(custom, "data")))
    days = ("infodate", "pubdate", "publishdate")
    links = [
        link(
            service,
            each.get("infourl"),
            each.get("realtitle") or each.get("title"),
            next(filter(None, map(each.get, days)), ""),
        )
        for each in told
    ]
    page, total = number(asked.get("pageIndex")) + 1, number(within(custom, "total") or within(custom, "totalcount"))
    goes_on = page * _ROWS < total if total else len(told) >= _ROWS
    ids = {name: str(asked[name]) for name in ("deptcode", "categorynum", "siteGuid") if name in asked}
    further = (_ask(service, ids, page),) if ids and goes_on and page < MAX_PAGES else ()
    return Listing(articles=tuple(filter(None, links)), pages=further)


EPOINT = Family(
    name="epoint",
    recognise=lambda html, url: mark(_MARKS, html, url),
    listing=_listing,
    is_article=lambda url: dialect(url) is not None,
    is_list=_is_list,
    recipes=(
        Recipe(name="epoint/1", body=(".ewb-article-info", "#Zoom", "#zoom")),
        Recipe(name="epoint/2", role="list"),
    ),
)
