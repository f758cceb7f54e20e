"""Which links of a list page are its articles."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import evolve

from crawler.families.family import Link
from crawler.families.rows import LinkRow
from crawler.families.url_patterns import url_date, url_pattern

_LIST_URL = re.compile(
    r"/$ | /(?:index|default|list|column-index|common_list|nav_list)(?:[_-]?\d+)*\.(?:s?html?|jsp|psp|php|aspx?)$"
    r"| /(?:node_|nbs\.)[\w.]+\.html?$ | /col/col\d+(?:/index\.html)?$ | [?&]a=lists\b"
    r"| /plus/list\.php\? | /e/action/ListInfo\b",
    re.VERBOSE | re.IGNORECASE,
)
_NAVIGATION_LABEL = re.compile(
    r"^\W*(?:更多|查看|点击|阅读|详[情细]|全文|more|首页|尾页|末页|[上下]一?[页篇条]).{0,4}$", re.IGNORECASE
)

# Labels of navigation seldom have more than 10 characters (政府信息公开年度报告), headlines seldom fewer.
_MIN_DATED_TITLE_CHARS = 5  # enough beside a day of its own
_MIN_UNDATED_TITLE_CHARS = 11  # without a day

# A list without days is told by its rows: the link is most of the row, and at least so many share the URL's shape.
_MIN_LINK_SHARE = 0.5
_MIN_SAME_SHAPE_URLS = 5


def articles(rows: Iterable[LinkRow]) -> tuple[Link, ...]:
    """Return each article once, where it first stands, under the fullest title and with the first day given."""
    links: dict[str, Link] = {}
    for row in rows:
        link = Link(url=row.url, title=row.title, listed_on=row.listed_on)
        if known := links.get(row.url):
            title = known.title if _title_length(known.title) >= _title_length(link.title) else link.title
            link = evolve(known, title=title, listed_on=known.listed_on or link.listed_on)
        links[row.url] = link
    return tuple(evolve(link, listed_on=link.listed_on or url_date(link.url)) for link in links.values())


def articles_by_day(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return each article once, newest first, for lists whose order says nothing; those without a day come last."""
    dated = (evolve(link, listed_on=link.listed_on or url_date(link.url)) for link in links)
    once = {link.url: link for link in dated}
    return tuple(sorted(once.values(), key=lambda link: link.listed_on or dt.date.min, reverse=True))


def is_section(url: str) -> bool:
    """Tell by its URL that a page is a list: a folder, an index, a node, a column, a PHPCMS list script."""
    parts = urlsplit(url)
    told = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return url_pattern(url) is None and bool(_LIST_URL.search(told))


def article_rows(rows: list[LinkRow]) -> list[LinkRow]:
    """Return the rows that lead to articles, told from navigation by URL, headline, day and company."""
    shapes = Counter(_url_shape(row.url) for row in rows if len(row.title) >= _MIN_UNDATED_TITLE_CHARS)
    return [row for row in rows if _is_article_row(row, shapes[_url_shape(row.url)])]


def article_urls(urls: list[str]) -> list[str]:
    """Return the URLs that are articles' by their shape, or by that of at least five others with numbers in them."""
    shapes = Counter(_url_shape(url) for url in urls)
    return [
        url for url in urls if url_pattern(url) or (not is_section(url) and _is_series(url, shapes[_url_shape(url)]))
    ]


def _is_series(url: str, siblings: int) -> bool:
    return siblings >= _MIN_SAME_SHAPE_URLS and bool(re.search(r"\d", url.partition(urlsplit(url).netloc)[2]))


def _is_article_row(row: LinkRow, siblings: int) -> bool:
    known = url_pattern(row.url)
    if known and not known.loose:
        return True
    if len(row.title) < _MIN_DATED_TITLE_CHARS or _NAVIGATION_LABEL.match(row.title) or is_section(row.url):
        return False
    if row.listed_on:
        return True
    if len(row.title) < _MIN_UNDATED_TITLE_CHARS or row.share < _MIN_LINK_SHARE:
        return False
    return known is not None or _is_series(row.url, siblings)


def _url_shape(url: str) -> str:
    """Return a URL with its numbers and hashes blanked, so that the articles of one list look alike."""
    return re.sub(r"[0-9a-f]{16,}|\d+", "0", url)


def _title_length(title: str) -> int:
    return 0 if _NAVIGATION_LABEL.match(title) else len(title.rstrip("…."))
