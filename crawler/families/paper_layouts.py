"""URL layouts of digital papers: which URLs are pages of an issue, and of which day. The makers of most are unknown.

An issue is one day's paper; its pages list the articles. The layouts were collected from the addresses of 521 papers.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from crawler.families.patterns import UrlPattern, path_and_query

_Y, _M, _D = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
_COMPACT = f"{_Y}{_M}{_D}"  # 20240305
_ISO = f"{_Y}-{_M}-{_D}"  # 2024-03-05
_MONTH_DAY = f"{_Y}-?{_M}/{_D}"  # 2024-03/05 or 202403/05
_FOLDERS = f"{_Y}/{_M}/{_D}"  # 2024/03/05
_YEAR = re.compile(r"(?:19|20)\d\d")
_ANY_DAY = rf"{_Y}(?P<dash>[-/]?){_M}(?:(?P=dash)|/){_D}"


PAPER_LAYOUTS = (
    # 方正 Founder: node_1.htm, nbs.D110000rmrb_01.htm; since about 2018 also node_A01.html, col01.html, l01.html.
    UrlPattern(
        "node",
        rf"/{_MONTH_DAY}/(?:node_?|nbs\.|col_?(?=\w?\d)|n_|l(?=[A-Z]{{0,3}}\d))[\w.-]{{0,60}}\.html?(?:\?(?:v|div)=[-\w]*)?$",
    ),
    UrlPattern("html-page", rf"/{_COMPACT}/html/(?:index|page_\w+)\.html?$"),
    UrlPattern("shtml", rf"/shtml/\w+/{_COMPACT}/(?:index|v[A-Z]?\d{{1,3}}\w?)\.shtml$"),
    UrlPattern("szbz", rf"/szbz/{_COMPACT}/(?:index|szbz[A-Z]?\d{{1,3}})\.html$"),
    UrlPattern("page-letters", rf"/{_COMPACT}/Page\d{{1,3}}[A-Z]{{0,2}}\.html?$"),
    UrlPattern("default", rf"/{_FOLDERS}/\w{{2,3}}/default\.html?$"),
    UrlPattern("qpaper", rf"/{_ISO}/Qpaper(?:_\d+)?\.html?$"),
    UrlPattern("page-list", rf"/{_FOLDERS}/(?:page_list|page_detail|article_list)_\w+\.html$"),
    UrlPattern("named-page", rf"/html/(?P<paper>\w+)/{_COMPACT}/(?:index|(?P=paper)\d{{1,3}})\.html$"),
    UrlPattern(
        "page-folder", rf"/{_COMPACT}/\d{{8}}_\w{{2,3}}/(?:[a-z]+_)?\d{{8}}_(?:\d{{5}}_)?[A-Z]?\d{{2,3}}\.html?$"
    ),
    UrlPattern("day-file", rf"/{_COMPACT}/\d{{8}}_(?:plist|m)\.html?$"),
    UrlPattern("numbered-folder", rf"/{_Y}-{_M}[-/]{_D}/\d{{1,2}}(?:/index\.html|/)?$"),
    UrlPattern("day-index", rf"/{_FOLDERS}/index\.html$"),
    UrlPattern("day-page", rf"/(?:index|date)/{_ISO}(?:\.html)?$"),
    UrlPattern("day-query", rf"[?&](?:date|day|publish_date)={_ISO}\b"),
    UrlPattern("page-data", rf"/pages/{_COMPACT}/db\.js$"),
    UrlPattern("issue-folder", rf"/(?:t_)?{_ANY_DAY}/?(?:html/)?$"),
    UrlPattern("numbered-page", rf"/html/\w+/{_ISO}/\d{{1,2}}\.html$", loose=True),
)
"""The forms of the URLs of an issue's pages, with the groups y, m and d, in the order in which they are tried.

Other sites have the form of a `loose` layout for articles: it counts on pages of a digital paper only.
"""


@lru_cache(maxsize=1024)  # each link of a page is looked up several times
def _layout(url: str) -> tuple[UrlPattern, re.Match[str]] | None:
    if not _YEAR.search(url):  # most URLs have none
        return None
    whole = path_and_query(url)
    return next(((each, found) for each in PAPER_LAYOUTS if (found := each.compiled.search(whole))), None)


def paper_layout(url: str) -> UrlPattern | None:
    """Return the layout that the URL of an issue's page has; None if the URL is no such page."""
    return found[0] if (found := _layout(url)) else None


def is_issue_page(url: str) -> bool:
    """Return whether a URL is a page of a digital paper's issue, on whichever site it is found."""
    layout = paper_layout(url)
    return layout is not None and not layout.loose


def issue_day(url: str) -> dt.date | None:
    """Return the date of the issue to which a page belongs; None if the URL is no page of an issue.

    >>> issue_day("http://epaper.example.cn/shtml/yzrb/20240305/v1.shtml")
    datetime.date(2024, 3, 5)
    """
    found = _layout(url)
    try:
        return dt.date(*(int(found[1][part]) for part in "ymd")) if found else None
    except ValueError:
        return None
