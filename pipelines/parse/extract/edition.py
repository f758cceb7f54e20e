"""Finds the page of a digital newspaper on which an article was printed: paper, date, page number, name and image."""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections.abc import Iterator

from pipelines.model import Attachment, Edition
from pipelines.parse.extract.media import absolute_url, attachments
from pipelines.parse.extract.page import ParsedPage, Sourced
from pipelines.text.script import simplified_copy

PRINTED_LINE = "printed-line"
"""Origin of an edition from a line with paper, day and page: reprints have it on any site, without the page's files."""

MAX_PRINTED_CHARS = 60
"""Characters of the longest line with author, paper, day and page."""

_URL_DATE = re.compile(r"/(?:html|pc/(?:con|content|layout|col)|pad/\w+)/((?:19|20)\d\d)[-/]?(\d\d)[-/](\d\d)/")
"""The date of the issue in the URLs of Founder's two layouts."""

_FOUNDER_WORDS = frozenset(
    {"pagelink", "pagepicmap", "founder-content", "founder-title", "articlelist", "newsarticlepubday"}
)
"""Tags and ids in Founder's templates of digital papers, in lower case."""

_PAGE_NUMBER = r"第\s*(?P<a>[A-Z]{0,2}\d{1,3})\s*版|(?P<b>[A-Z]{1,2}\d{1,3})\s*版?|(?P<c>\d{1,3})\s*版"
"""第A03版, A03版, A03 or 03版."""

_PAGE_LABEL = re.compile(
    rf"""
    (?:(?:当前|本)版(?:面|次)?[：:]?)?\s*                                        # 本版：
    (?:{_PAGE_NUMBER})
    (?:\s*[：:·|\s]\s*(?P<name>(?!上一版|下一版)[\u4e00-\u9fff·•/、]{{2,12}}))?  # ：城事
    """,
    re.VERBOSE,
)
_PAPER = re.compile(
    r"""
    (?P<paper>[\u4e00-\u9fff]{2,12}?报)(?:社|网)?                     # 江门日报社
    (?:多媒体)?(?:数字报刊?|数字版|电子报|电子版|数字报纸)?(?:平台)?  # 数字报平台
    """,
    re.VERBOSE,
)
_PAPER_FILE = re.compile(r"/(?:nw\.D\d+\w*_\d+[-_]\d+|content_\d+(?:_\d+)?)\.s?html?$", re.IGNORECASE)
"""Names of the files that Founder's software gives to articles; other CMSes number them without such a folder."""

_PRINTED = re.compile(
    rf"""
    (?:[\u4e00-\u9fff·]{{2,8}}\s+)?                                          # the author
    《?\s*(?P<paper>[\u4e00-\u9fff]{{2,12}}报)\s*》?\s*[（(]?\s*             # 《白溪日报》（
    (?P<y>(?:19|20)\d\d)[年/.-]\s*(?P<m>\d\d?)[月/.-]\s*(?P<d>\d\d?)日?\s*   # 2024年05月01日
    (?:[（(]?星期[一二三四五六日天][）)]?)?\s*[，,]?\s*
    (?P<label>{_PAGE_LABEL.pattern.replace("(?P<", "(?P<in_")})\s*[）)]?       # 第 04 版：要闻
    """,
    re.VERBOSE,
)
"""A line with paper, day and page, as papers print it below the headline or at the end of the text."""

_TITLE_SEPARATOR = re.compile(r"[-_—|｜《》\s]+")


def find_edition(page: ParsedPage, source: str | None) -> Sourced[Edition] | None:
    """Return the newspaper page of an article; None if the site is not a digital newspaper.

    A site is one if it has Founder's tags, if a line names paper, day and page, or if the address is Founder's and a
    line names the page. The label of the own page is in Founder's comment, or in the first line that is not a link:
    links lead to others.
    """
    if _FOUNDER_WORDS.isdisjoint(page.markup_words):
        return _printed(page) or _by_address(page, source)
    return _edition(page, source, next(_page_labels(page), None), _issue_date(page.url))


def _by_address(page: ParsedPage, source: str | None) -> Sourced[Edition] | None:
    """Return the edition of a page without Founder's tags whose address is Founder's and that names its page."""
    day = _issue_date(page.url) if _PAPER_FILE.search(page.url) else None
    label = next(_page_labels(page), None) if day else None
    return _edition(page, source, label, day) if label else None


def _printed(page: ParsedPage) -> Sourced[Edition] | None:
    lines = (line.text for line in page.lines if len(line.text) <= MAX_PRINTED_CHARS and "版" in line.text)
    found = next(filter(None, map(_PRINTED.fullmatch, lines)), None)
    try:
        day = dt.date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        return None
    if found is None or day is None:
        return None
    number = next(value for group in "abc" if (value := found[f"in_{group}"]))
    edition = Edition(paper=found["paper"], issued_on=day, weekday=day.isoweekday(), page=number, name=found["in_name"])
    return Sourced(edition, PRINTED_LINE)


def _edition(
    page: ParsedPage, source: str | None, label: Sourced[re.Match[str]] | None, day: dt.date | None
) -> Sourced[Edition] | None:
    if label is None and day is None:
        return None
    number = next((value for group in "abc" if label and (value := label.value[group])), None)
    found = Edition(
        paper=next(_paper_names(page, source), None),
        issued_on=day,
        weekday=day.isoweekday() if day else None,
        page=number,
        name=label.value["name"] if label else None,
    )
    return Sourced(found, label.origin if label else "url")


def page_files(page: ParsedPage) -> tuple[Attachment, ...]:
    """Return the PDF of the newspaper page and its image, whose areas link to the articles.

    If the page links several PDFs, they are an index of all newspaper pages, and none is returned.
    """
    links = [link for link in page.root.iter("a") if (link.get("href") or "").lower().endswith(".pdf")]
    documents = attachments(links, None, page.base_url)
    sources = (image.get("src") or "" for image in page.root.iter("img") if image.get("usemap"))
    url = absolute_url(next(sources, ""), page.base_url)
    images = (Attachment(url=url, title="版面图", media_type=mimetypes.guess_type(url)[0]),) if url else ()
    return (*(documents if len(documents) == 1 else ()), *images)


def _page_labels(page: ParsedPage) -> Iterator[Sourced[re.Match[str]]]:
    for text, origin in page.founder("nodename"):
        if found := _PAGE_LABEL.match(text):
            yield Sourced(found, origin)
    for line in page.lines:
        found = _PAGE_LABEL.match(line.text) if not line.link_chars or line.link_chars < len(line.text) else None
        if found and line.hanzi <= len(found[0]) + len("上一版下一版放大缩小默认"):
            yield Sourced(found, "label")


def _issue_date(url: str) -> dt.date | None:
    found = _URL_DATE.search(url)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _paper_names(page: ParsedPage, source: str | None) -> Iterator[str]:
    """Yield the names of papers in the title, the alt texts of logos, and the source."""
    logos = (image.get("alt") or "" for image in page.root.iter("img"))
    for text in map(str.strip, (*reversed(_TITLE_SEPARATOR.split(page.title)), *logos, source or "")):
        if found := _PAPER.fullmatch(simplified_copy(text)):
            yield text[found.start("paper") : found.end("paper")]
