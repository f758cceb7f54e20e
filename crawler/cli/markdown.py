"""Texts of pages in Markdown: shown as they are, without effect as markup or HTML."""

from __future__ import annotations

import re
from urllib.parse import quote

_SYNTAX = re.compile(r"([\\`*\[\]|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^#)", re.MULTILINE)
_REFERENCE = re.compile(r"&(?=#?[A-Za-z0-9]{1,40};)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])([^<>]*)(>?)")
"""A tag, a comment or an automatic link begins with an ASCII letter or one of these signs; 《<…>》 is text."""

_LINE_START = re.compile(r"^([^\S\n]*(?:\d{1,9}(?=[.)]\s))?)([-+=.)>])(?=\s|$|[-=>])", re.MULTILINE)
"""What makes a line a list item, a rule, a quotation or the line below a headline."""

_URL_END = re.compile(r"[\x00-\x20\x7f<>()\"\\`]")
"""Characters in a URL that would end it or its link."""


def markdown_escaped(text: str) -> str:
    """Return a text whose characters Markdown does not interpret, also no HTML in it.

    >>> print(markdown_escaped("a*b <c>"))
    a\\*b &lt;c&gt;
    >>> print(markdown_escaped("1. 概况"), markdown_escaped("3.5"), markdown_escaped("- 一"))
    1\\. 概况 3.5 \\- 一
    """
    without_html = _TAG.sub(_escaped_tag, _REFERENCE.sub("&amp;", text))
    return _LINE_START.sub(r"\1\\\2", _SYNTAX.sub(r"\\\1", without_html))


def markdown_link(title: str, url: str) -> str:
    """Return a list item with a link."""
    return f"- [{markdown_escaped(title)}]({markdown_url(url)})"


def markdown_url(url: str) -> str:
    """Return a URL in which the characters are %-encoded that would end it.

    >>> markdown_url("http://a.cn/附件 (1).pdf")
    'http://a.cn/附件%20%281%29.pdf'
    """
    return _URL_END.sub(lambda found: quote(found[0]), url)


def _escaped_tag(tag: re.Match[str]) -> str:
    return f"&lt;{tag[1]}{'&gt;' if tag[2] else ''}"
