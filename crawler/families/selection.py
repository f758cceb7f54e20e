"""Selects the links of a list page that lead to articles."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import evolve

from crawler.families.family import Link
from crawler.families.list_shapes import is_section
from crawler.families.rows import LinkRow
from crawler.families.url_patterns import url_date, url_pattern

# A whole label such as 更多>>, 点击查看, 上一篇 or 尾页, which is never a title.
_NAVIGATION_LABEL = re.compile(
    r"^\W*(?:更多|查看|[点點][击擊]|[阅閱][读讀]|[详詳][情细細]|全文|more|[首尾末][页頁]|[上下]一?[页頁篇条條]).{0,4}$",
    re.IGNORECASE,
)

# Menu labels seldom have more than 10 characters (政府信息公开年度报告), titles seldom fewer.
_MIN_DATED_TITLE_CHARS = 5
"""Minimum length of a title with a date in its row."""

_MIN_UNDATED_TITLE_CHARS = 11
"""Minimum length of a title without a date in its row."""

# A list without dates is recognised by its rows.
_MIN_LINK_SHARE = 0.5
"""Minimum share of a row's text that is the link's."""

_MIN_SAME_SHAPE_URLS = 5
"""Minimum number of links on the page whose URLs differ in their numbers only."""


def articles(rows: Iterable[LinkRow]) -> tuple[Link, ...]:
    """Return each article once, at its first place, with its longest title and its first date."""
    links: dict[str, Link] = {}
    for row in rows:
        link = Link(url=row.url, title=row.title, listed_on=row.listed_on)
        if known := links.get(row.url):
            title = known.title if _title_length(known.title) >= _title_length(link.title) else link.title
            link = evolve(known, title=title, listed_on=known.listed_on or link.listed_on)
        links[row.url] = link
    return tuple(evolve(link, listed_on=link.listed_on or url_date(link.url)) for link in links.values())


def articles_by_day(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return each article once, newest first and undated ones last, for lists whose order has no meaning."""
    dated = (evolve(link, listed_on=link.listed_on or url_date(link.url)) for link in links)
    unique = {link.url: link for link in dated}
    return tuple(sorted(unique.values(), key=lambda link: link.listed_on or dt.date.min, reverse=True))


def article_rows(rows: list[LinkRow]) -> list[LinkRow]:
    """Return the rows that lead to articles; URL, title, date and similar rows distinguish them from menus."""
    shapes = Counter(_url_shape(row.url) for row in rows if len(row.title) >= _MIN_UNDATED_TITLE_CHARS)
    return [row for row in rows if _is_article_row(row, shapes[_url_shape(row.url)])]


def article_urls(urls: list[str]) -> list[str]:
    """Return the URLs that match an article's pattern, or that at least five URLs share but for their numbers."""
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
    """Replace numbers and hashes in a URL by 0: the URLs of one list's articles become equal."""
    return re.sub(r"[0-9a-f]{16,}|\d+", "0", url)


def _title_length(title: str) -> int:
    return 0 if _NAVIGATION_LABEL.match(title) else len(title.rstrip("…."))
