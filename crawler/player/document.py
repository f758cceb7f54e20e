"""The content of a capture as the player needs it: decoded if it is a page or a stylesheet."""

from __future__ import annotations

import re

from attrs import evolve, field, frozen

from pipelines.model import Capture, Rejection
from pipelines.parse.decode import charsets, decode
from pipelines.parse.decode.encoding import TooLarge, unpack
from pipelines.references import css_of, is_css, tokens

_PAGE_TYPES = frozenset({"", "text/html", "application/xhtml+xml"})
_UNTYPED = frozenset({"", "text/plain", "application/octet-stream", "application/x-css"})
"""Media types of servers that do not know stylesheets; browsers accept these in old pages."""

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


@frozen(kw_only=True)
class PlayedDocument:
    """`body` has no content-encoding; `html` and `css` are its text if it is a page or can be a stylesheet."""

    media_type: str
    body: bytes = field(repr=False)
    encoding: str = "utf-8"
    html: str | None = None
    css: str | None = None
    title: str = ""


def document_of(capture: Capture, document_charset: str = "") -> PlayedDocument:
    """Return the content of a capture; `document_charset` is that of the page that asks for a stylesheet."""
    codings = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    try:
        body = unpack(capture.body, codings)
    except TooLarge:
        body = b""
    named = capture.header("content-type").partition(";")[0].strip().lower()
    plain = PlayedDocument(media_type=named if _MEDIA_TYPE.fullmatch(named) else "", body=body)
    if named in _PAGE_TYPES and not isinstance(html := decode(capture), Rejection):
        page = evolve(plain, html=html, encoding=charsets(capture)[1], title=_title(html))
        return evolve(page, css=body.decode("utf-8", "replace")) if named == "" else page
    if is_css(capture) or named in _UNTYPED:
        css, encoding = css_of(capture, document_charset)
        return evolve(plain, css=css, encoding=encoding)
    return plain


def _title(html: str) -> str:
    from html import unescape

    found = next((token.source for token in tokens(html) if token.kind == "raw" and token.name == "title"), "")
    return " ".join(unescape(found).split())
