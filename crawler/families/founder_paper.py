"""Digital papers of 方正 and others: an index that redirects to the day's issue, and an issue of numbered pages.

The first page of an issue is node_1, 2, 22, 201 or any number that the paper chose, so it is never guessed. Each page
links the other pages of its issue and, on the image of the printed page and beside it, its articles. `paper_layouts`
has the forms of the pages' URLs.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit, urlunsplit

from attrs import evolve

from crawler.families.family import Family, Link, Listing, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.frames import client_redirects, frames
from crawler.families.generic import GENERIC, or_generic
from crawler.families.issue_addresses import issue_of, on_day
from crawler.families.list_shapes import is_section
from crawler.families.paper_layouts import is_issue_page, issue_day
from crawler.families.rows import rows
from crawler.families.selection import articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_FINGERPRINTS = re.compile(
    r"""\bid=["']?pageLink\b | \bPagePicMap\b | <founder-(?:title|content)\b
    | /pc/(?:layout|col|con|content)/(?:19|20)\d{4}/\d\d/ | /html/(?:19|20)\d\d-\d\d/\d\d/(?:node_|nbs\.)""",
    re.VERBOSE | re.IGNORECASE,
)
_EARLIER_LABEL = re.compile(r"^\W*(?:上一?期|前一期|前一天)\W*$")  # the link to the issue before
_LAYOUT_QUERY = re.compile(r"^(?:div=-?\d*|v=\d*)?$")  # ?div=-1 chooses the width of a column, ?v=1 the version

MAX_DAYS_BETWEEN_ISSUES = 8
"""Maximum number of days from one issue to the next: the longest holiday has eight days, a weekly has seven."""


def _listing(html: str, url: str) -> Listing:
    """Return the articles of one page of the paper, the other pages of its issue, and the issues before it."""
    here = _without_layout(url)
    page_rows = [evolve(row, url=_without_layout(row.url)) for row in rows(html, url, tags=("a", "area"))]
    links = articles(row for row in page_rows if is_article_url(row.url) and not issue_day(row.url))
    pages = [row for row in page_rows if issue_day(row.url) and not row.url.endswith("/")]
    issue = [row.url for row in pages if issue_day(here) and issue_of(row.url) == issue_of(here)]
    if not issue_day(here) or not (links or issue):
        lists = list_requests(_first_page(html, url, [row.url for row in pages]))
        return or_generic(Listing(articles=links, lists=lists), html, url)
    others = () if links else _unknown_articles(html, url)
    named = tuple(row.url for row in pages if _EARLIER_LABEL.match(row.text or row.title))[:1]
    guessed = _days_before(min((here, *issue), key=_page_order)) if links or others else ()
    return Listing(
        articles=links or others,
        pages=list_requests(named or guessed),
        pages_to_request=1 if named else MAX_DAYS_BETWEEN_ISSUES,
        lists=list_requests(dict.fromkeys(each for each in issue if each != here)),
        is_fallback=bool(others),
    )


def _unknown_articles(html: str, url: str) -> tuple[Link, ...]:
    """Return the articles of a page whose URLs have no known form."""
    return tuple(link for link in GENERIC.listing(html, url).articles if not issue_day(link.url))


def _first_page(html: str, url: str, linked: list[str]) -> list[str]:
    """Return the page to which an index leads: the issue's page to which it redirects or that it has in a frame, else
    the first page of the newest issue that it links.
    """
    targets = [_without_layout(target) for target in (*client_redirects(html, url), *frames(html, url))]
    issues = [target for target in targets if issue_day(target)]
    newest = max((day for each in linked if (day := issue_day(each))), default=None)
    shown = sorted((each for each in linked if issue_day(each) == newest), key=_page_order) if newest else []
    return (issues or shown or targets)[:1]


def _days_before(url: str) -> tuple[str, ...]:
    """Return the URLs that the first page has on the days before, latest day first; not every day has an issue.

    >>> _days_before("http://dzb.example.cn/html/2024-03/01/node_2.htm")[0]
    'http://dzb.example.cn/html/2024-02/29/node_2.htm'
    """
    today = issue_day(url)
    if today is None:
        return ()
    days = (today - dt.timedelta(days=back) for back in range(1, MAX_DAYS_BETWEEN_ISSUES + 1))
    return tuple(on_day(url, each) for each in days)


def _page_order(url: str) -> tuple[int, str]:
    """Return the sort key of an issue's pages: node_2 comes before node_10."""
    return len(url), url


def _without_layout(url: str) -> str:
    """Return a page's URL without the query by which links of the old layout choose the width of a column."""
    parts = urlsplit(url)
    return urlunsplit((*parts[:3], "", "")) if parts.query and _LAYOUT_QUERY.match(parts.query) else url


def _recognise(html: str, url: str) -> str:
    return find_fingerprint(_FINGERPRINTS, html, url) or (urlsplit(url).path if is_issue_page(url) else "")


_ARTICLE = Recipe(
    name="founder-paper/1",
    # 方正, then the layouts shtml and page-letters.
    body=("founder-content", "#ozoom", "#content", "#content_div", "#contenttext", ".contenttext"),
    pictures=("#reslist", ".attachment"),  # the old layout's and the new one's, beside the text
    files=("a[href$='.pdf']", "a[href$='.PDF']"),
)

FOUNDER_PAPER = Family(
    name="founder-paper",
    recognise=_recognise,
    listing=_listing,
    is_article=lambda url: is_article_url(_without_layout(url)) and not issue_day(url),
    is_list=lambda url: is_section(_without_layout(url)) or issue_day(url) is not None,
    recipes=(_ARTICLE,),
)
