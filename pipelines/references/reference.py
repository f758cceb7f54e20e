"""What a reference is, and the kinds of files that pages refer to."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import urldefrag, urljoin, urlsplit

from attrs import frozen
from w3lib.url import safe_url_string

from pipelines.masking import without_credentials

ReferenceKind = Literal["stylesheet", "picture", "script", "font", "icon", "frame", "media", "link"]
"""`link` is for what a reader or a meta refresh opens. All other kinds are requisites: a browser asks for them itself.

`media` is also for what `embed` and `object` show.
"""

MAX_URL_CHARS = 2048
"""Longer addresses are ignored: they are data in the place of an address, and servers refuse them."""

_USUAL = re.compile(r"/?[\w.%-]+(?:[/?#;]|$)|https?://\w")
"""How an address begins that is relative to the folder of its page, or to nothing of it."""

_IGNORED = ("#", "data:", "javascript:", "about:", "blob:", "mailto:", "tel:")


@frozen(kw_only=True)
class FileReference:
    """One reference of a page or stylesheet.

    `url` is absolute and as a browser sends it, without fragment. `where` is the place: `img src`, `td style url()`,
    `css @import`.
    """

    url: str
    kind: ReferenceKind
    where: str


MAX_RESOLVED = 4_096
"""Resolved addresses that are kept: all pages of a site have the same layout, with some 30 requisites."""

Replace = Callable[[FileReference], str | None]
"""Returns the new address for a reference, without fragment; None leaves the reference as it is."""


def resolve(address: str, base: str, encoding: str) -> tuple[str, str] | None:
    """Return URL and fragment of an address as in a browser; None if no server is asked for it.

    Characters outside ASCII are percent-encoded: in UTF-8 in the path, in the encoding of the document in the query.
    The empty query of `a.eot?#iefix` is left out, so that no file is asked for twice.

    >>> resolve("图.jpg?n=图#top", "http://a.example.cn/b/", "gb18030")
    ('http://a.example.cn/b/%E5%9B%BE.jpg?n=%CD%BC', '#top')
    """
    address = address.strip(" \t\n\r\f").replace("\t", "").replace("\n", "").replace("\r", "")
    if not address or address.lower().startswith(_IGNORED):
        return None
    return _resolved(address, _folder(base) if _USUAL.match(address) else base, encoding)


def _folder(base: str) -> str:
    """Return the address of the folder of a page, which many pages have in common; the page's own if it has no path."""
    page = base.partition("#")[0].partition("?")[0]
    return page[: page.rindex("/") + 1] if page.count("/") > 2 else base  # two follow the scheme


@functools.lru_cache(MAX_RESOLVED)
def _resolved(address: str, base: str, encoding: str) -> tuple[str, str] | None:
    path, mark, query = address.partition("?")
    try:
        url, _, fragment = urljoin(base, path.replace("\\", "/") + mark + query).partition("#")
        if len(url) > MAX_URL_CHARS or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            return None
        return urldefrag(_percent_encoded(without_credentials(url), encoding)).url, "#" + fragment if fragment else ""
    except ValueError:
        return None


def _percent_encoded(url: str, encoding: str) -> str:
    try:
        return safe_url_string(url, "utf-8" if encoding == "ascii" else encoding)
    except UnicodeEncodeError:  # characters that the encoding does not have, written as entities
        return safe_url_string(url, "utf-8")
