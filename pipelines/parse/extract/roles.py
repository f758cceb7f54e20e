"""Decides from the tag and the attributes of an element, without its content, how it affects the lines of a page."""

from __future__ import annotations

import functools
import re
from typing import Literal, NamedTuple

from lxml.html import HtmlElement

from pipelines.parse.extract.markers import MARKERS
from pipelines.parse.extract.tree import SKIPPED

Kind = Literal["paragraph", "heading", "item", "row", "caption"]

KINDS_BY_TAG: dict[str, Kind] = {
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "li": "item",
    "dt": "item",
    "dd": "item",
    "figcaption": "caption",
}
BLOCK_TAGS = frozenset(KINDS_BY_TAG) | frozenset(
    [
        "p",
        "div",
        "br",
        "hr",
        "tr",
        "table",
        "tbody",
        "ul",
        "ol",
        "dl",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "aside",
        "main",
        "blockquote",
        "pre",
        "center",
        "form",
        "caption",
        "fieldset",
        "figure",
        "address",
        "founder-content",
        "ucapcontent",
        "body",
        "td",
        "th",
    ]
)

MAX_CACHED_ROLES = 4096
"""Size of the cache: the few templates of a site need some hundreds of roles, and single pages add few."""

MAX_CACHED_CHARS = 200
"""Characters of tag and attributes up to which a role is cached: hostile pages have attributes of millions."""


_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")


def is_hidden(element: HtmlElement) -> bool:
    """Return whether an attribute `hidden` or an inline style hides an element.

    >>> from lxml.html import fromstring
    >>> root = fromstring("<div><p style='color: red; DISPLAY : none'>一<p hidden>二<p style='float:none'>三</div>")
    >>> [element.text for element in root if is_hidden(element)]
    ['一', '二']
    """
    style = element.get("style")
    if style:
        lower = style.lower()
        if ("none" in lower or "hidden" in lower) and _HIDDEN_STYLE.search(lower):
            return True
    return element.get("hidden") is not None


class Role(NamedTuple):
    """How an element affects the lines of its page.

    `names` are its classes and its id, `words` are its tag, id, classes and item property; both are in lower case.
    `is_hidden` is whether its class hides it. `affects_lines` is whether the line builder must handle the start and the
    end of the element.
    """

    tag: str
    names: str
    words: tuple[str, ...]
    marker: str | None
    kind: Kind | None
    is_block: bool
    is_skipped: bool
    is_hidden: bool
    affects_lines: bool


HIDDEN = Role(
    tag="",
    names="",
    words=(),
    marker=None,
    kind=None,
    is_block=False,
    is_skipped=True,
    is_hidden=True,
    affects_lines=False,
)
"""The role of an element that is not shown."""


def role_of(tag: str, id_: str | None, class_: str | None, itemprop: str | None) -> Role:
    """Return the role of an element; papers without figures mark a caption as a paragraph with the class `caption`."""
    is_short = len(tag) + len(id_ or "") + len(class_ or "") + len(itemprop or "") <= MAX_CACHED_CHARS
    return (_cached_role if is_short else _role)(tag, id_, class_, itemprop)


def _role(tag: str, id_: str | None, class_: str | None, itemprop: str | None) -> Role:
    marker = (
        _first_marker("#", id_)
        or _first_marker(".", class_)
        or _first_marker("[itemprop=", itemprop, "]")
        or _first_marker("", tag)
    )
    is_block = marker is not None or tag in BLOCK_TAGS
    kind = "caption" if tag == "p" and "caption" in (class_ or "").lower() else KINDS_BY_TAG.get(tag)
    is_skipped = tag in SKIPPED
    return Role(
        tag=tag,
        names=" ".join(f"{class_ or ''} {id_ or ''}".lower().split()) if class_ or id_ else "",
        words=tuple(word for value in (tag, id_, class_, itemprop) if value for word in value.lower().split()),
        marker=marker,
        kind=kind,
        is_block=is_block,
        is_skipped=is_skipped,
        is_hidden="ng-hide" in (class_ or "").split(),
        affects_lines=not is_skipped and (is_block or kind is not None or tag == "a"),
    )


_cached_role = functools.lru_cache(MAX_CACHED_ROLES)(_role)


def _first_marker(prefix: str, value: str | None, suffix: str = "") -> str | None:
    """Return the first word of an attribute that is a known marker of a body, written as a CSS selector."""
    for word in value.lower().split() if value else ():
        selector = f"{prefix}{word}{suffix}"
        if selector in MARKERS:
            return selector
    return None
