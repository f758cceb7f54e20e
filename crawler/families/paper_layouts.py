"""URL layouts of digital papers: which URLs are pages of an issue, and of which day. The makers of most are unknown.

An issue is one day's paper; its pages list the articles. The layouts were collected from the addresses of 521 papers.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from urllib.parse import urlsplit

from attrs import field, frozen

_Y, _M, _D = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
_COMPACT = f"{_Y}{_M}{_D}"  # 20240305
_ISO = f"{_Y}-{_M}-{_D}"  # 2024-03-05
_MONTH_DAY = f"{_Y}-?{_M}/{_D}"  # 2024-03/05 or 202403/05
_FOLDERS = f"{_Y}/{_M}/{_D}"  # 2024/03/05
_YEAR = re.compile(r"(?:19|20)\d\d")
_ANY_DAY = rf"{_Y}(?P<dash>[-/]?){_M}(?:(?P=dash)|/){_D}"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@frozen
class PaperLayout:
    """A form of the URLs of an issue's pages; the pattern has the groups y, m and d and is searched in path and query.

    Other sites have the form of a `loose` layout for articles: it counts on pages of a digital paper only.
    """

    name: str
    pattern: re.Pattern[str] = field(converter=_compiled)
    loose: bool = False


PAPER_LAYOUTS = (
    # 方正 Founder: node_1.htm, nbs.D110000rmrb_01.htm; since about 2018 also node_A01.html, col01.html, l01.html.
    PaperLayout(
        "node",
        rf"/{_MONTH_DAY}/(?:node_?|nbs\.|col_?(?=\w?\d)|n_|l(?=[A-Z]{{0,3}}\d))[\w.-]{{0,60}}\.html?(?:\?(?:v|div)=[-\w]*)?$",
    ),
    PaperLayout("html-page", rf"/{_COMPACT}/html/(?:index|page_\w+)\.html?$"),
    PaperLayout("shtml", rf"/shtml/\w+/{_COMPACT}/(?:index|v[A-Z]?\d{{1,3}}\w?)\.shtml$"),
    PaperLayout("szbz", rf"/szbz/{_COMPACT}/(?:index|szbz[A-Z]?\d{{1,3}})\.html$"),
    PaperLayout("page-letters", rf"/{_COMPACT}/Page\d{{1,3}}[A-Z]{{0,2}}\.html?$"),
    PaperLayout("default", rf"/{_FOLDERS}/\w{{2,3}}/default\.html?$"),
    PaperLayout("qpaper", rf"/{_ISO}/Qpaper(?:_\d+)?\.html?$"),
    PaperLayout("page-list", rf"/{_FOLDERS}/(?:page_list|page_detail|article_list)_\w+\.html$"),
    PaperLayout("named-page", rf"/html/(?P<paper>\w+)/{_COMPACT}/(?:index|(?P=paper)\d{{1,3}})\.html$"),
    PaperLayout(
        "page-folder", rf"/{_COMPACT}/\d{{8}}_\w{{2,3}}/(?:[a-z]+_)?\d{{8}}_(?:\d{{5}}_)?[A-Z]?\d{{2,3}}\.html?$"
    ),
    PaperLayout("day-file", rf"/{_COMPACT}/\d{{8}}_(?:plist|m)\.html?$"),
    PaperLayout("numbered-folder", rf"/{_Y}-{_M}[-/]{_D}/\d{{1,2}}(?:/index\.html|/)?$"),
    PaperLayout("day-index", rf"/{_FOLDERS}/index\.html$"),
    PaperLayout("day-page", rf"/(?:index|date)/{_ISO}(?:\.html)?$"),
    PaperLayout("day-query", rf"[?&](?:date|day|publish_date)={_ISO}\b"),
    PaperLayout("page-data", rf"/pages/{_COMPACT}/db\.js$"),
    PaperLayout("issue-folder", rf"/(?:t_)?{_ANY_DAY}/?(?:html/)?$"),
    PaperLayout("numbered-page", rf"/html/\w+/{_ISO}/\d{{1,2}}\.html$", loose=True),
)
"""The layouts in the order in which they are tried."""


@lru_cache(maxsize=1024)  # each link of a page is looked up several times
def _layout(url: str) -> tuple[PaperLayout, re.Match[str]] | None:
    if not _YEAR.search(url):  # most URLs have none
        return None
    parts = urlsplit(url)
    path_and_query = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return next(((each, found) for each in PAPER_LAYOUTS if (found := each.pattern.search(path_and_query))), None)


def paper_layout(url: str) -> PaperLayout | None:
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
