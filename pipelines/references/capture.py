"""The requisites that a captured page, stylesheet or SVG picture refers to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipelines.model import Capture, Rejection
from pipelines.parse.decode import charsets, decode
from pipelines.parse.decode.encoding import TooLarge, unpack
from pipelines.references.css import decode_css, find_css
from pipelines.references.html import find_html
from pipelines.references.reference import FileReference
from pipelines.references.svg import SVG_TYPE, find_svg

_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE)


def find(capture: Capture, document_charset: str = "", charset: str | None = None) -> tuple[FileReference, ...]:
    """Return the requisites of a captured page, stylesheet or SVG picture, each once; empty for other captures.

    `document_charset` is that of the page that asks for a stylesheet, `charset` the recipe's for a page.
    """
    if is_css(capture):
        return find_css(*_with_url(capture, document_charset))
    if is_svg(capture):
        return find_svg(svg_of(capture), capture.final_url)
    html = decode(capture, charset)
    if isinstance(html, Rejection):
        return ()
    found = find_html(html, capture.final_url)
    if any("%" in urlsplit(each.url).query for each in found):  # its characters are in the encoding of the page
        return find_html(html, capture.final_url, charsets(capture)[1])
    return found


def is_css(capture: Capture) -> bool:
    """Return whether a capture is a stylesheet, by its media type."""
    return capture.header("content-type").partition(";")[0].strip().lower() == "text/css"


def is_svg(capture: Capture) -> bool:
    """Return whether a capture is an SVG picture, by its media type."""
    return capture.header("content-type").partition(";")[0].strip().lower() == SVG_TYPE


def svg_of(capture: Capture) -> str:
    """Return the text of a captured SVG picture in UTF-8, as nearly all are; empty if it unpacks to too much."""
    codings = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    try:
        return unpack(capture.body, codings).decode("utf-8", "replace")
    except TooLarge:
        return ""


def css_of(capture: Capture, document_charset: str = "") -> tuple[str, str]:
    """Return the text of a captured stylesheet and its encoding; empty if it unpacks to too much."""
    codings = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    label = _CHARSET.search(capture.header("content-type"))
    try:
        return decode_css(unpack(capture.body, codings), label[1] if label else "", document_charset)
    except TooLarge:
        return "", "utf-8"


def _with_url(capture: Capture, document_charset: str) -> tuple[str, str, str]:
    css, encoding = css_of(capture, document_charset)
    return css, capture.final_url, encoding
