"""HTML to a tree that lxml can stand, and the smallest questions one asks of it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree, html
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

HANZI = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"

SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "iframe",
        "button",
        "select",
        "option",
        "textarea",
        "svg",
        "template",
        "object",
        "embed",
        "audio",
        "video",
        "head",
        "input",
    ]
)
"""Elements whose text no reader sees as prose."""

MOST_WORDS = 1000
"""Words of the longest tag that is read: libxml2 compares each attribute with all before it."""

_CLASSES = etree.ElementDefaultClassLookup(
    element=HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction
)
"""lxml.html's own lookup calls Python for every element that is touched, to tell forms from others."""

_UNCLOSED = etree.XPath("descendant::a[*[6]][count(p|br|div) > 5 and string-length() > 400]")
LONG = 10_000
"""Characters from which a tag is looked at for its words."""

_LONG = re.compile(rf"<[a-zA-Z][^<>]{{{LONG},}}")
_CLOSERS = re.compile(rb"</(?i:html|body)\s{0,9}>")
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NOT_HANZI = re.compile(f"[^{HANZI}]+")


def parse(page: str) -> HtmlElement | None:
    """Return the page's root element, or None if there is none.

    `</html>` and `</body>` are left out: one from an included header makes libxml2 2.14 orphan the rest of the page.
    libxml2's own limits stay on: what lies deeper than 256 levels is not read.
    """
    shown = _LONG.sub(_bearable, page) if _has_long(page) else page
    for sign in "\ufffe\uffff":
        if sign in shown:  # ten times as fast as to replace what is not there
            shown = shown.replace(sign, "")
    text = _CLOSERS.sub(b"", shown.encode("utf-8", "ignore"))
    parser = etree.HTMLParser(encoding="utf-8")
    parser.set_element_class_lookup(_CLASSES)
    try:
        return html.document_fromstring(text.translate(None, _CONTROLS), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _has_long(page: str) -> bool:
    """Tell whether a page may have a long tag: it would fill a stretch of half its length, wherever these begin."""
    half = LONG // 2
    return any(page.find("<", start, start + half) < 0 for start in range(0, len(page), half))


def _bearable(tag: re.Match[str]) -> str:
    return tag[0] if len(tag[0].split(None, MOST_WORDS)) <= MOST_WORDS else "<p"


def close_links(root: HtmlElement) -> None:
    """Take links off that nobody closed: all text behind them would count as theirs.

    A link around a teaser holds headline, summary and day: three blocks, and under 300 characters.
    """
    found: Any = _UNCLOSED(root)
    for link in found:
        link.drop_tag()


def select(root: HtmlElement, selector: str) -> Iterable[HtmlElement]:
    """Return the elements that a CSS selector matches, in document order; none if lxml cannot read the selector."""
    if selector.isalpha():
        tagged: Iterable[HtmlElement] = root.iter(selector.lower())
        return tagged
    compiled = _compiled(selector)
    found = compiled(root) if compiled else None
    return found if isinstance(found, list) else []


@functools.cache
def _compiled(selector: str) -> CSSSelector | None:
    try:
        return CSSSelector(selector, translator="html")
    except (ValueError, SyntaxError):
        return None


def hanzi(text: str) -> int:
    """Return how many hanzi a text has.

    >>> hanzi("3月4日，市住建局")
    6
    """
    return len(_NOT_HANZI.sub("", text))


def squeeze(text: str) -> str:
    """Return a text without any white space, for comparing."""
    return "".join(text.split())
