"""Decides from the tag and the attributes of an element, without its content, how it affects the lines of a page."""

from __future__ import annotations

import functools
import re
from typing import Literal

from attrs import frozen

from pipelines.parse.extract.markers import MARKERS
from pipelines.parse.extract.tables import CELL_TAGS
from pipelines.parse.extract.tree import SKIPPED

LineKind = Literal["paragraph", "heading", "item", "row", "caption"]

KINDS_BY_TAG: dict[str, LineKind] = {
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

TABLE_TAGS = ("table", "tr", "caption", *CELL_TAGS)
"""A table, its caption, its rows and their cells."""

MAX_CACHED_ROLES = 512
"""Size of the cache: there are about 100 tags, and 100 tags with a marker."""

MAX_CACHED_CHARS = 50
"""Characters of the longest tag whose role is cached: hostile pages have tags of thousands."""

_MARKER_WORDS = frozenset(marker.lstrip("#.") for marker in MARKERS if "[" not in marker)
"""The classes and ids that are markers: a quick test."""


_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")


def is_hiding(style: str) -> bool:
    """Return whether an inline style hides its element.

    >>> [is_hiding(style) for style in ("color: red; DISPLAY : none", "visibility:hidden", "float:none")]
    [True, True, False]
    """
    lower = style.lower()
    return ("none" in lower or "hidden" in lower) and _HIDDEN_STYLE.search(lower) is not None


Effect = Literal["none", "skip", "link", "block", "other"]
"""What an element does to the lines: nothing, it is skipped with all in it, it is a link and nothing else, it begins
and ends a line, of a kind or not, as paragraphs, boxes and headings, or it does something else. What has a kind is a
block."""


@frozen(kw_only=True)
class Role:
    """How an element affects the lines of its page. `is_hidden` is whether its class hides it."""

    tag: str
    marker: str | None
    kind: LineKind | None
    is_block: bool
    is_hidden: bool
    is_in_table: bool
    effect: Effect


HIDDEN = Role(tag="", marker=None, kind=None, is_block=False, is_hidden=True, is_in_table=False, effect="skip")
"""The role of an element that is not shown."""


RoleKey = tuple[str, str | None, str | None, str | None]
"""Tag, id, class and item property of an element, as they are in its markup."""


def described(tag: str, id_: str | None, class_: str | None, itemprop: str | None) -> tuple[Role, str]:
    """Return the role of an element, and its classes and its id in lower case, separated by single spaces.

    Papers without figures mark a caption as a paragraph with the class `caption`.
    """
    words = f"{class_ or ''} {id_ or ''}".lower().split() if class_ or id_ else []
    may_be_marked = itemprop or not _MARKER_WORDS.isdisjoint(words)
    marker = _attribute_marker(id_, class_, itemprop) if may_be_marked else None
    is_caption = tag == "p" and "caption" in (class_ or "").lower()
    is_hidden = "ng-hide" in words and "ng-hide" in (class_ or "").split()
    role = (_cached_role if len(tag) <= MAX_CACHED_CHARS else _role)(tag, marker, is_caption, is_hidden)
    return role, " ".join(words)


def _role(tag: str, attribute_marker: str | None, is_caption: bool, is_hidden: bool) -> Role:
    marker = attribute_marker or _first_marker("", tag)
    is_block = marker is not None or tag in BLOCK_TAGS
    kind = "caption" if is_caption else KINDS_BY_TAG.get(tag)
    return Role(
        tag=tag,
        marker=marker,
        kind=kind,
        is_block=is_block,
        is_hidden=is_hidden,
        is_in_table=tag in TABLE_TAGS,
        effect=_effect(tag, is_block),
    )


def _effect(tag: str, is_block: bool) -> Effect:
    if tag in SKIPPED:
        return "skip"
    if not is_block:
        return "link" if tag == "a" else "none"
    return "other" if tag in ("a", "hr", *TABLE_TAGS) else "block"


_cached_role = functools.lru_cache(MAX_CACHED_ROLES)(_role)


def _attribute_marker(id_: str | None, class_: str | None, itemprop: str | None) -> str | None:
    return _first_marker("#", id_) or _first_marker(".", class_) or _first_marker("[itemprop=", itemprop, "]")


def _first_marker(prefix: str, value: str | None, suffix: str = "") -> str | None:
    """Return the first word of an attribute that is a known marker of a body, written as a CSS selector."""
    for word in value.lower().split() if value else ():
        selector = f"{prefix}{word}{suffix}"
        if selector in MARKERS:
            return selector
    return None
