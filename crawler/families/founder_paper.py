"""方正 digital papers, old and new layout: an index that redirects to the day's issue, and an issue of numbered pages.

The first page of an issue is node_1, 2, 22, 201 or any number that the paper chose, so it is never guessed. Each page
links the other pages of its issue and, on the image of the printed page and beside it, its articles.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit, urlunsplit

from attrs import evolve

from crawler.families.family import Family, Listing, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.frames import client_redirects, frames
from crawler.families.list_shapes import is_section
from crawler.families.rows import rows
from crawler.families.selection import articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_FINGERPRINTS = re.compile(
    r"""\bid=["']?pageLink\b | \bPagePicMap\b | <founder-(?:title|content)\b
    | /pc/(?:layout|col|con|content)/(?:19|20)\d{4}/\d\d/ | /html/(?:19|20)\d\d-\d\d/\d\d/(?:node_|nbs\.)""",
    re.VERBOSE | re.IGNORECASE,
)
# The path of a page of an issue, such as /html/2024-03/05/node_2.htm or /pc/layout/202403/05/node_01.html.
_ISSUE_PAGE = re.compile(
    r"""^(?P<root>.*/)
    (?P<y>(?:19|20)\d\d)(?P<dash>-?)(?P<m>\d\d)/(?P<d>\d\d)/
    (?P<name>(?:node_|nbs\.)[\w.]+\.html?)$""",
    re.IGNORECASE | re.VERBOSE,
)
_EARLIER_LABEL = re.compile(r"^\W*(?:上一?期|前一期|前一天)\W*$")  # the link to the issue before
_LAYOUT_QUERY = re.compile(r"^(?:div=-?\d*)?$")  # ?div=-1, by which the old layout chooses the width of a column

MAX_DAYS_BETWEEN_ISSUES = 8
"""Maximum number of days from one issue to the next: the longest holiday has eight days, a weekly has seven."""


def _listing(html: str, url: str) -> Listing:
    """Return the articles of one page of the paper, the other pages of its issue, and the issues before it."""
    here = _without_layout(url)
    page_rows = [evolve(row, url=_without_layout(row.url)) for row in rows(html, url, tags=("a", "area"))]
    links = articles(row for row in page_rows if is_article_url(row.url))
    pages = [row for row in page_rows if _issue_day(row.url)]
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
    """Return the page to which an index leads: the issue's page to which it redirects or that it has in a frame, else
    the first page of the newest issue that it links.
    """
    targets = [_without_layout(target) for target in (*client_redirects(html, url), *frames(html, url))]
    issues = [target for target in targets if _issue_day(target)]
    newest = max((day for each in linked if (day := _issue_day(each))), default=None)
    shown = sorted((each for each in linked if _issue_day(each) == newest), key=_page_order) if newest else []
    return (issues or shown or targets)[:1]


def _days_before(url: str) -> tuple[str, ...]:
    """Return the URLs that the first page has on the days before, latest day first; not every day has an issue.

    >>> _days_before("http://dzb.example.cn/html/2024-03/01/node_2.htm")[0]
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
    """Return the date of the issue to which a page belongs; None if the URL is no page of an issue."""
    found = _ISSUE_PAGE.match(urlsplit(url).path)
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        return None


def _page_order(url: str) -> tuple[int, str]:
    """Return the sort key of an issue's pages: node_2 comes before node_10."""
    name = url.rpartition("/")[2]
    return len(name), name


def _without_layout(url: str) -> str:
    """Return a page's URL without the query by which links of the old layout choose the width of a column."""
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
