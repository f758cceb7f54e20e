"""The links of a page, each with what its row says: title, day, and how much of the row it fills."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from attrs import frozen

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Endings of what is kept beside articles but leads to none.
_FILE_PATH = re.compile(
    r"\.(?:7z|apk|avi|bmp|css|csv|docx?|et|exe|flv|gif|gz|ico|jpe?g|js|mov|mp[34]|ofd|pdf|png|pptx?|rar|rtf|svg|swf|tar"
    r"|txt|wav|webp|wmv|wps|xlsx?|xml|zip)$",
    re.IGNORECASE,
)
# What servers add for the visit and its counters: with it, an article has a new address every time.
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*|(?<=/)\(S\(\w{24}\)\)/", re.IGNORECASE)
_SESSION_QUERY = re.compile(
    r"(?:^|(?<=&))(?:jsessionid|phpsessid|aspsessionid\w*|utm_\w+|spm|isappinstalled|hm(?:sr|pl|cu|kw|ci))=[^&]*(?:&|$)",
    re.IGNORECASE,
)
_YEAR = r"((?:19|20)\d\d)"
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d){_YEAR}\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})(?!\d)日?")
_YEAR_MONTH_THEN_DAY = re.compile(rf"(?<!\d){_YEAR}\s*[-/.年]\s*(\d{{1,2}})\s*月?\s+(\d{{1,2}})(?!\d)")
_DAY_THEN_YEAR_MONTH = re.compile(rf"(?<!\d)(\d{{1,2}})日?\s+{_YEAR}\s*[-/.年]\s*(\d{{1,2}})(?!\d)")

# Brackets and a dash stand round a day; without a bound, a line of dashes in a headline is searched for minutes.
_DATE_AT_EDGE = re.compile(
    rf"^\W{{0,9}}{_YEAR_MONTH_DAY.pattern}\W{{0,9}}|\W{{0,9}}{_YEAR_MONTH_DAY.pattern}\W{{0,9}}$"
)

# A row's link is a headline from this many characters; column tags such as [要闻] stay below, so they share a row.
_MIN_HEADLINE_CHARS = 6

# Beyond, what surrounds a link is no row: a headline, a day and a summary come to some hundred characters.
_MAX_ROW_CHARS = 2_000


MAX_LINKS = 10_000
"""Links of a page that are looked at: of 340 real pages the fullest has 2,000, and a made one of 80,000 held up all
other sites for 20 s."""


@frozen(kw_only=True)
class LinkRow:
    """A link in its row: `text` as shown, `title` in full, `share` the part of the row's text that the link fills."""

    url: str
    text: str
    title: str
    listed_on: dt.date | None
    share: float
    rel: str


def rows(html: str, url: str, tags: tuple[str, ...] = ("a",)) -> Iterator[LinkRow]:
    """Yield every link of a page that may lead to another page, in page order; `tags` are the elements that count.

    Script and mail links, bare fragments and links to files are left out; `<base href>` is heeded, and links beyond
    `MAX_LINKS` are not.
    """
    if (page := parse_html(html)) is None:
        return
    base = urljoin(url, next(iter(page.xpath("//base/@href")), ""))
    found = islice(page.iter(*tags), MAX_LINKS)
    anchors = [(anchor, to) for anchor in found if (to := resolve(anchor.get("href"), base))]
    owners = _owners(anchors)
    texts: dict[HtmlElement, str] = {}
    for anchor, to in anchors:
        element = _row_element(anchor, to, owners)
        if element not in texts:
            texts[element] = _text_of(element)
        yield _to_row(anchor, to, texts[element])


def resolve(href: str | None, base: str) -> str | None:
    """Return the absolute URL that a link leads to as it is fetched, without fragment; None where that is no page.

    The numbers of sessions and the marks of visitor counters, which change while the page does not, are left out.

    >>> resolve("/../xwzx/t1.html;jsessionid=8F2A?utm_source=home#top", "http://www.example.cn/a/")
    'http://www.example.cn/xwzx/t1.html'
    """
    from w3lib.url import safe_url_string

    href = (href or "").strip()
    if not href or href.startswith("#") or re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", href, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(safe_url_string(urljoin(base, href.replace("\\", "/"))))
        netloc = parts.netloc.lower().removesuffix(":80" if parts.scheme == "http" else ":443")
        path = urlsplit(urljoin("http://host/", _SESSION_PATH.sub("", parts.path) or "/")).path
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not netloc or _FILE_PATH.search(path):
        return None
    query = _SESSION_QUERY.sub("", parts.query)
    return urlunsplit((parts.scheme, netloc, path, query.removesuffix("&") if query != parts.query else query, ""))


def day_in(text: str) -> dt.date | None:
    """Return the first day with a year that a row's text gives, in any order that date boxes use.

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
    """Return the tree of a page, or None where it is no markup at all."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:  # an empty page, or one that is no markup at all
        return None


def _owners(anchors: list[tuple[HtmlElement, str]]) -> dict[HtmlElement, str | None]:
    """Map each element above a headline to the one URL that its headlines lead to, or to None where these differ."""
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
    told = " ".join((anchor.get("title") or next(iter(anchor.xpath(".//img/@alt")), "")).split())
    return LinkRow(
        url=url,
        text=text,
        title=_fuller_title(told, text),
        listed_on=day_in(outside) or day_in(text),
        share=len(text) / max(len(whole), 1),
        rel=(anchor.get("rel") or "").lower(),
    )


def _text_of(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _fuller_title(told: str, text: str) -> str:
    """Choose between a link's title attribute and its text, which lists cut with "…" and put a day before or behind."""
    shown = _DATE_AT_EDGE.sub("", text)
    return told if len(told) >= len(shown.rstrip("….")) else shown
