"""The page of a digital newspaper that an article stands on: paper, day, number and name; its picture."""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections.abc import Iterator

from pipelines.model import Attachment, Edition
from pipelines.parse.extract.media import absolute, attachments
from pipelines.parse.extract.page import Page, Sourced

_DAY = re.compile(r"/(?:html|pc/(?:con|content|layout|col)|pad/\w+)/((?:19|20)\d\d)[-/]?(\d\d)[-/](\d\d)/")
"""Where Founder's two layouts have the day of the issue in their addresses."""

_MARKS = frozenset({"pagelink", "pagepicmap", "founder-content", "founder-title", "articlelist", "newsarticlepubday"})
"""Tags and ids that Founder's templates of digital papers have, in lower case."""

_NUMBER = r"第\s*(?P<a>[A-Z]{0,2}\d{1,3})\s*版|(?P<b>[A-Z]{1,2}\d{1,3})\s*版?|(?P<c>\d{1,3})\s*版"
_LABEL = re.compile(
    rf"(?:(?:当前|本)版(?:面|次)?[：:]?)?\s*(?:{_NUMBER})(?:\s*[：:·|\s]\s*(?P<name>(?!上一版|下一版)[\u4e00-\u9fff·•/、]{{2,12}}))?"
)
_PAPER = re.compile(
    r"(?P<paper>[\u4e00-\u9fff]{2,12}?报)(?:社|网)?(?:多媒体)?(?:数字报刊?|数字版|电子报|电子版|数字报纸)?(?:平台)?"
)
_PARTS = re.compile(r"[-_—|｜《》\s]+")


def edition(page: Page, source: str | None) -> Sourced[Edition] | None:
    """Return the newspaper's page that a page shows or belongs to, None where it is no digital newspaper's.

    The page's own label stands in Founder's comment, else in the first line that is no link: links lead to others.
    """
    if _MARKS.isdisjoint(page.words):
        return None
    label, day = next(_labels(page), None), _day(page.url)
    if label is None and day is None:
        return None
    number = next((found for name in "abc" if label and (found := label.value[name])), None)
    found = Edition(
        paper=next(_papers(page, source), None),
        issued_on=day,
        weekday=day.isoweekday() if day else None,
        page=number,
        name=label.value["name"] if label else None,
    )
    return Sourced(found, label.origin if label else "url")


def files(page: Page) -> tuple[Attachment, ...]:
    """Return the newspaper's page as PDF, and its picture, on which the places of its articles are links.

    Links to several PDFs are an index of other pages'.
    """
    linked = [link for link in page.root.iter("a") if (link.get("href") or "").lower().endswith(".pdf")]
    documents = attachments(linked, None, page.base)
    shown = (image.get("src") or "" for image in page.root.iter("img") if image.get("usemap"))
    url = absolute(next(shown, ""), page.base)
    pictures = (Attachment(url=url, title="版面图", media_type=mimetypes.guess_type(url)[0]),) if url else ()
    return (*(documents if len(documents) == 1 else ()), *pictures)


def _labels(page: Page) -> Iterator[Sourced[re.Match[str]]]:
    for text, origin in page.properties("nodename"):
        if found := _LABEL.match(text):
            yield Sourced(found, origin)
    for line in page.lines:
        found = _LABEL.match(line.text) if not line.linked or line.linked < len(line.text) else None
        if found and line.size <= len(found[0]) + len("上一版下一版放大缩小默认"):
            yield Sourced(found, "label")


def _day(url: str) -> dt.date | None:
    found = _DAY.search(url)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _papers(page: Page, source: str | None) -> Iterator[str]:
    """Yield the names of papers that title, logos and source give."""
    title = page.first("title")
    logos = (image.get("alt") or "" for image in page.root.iter("img"))
    for text in (*reversed(_PARTS.split(title)), *logos, source or ""):
        if found := _PAPER.fullmatch(text.strip()):
            yield found["paper"]
