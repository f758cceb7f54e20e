"""The links of a page, each with the data of its row: title, date, and the link's share of the row's text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from attrs import frozen

from pipelines.masking import without_credentials

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# The path of a file that is no page.
_FILE_PATH = re.compile(
    r"""\.(?:bmp|gif|ico|jpe?g|png|svg|webp                          # images
    |avi|flv|mov|mp[34]|swf|wav|wmv                                 # audio and video
    |csv|docx?|et|ofd|pdf|pptx?|rtf|txt|wps|xlsx?                   # documents
    |7z|apk|exe|gz|rar|tar|zip                                      # archives and programs
    |css|js|xml)$                                                   # parts of pages, data""",
    re.IGNORECASE | re.VERBOSE,
)

# Session numbers, and parameters of visitor counters: they give an article a new URL at every visit.
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*|(?<=/)\(S\(\w{24}\)\)/", re.IGNORECASE)
_SESSION_QUERY = re.compile(
    r"""(?:^|(?<=&))                                  # at the start of the query or of a parameter
    (?:jsessionid|phpsessid|aspsessionid\w*           # sessions of Java, PHP and ASP
      |utm_\w+                                        # Google Analytics
      |spm                                            # Alibaba
      |isappinstalled                                 # added by WeChat when a page is shared
      |hm(?:sr|pl|cu|kw|ci)                           # Baidu Tongji
    )=[^&]*(?:&|$)""",
    re.IGNORECASE | re.VERBOSE,
)

# Dates in a row: 2024-03-05 or 2024年3月5日; boxes with year and month before the day (2024-03 05) or after it
# (05 2024-03).
_YEAR = r"((?:19|20)\d\d)"
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d){_YEAR}\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})(?!\d)日?")
_YEAR_MONTH_THEN_DAY = re.compile(rf"(?<!\d){_YEAR}\s*[-/.年]\s*(\d{{1,2}})\s*月?\s+(\d{{1,2}})(?!\d)")
_DAY_THEN_YEAR_MONTH = re.compile(rf"(?<!\d)(\d{{1,2}})日?\s+{_YEAR}\s*[-/.年]\s*(\d{{1,2}})(?!\d)")

# A date at the start or the end of a title, with brackets or a dash around it. {0,9} keeps the search from becoming
# quadratic: a title with a long line of dashes took minutes without it.
_DATE_AT_EDGE = re.compile(
    rf"^\W{{0,9}}{_YEAR_MONTH_DAY.pattern}\W{{0,9}}|\W{{0,9}}{_YEAR_MONTH_DAY.pattern}\W{{0,9}}$"
)

_MIN_HEADLINE_CHARS = 6
"""Minimum length of a link text for a row of its own. Column tags such as [要闻] are shorter: they belong to the row of
the title beside them."""

_MAX_ROW_CHARS = 2_000
"""Maximum length of a row's text: title, date and summary have a few hundred characters."""

MAX_LINKS = 10_000
"""Links of a page that are read. Of 340 real pages, the largest has 2,000; a generated page with 80,000 blocked all
other sites for 20 s."""


@frozen(kw_only=True)
class LinkRow:
    """A link in its row: `text` is the visible text, `title` the full title, `share` the link's part of the row's text.

    `listed_on` is the date in the row, `rel` the link's rel attribute in lower case.
    """

    url: str
    text: str
    title: str
    listed_on: dt.date | None
    share: float
    rel: str


def rows(html: str, url: str, tags: tuple[str, ...] = ("a",)) -> Iterator[LinkRow]:
    """Yield the links of a page to other pages, in page order; `tags` are the elements that are read as links.

    Links to scripts, mail addresses, fragments and files are left out, and so are links beyond the first `MAX_LINKS`.
    URLs are resolved with `<base href>`.
    """
    if (page := parse_html(html)) is None:
        return
    base = base_url(page, url)
    elements = islice(page.iter(*tags), MAX_LINKS)
    anchors = [(anchor, to) for anchor in elements if (to := resolve(anchor.get("href"), base))]
    owners = _owners(anchors)
    texts: dict[HtmlElement, str] = {}
    for anchor, to in anchors:
        element = _row_element(anchor, to, owners)
        if element not in texts:
            texts[element] = _text_of(element)
        yield _to_row(anchor, to, texts[element])


def resolve(href: str | None, base: str) -> str | None:
    """Return the absolute URL of a link in the form in which it is fetched, without fragment; None if it is no page.

    Session numbers and parameters of visitor counters are removed: they change while the page stays the same.

    >>> resolve("/../xwzx/t1.html;jsessionid=8F2A?utm_source=home#top", "http://www.example.cn/a/")
    'http://www.example.cn/xwzx/t1.html'
    """
    from w3lib.url import safe_url_string

    href = (href or "").strip()
    if not href or href.startswith("#") or re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", href, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(without_credentials(safe_url_string(urljoin(base, href.replace("\\", "/")))))
        netloc = parts.netloc.lower().removesuffix(":80" if parts.scheme == "http" else ":443")
        path = urlsplit(urljoin("http://host/", _SESSION_PATH.sub("", parts.path) or "/")).path
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not netloc or _FILE_PATH.search(path):
        return None
    query = _SESSION_QUERY.sub("", parts.query)
    return urlunsplit((parts.scheme, netloc, path, query.removesuffix("&") if query != parts.query else query, ""))


def day_in(text: str) -> dt.date | None:
    """Return the first date with a year in a row's text, in any order of day, month and year that date boxes have.

    >>> day_in("05 2024-03 我市召开会议"), day_in("[2024年3月5日]"), day_in("03-05")
    (datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), None)
    """
    orders = ((_YEAR_MONTH_DAY, (1, 2, 3)), (_YEAR_MONTH_THEN_DAY, (1, 2, 3)), (_DAY_THEN_YEAR_MONTH, (2, 3, 1)))
    for pattern, order in orders:
        for found in pattern.finditer(text):
            try:
                return dt.date(*(int(found[group]) for group in order))
            except ValueError:
                continue
    return None


def parse_html(html: str) -> HtmlElement | None:
    """Return the element tree of a page, or None if it has no markup at all."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:  # an empty page, or one without markup
        return None


def base_url(page: HtmlElement, url: str) -> str:
    """Return the URL at which the relative links of a page start: its `<base href>`, or its own if that is no URL."""
    try:
        return urljoin(url, str(next(iter(page.xpath("//base/@href")), "")))
    except ValueError:
        return url


def _owners(anchors: list[tuple[HtmlElement, str]]) -> dict[HtmlElement, str | None]:
    """Map each ancestor of a title's link to the URL of the titles in it, or to None if they have several URLs."""
    owners: dict[HtmlElement, str | None] = {}
    for anchor, url in anchors:
        if len(anchor.text_content().strip()) < _MIN_HEADLINE_CHARS:
            continue
        for element in anchor.iterancestors():
            if owners.setdefault(element, url) != url:
                if owners[element] is None:
                    break
                owners[element] = None
    return owners


def _row_element(anchor: HtmlElement, url: str, owners: dict[HtmlElement, str | None]) -> HtmlElement:
    row = anchor
    for element in anchor.iterancestors():
        if owners.get(element, url) != url or element.tag == "body":
            break
        row = element
        if element.tag in ("li", "tr", "dl"):
            break
    return row


def _to_row(anchor: HtmlElement, url: str, whole: str) -> LinkRow:
    text = _text_of(anchor)
    outside = whole.replace(text, " ", 1) if len(whole) <= _MAX_ROW_CHARS else ""
    attribute = " ".join((anchor.get("title") or next(iter(anchor.xpath(".//img/@alt")), "")).split())
    return LinkRow(
        url=url,
        text=text,
        title=_fuller_title(attribute, text),
        listed_on=day_in(outside) or day_in(text),
        share=len(text) / max(len(whole), 1),
        rel=(anchor.get("rel") or "").lower(),
    )


def _text_of(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _fuller_title(attribute: str, text: str) -> str:
    """Choose between a link's title attribute and its text: lists cut the text with "…" and put a date around it."""
    visible = _DATE_AT_EDGE.sub("", text)
    return attribute if len(attribute) >= len(visible.rstrip("….")) else visible
