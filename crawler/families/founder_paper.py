"""方正 digital papers, old layout and new: an index that sends on to the day's issue, an issue of numbered pages.

The day's first page is node_1, 2, 22, 201 or whatever the paper chose, so it is never guessed; each page links the
others of its issue and, in the picture of the page and beside it, its articles.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit, urlunsplit

from attrs import evolve

from crawler.families.family import Family, Listing, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.frames import client_redirects, frames
from crawler.families.rows import rows
from crawler.families.selection import articles, is_section
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_FINGERPRINTS = re.compile(
    r"""\bid=["']?pageLink\b | \bPagePicMap\b | <founder-(?:title|content)\b
    | /pc/(?:layout|col|con|content)/(?:19|20)\d{4}/\d\d/ | /html/(?:19|20)\d\d-\d\d/\d\d/(?:node_|nbs\.)""",
    re.VERBOSE | re.IGNORECASE,
)
_ISSUE_PAGE = re.compile(
    r"^(?P<root>.*/)(?P<y>(?:19|20)\d\d)(?P<dash>-?)(?P<m>\d\d)/(?P<d>\d\d)/(?P<name>(?:node_|nbs\.)[\w.]+\.html?)$",
    re.IGNORECASE,
)
_EARLIER_LABEL = re.compile(r"^\W*(?:上一?期|前一期|前一天)\W*$")
_LAYOUT_QUERY = re.compile(r"^(?:div=-?\d*)?$")

MAX_DAYS_BETWEEN_ISSUES = 8
"""Days between two issues of a daily: the longest holiday has eight days, weeklies have seven between theirs."""


def _listing(html: str, url: str) -> Listing:
    """Take the articles of one page of the paper, the other pages of its issue, and the issues before."""
    here = _without_layout(url)
    found = [evolve(row, url=_without_layout(row.url)) for row in rows(html, url, tags=("a", "area"))]
    links = articles(row for row in found if is_article_url(row.url))
    pages = [row for row in found if _issue_day(row.url)]
    if not _issue_day(here):
        return Listing(articles=links, lists=list_requests(_first_page(html, url, [row.url for row in pages])))
    issue = [row.url for row in pages if _folder(row.url) == _folder(here)]
    named = tuple(row.url for row in pages if _EARLIER_LABEL.match(row.text or row.title))[:1]
    guessed = _days_before(min((here, *issue), key=_page_order)) if links else ()
    return Listing(
        articles=links,
        pages=list_requests(named or guessed),
        pages_to_request=1 if named else MAX_DAYS_BETWEEN_ISSUES,
        lists=list_requests(dict.fromkeys(each for each in issue if each != here)),
    )


def _first_page(html: str, url: str, linked: list[str]) -> list[str]:
    """Return where an index leads: the page of an issue that it sends on to or frames, else the first of the newest."""
    targets = [_without_layout(target) for target in (*client_redirects(html, url), *frames(html, url))]
    sent = [target for target in targets if _issue_day(target)]
    newest = max((day for each in linked if (day := _issue_day(each))), default=None)
    shown = sorted((each for each in linked if _issue_day(each) == newest), key=_page_order) if newest else []
    return (sent or shown or targets)[:1]


def _days_before(url: str) -> tuple[str, ...]:
    """Return where the first pages of the days before would be, the day before first; no paper appears on all of them.

    >>> _before("http://dzb.example.cn/html/2024-03/01/node_2.htm")[0]
    'http://dzb.example.cn/html/2024-02/29/node_2.htm'
    """
    parts, today = urlsplit(url), _issue_day(url)
    found = _ISSUE_PAGE.match(parts.path)
    if found is None or today is None:
        return ()
    days = (today - dt.timedelta(days=back) for back in range(1, MAX_DAYS_BETWEEN_ISSUES + 1))
    paths = (f"{found['root']}{each:%Y}{found['dash']}{each:%m/%d}/{found['name']}" for each in days)
    return tuple(urlunsplit((*parts[:2], path, "", "")) for path in paths)


def _issue_day(url: str) -> dt.date | None:
    """Return the day of the issue that a URL is a page of; None where it is no page of an issue."""
    found = _ISSUE_PAGE.match(urlsplit(url).path)
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        return None


def _page_order(url: str) -> tuple[int, str]:
    """Return what the pages of an issue are sorted by: node_2 comes before node_10."""
    name = url.rpartition("/")[2]
    return len(name), name


def _without_layout(url: str) -> str:
    """Return a page's URL without the query by which the old layout's own links choose a column's width."""
    parts = urlsplit(url)
    return urlunsplit((*parts[:3], "", "")) if parts.query and _LAYOUT_QUERY.match(parts.query) else url


def _folder(url: str) -> str:
    return url.rpartition("/")[0]


def _recognise(html: str, url: str) -> str:
    return find_fingerprint(_FINGERPRINTS, html, url)


_ARTICLE = Recipe(
    name="founder-paper/1",
    body=("founder-content", "#ozoom", "#content"),
    pictures=("#reslist", ".attachment"),  # the old layout's and the new one's, beside the text
    files=("a[href$='.pdf']", "a[href$='.PDF']"),
)

FOUNDER_PAPER = Family(
    name="founder-paper",
    recognise=_recognise,
    listing=_listing,
    is_article=lambda url: is_article_url(_without_layout(url)),
    is_list=lambda url: is_section(_without_layout(url)),
    recipes=(_ARTICLE,),
)
