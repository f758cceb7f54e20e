"""Tells lists from articles by what the page shows, where the URL alone does not say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crawler.families.family import Family
from crawler.families.list_shapes import may_be_section
from crawler.families.rows import parse_html, rows
from crawler.families.selection import article_rows

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_ARTICLE_LINKS = 5
"""Links to articles that a list has at least: pages of a column have 10 to 30, and its last page may have fewer. Boxes
of related articles beside an article may have as many; the text of the article tells the two apart."""

MAX_PROSE_HANZI = 80
"""Chinese characters in sentences outside links from which a page has a text of its own: the shortest notices have 100,
the footers of portals up to 50."""

MAX_ROW_CHARS = 600
"""Characters of the longest row with a summary: summaries have 60 to 200. A longer row is a table for the layout."""

# Meta tags of the official standard for government sites: an article has a title and a date of publication.
_ARTICLE_META = re.compile(
    r"""<meta\b[^<>]{0,300}?\bname\s*=\s*["']?(?:ArticleTitle|PubDate)\b["']?[^<>]{0,300}?\bcontent\s*=\s*["']\s*[^"'\s]""",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。！？\n]*[。！？]")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_UNSHOWN = ("a", "script", "style", "noscript", "template", "select", "title", "head")
_INLINE = ("b", "em", "font", "i", "span", "strong", "sub", "sup", "u")
_ROWS = ("li", "tr", "dl")


def is_list_page(html: str, url: str, family: Family) -> bool:
    """Return whether a page is a list: by its URL, or if lists and other pages have such URLs, by what it shows."""
    if family.is_article(url):
        return False
    return family.is_list(url) or (may_be_section(url) and shows_list(html, url))


def shows_list(html: str, url: str) -> bool:
    """Return whether a page shows a list: several links to articles, and no text of its own.

    >>> row = '<li><a href="/yw/{0}.html">市图书馆新馆今天开放第{0}层</a> 2024-03-05</li>'
    >>> shows_list("".join(map(row.format, range(10, 20))), "http://www.example.gov.cn/yw.shtml")
    True
    """
    if _ARTICLE_META.search(html):
        return False
    links = {row.url for row in article_rows(list(rows(html, url)))}
    return len(links) >= MIN_ARTICLE_LINKS and _prose_hanzi(html) < MAX_PROSE_HANZI


def _prose_hanzi(html: str) -> int:
    """Return the number of Chinese characters in sentences outside links and outside the rows of a list."""
    page = parse_html(html)
    text = "".join(_texts(page)) if page is not None else ""
    return sum(len(_HANZI.findall(sentence)) for sentence in _SENTENCE.findall(text))


def _texts(page: HtmlElement) -> Iterator[str]:
    """Yield the texts of a page outside links and rows; a new line separates what is not in the same sentence."""
    waiting: list[HtmlElement | str] = [page]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
            continue
        is_left_out = not isinstance(each.tag, str) or each.tag in _UNSHOWN or _is_list_row(each)
        waiting.append(_on_one_line(each.tail))
        if is_left_out or each.tag not in _INLINE:
            waiting.append("\n")
        if not is_left_out:
            waiting.extend(reversed(each))
            waiting.append(("" if each.tag in _INLINE else "\n") + _on_one_line(each.text))


def _on_one_line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _is_list_row(element: HtmlElement) -> bool:
    """Return whether an element is the row of one article, whose summary belongs to the list."""
    if element.tag not in _ROWS:
        return False
    targets = {anchor.get("href") for anchor in element.iter("a") if anchor.get("href")}
    return len(targets) == 1 and len("".join(element.itertext())) <= MAX_ROW_CHARS
