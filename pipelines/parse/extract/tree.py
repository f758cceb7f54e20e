"""Parses HTML to an lxml tree, also from hostile or broken pages, and holds the basic operations on trees and texts."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, islice, pairwise
from typing import Any

from lxml import etree, html
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

HANZI = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
"""Ranges of Chinese characters, for use inside a character class."""

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
"""Elements whose text a reader does not see as prose."""

MAX_TAG_WORDS = 1000
"""Maximum number of words in a tag: libxml2 compares each attribute with all earlier ones."""

LONG_TAG_CHARS = 10_000
"""Characters from which the words of a tag are counted."""

_ELEMENT_CLASSES = etree.ElementDefaultClassLookup(
    element=HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction
)
"""The default lookup of lxml.html calls Python for every element that is accessed, to find forms; this one does not."""

_UNCLOSED_LINKS = etree.XPath("descendant::a[*[6]][count(p|br|div) > 5 and string-length() > 400]")
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{LONG_TAG_CHARS},}}")
_CLOSING_TAGS = re.compile(rb"</[hHbB][tToO][mMdD][lLyY]\s{0,9}>")
"""The tags `</html>` and `</body>`; with sets of letters it is twice as fast as with a flag."""

_CONTROL_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NOT_HANZI = re.compile(f"[^{HANZI}]+")
_HANZI_BLOCKS = {*range(0x34, 0x4D), *range(0x4E, 0xA0), 0xF9, 0xFA}
_MIXED_BLOCK = 0x4D
"""High bytes of the characters of `HANZI`, without 〇; those with 4D are Chinese characters or hexagrams."""

_KINDS = bytes(1 if high in _HANZI_BLOCKS else 2 if high == _MIXED_BLOCK else 0 for high in range(256))
"""By the high byte of a character: 1 for a Chinese character, 2 if the high byte does not decide, else 0."""


def parse_html(page: str) -> HtmlElement | None:
    """Return the root element of a page, or None if the page has no element.

    The tags `</html>` and `</body>` are removed first: if an included header contains one, libxml2 2.14 detaches the
    rest of the page. The limits of libxml2 stay on: it does not read elements nested deeper than 256 levels.
    """
    safe = _LONG_TAG.sub(_replace_long_tag, page) if _may_have_long_tag(page) else page
    for noncharacter in "\ufffe\uffff":
        if noncharacter in safe:  # the test is ten times faster than a replacement that finds nothing
            safe = safe.replace(noncharacter, "")
    encoded = _CLOSING_TAGS.sub(b"", safe.encode("utf-8", "ignore"))
    # without its two tables, of ids and of short texts, libxml2 is 5 % faster
    parser = etree.HTMLParser(encoding="utf-8", collect_ids=False, compact=False)
    parser.set_element_class_lookup(_ELEMENT_CLASSES)
    try:
        return html.document_fromstring(encoded.translate(None, _CONTROL_BYTES), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _may_have_long_tag(page: str) -> bool:
    """Return whether a page may have a long tag: such a tag always fills one stretch of half the length completely.

    It begins in the stretch before that one. Long scripts fill stretches too, but the tag before them is closed.
    """
    half = LONG_TAG_CHARS // 2
    return any(
        page.find("<", start, start + half) < 0
        and page.rfind("<", max(0, start - half), start) > page.rfind(">", max(0, start - half), start)
        for start in range(0, len(page), half)
    )


def _replace_long_tag(tag: re.Match[str]) -> str:
    return tag[0] if len(tag[0].split(None, MAX_TAG_WORDS)) <= MAX_TAG_WORDS else "<p"


def unwrap_unclosed_links(root: HtmlElement) -> None:
    """Remove links that have no closing tag, but keep their content: otherwise all text after them counts as link text.

    A normal link around a teaser holds a headline, a summary and a date: three blocks and fewer than 300 characters.
    """
    links: Any = _UNCLOSED_LINKS(root)
    for link in links:
        link.drop_tag()


def select(root: HtmlElement, selector: str) -> Iterable[HtmlElement]:
    """Return the elements that a CSS selector matches, in document order; none if the selector is invalid."""
    if selector.isalpha():
        by_tag: Iterable[HtmlElement] = root.iter(selector.lower())
        return by_tag
    compiled = _compiled(selector)
    found = compiled(root) if compiled else None
    return found if isinstance(found, list) else []


@functools.cache
def _compiled(selector: str) -> CSSSelector | None:
    try:
        return CSSSelector(selector, translator="html")
    except (ValueError, SyntaxError, RecursionError):
        return None


def first_texts(element: HtmlElement, count: int) -> list[str]:
    """Return the first texts in an element, without an iterator if it contains no element, as most do."""
    return list(islice(element.itertext(), count)) if len(element) else [element.text or ""]


def text_of(element: HtmlElement) -> str:
    """Return the text in an element, visible or not, with that of comments."""
    return "".join(element.itertext()) if len(element) else element.text or ""


def count_hanzi(text: str) -> int:
    """Return the number of Chinese characters in a text.

    >>> count_hanzi("3月4日，市住建局")
    6
    """
    return len(_NOT_HANZI.sub("", text))


def count_hanzi_of(texts: Sequence[str]) -> list[int]:
    """Return the number of Chinese characters in each of many texts, in a third of the time of single counts.

    It looks at the high bytes of UTF-16 only. Characters for which they do not decide are in few pages.
    """
    together = "".join(texts)
    kinds = together.encode("utf-16-le", "surrogatepass")[1::2].translate(_KINDS)
    if len(kinds) != len(together) or 2 in kinds or "〇" in together:
        return list(map(count_hanzi, texts))
    ends = accumulate(map(len, texts), initial=0)
    return [kinds.count(1, start, end) for start, end in pairwise(ends)]


def remove_spaces(text: str) -> str:
    """Return a text without any white space, for comparisons."""
    return "".join(text.split())
