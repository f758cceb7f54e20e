"""What an element is to the lines of its page, by its tag and its names, whatever it holds."""

from __future__ import annotations

import functools
from typing import Literal, NamedTuple

from pipelines.parse.extract.markers import MARKERS
from pipelines.parse.extract.tree import SKIPPED

Kind = Literal["paragraph", "heading", "item", "row", "caption"]

KINDS: dict[str, Kind] = {
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
BREAKS = frozenset(KINDS) | frozenset(
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


MOST_ROLES = 4096
"""Roles that are remembered: a site's few templates have some hundreds, its pages few of their own."""


LONGEST_REMEMBERED = 200
"""Characters of their names: pages made to hurt have millions."""


class Role(NamedTuple):
    """What an element is: `names` are its classes and its id in lower case, `acts` tells whether lines depend on it.

    `words` are all of its tag, id, classes and item property, in lower case.
    """

    tag: str
    names: str
    words: tuple[str, ...]
    marker: str | None
    kind: Kind | None
    is_block: bool
    is_skipped: bool
    acts: bool


def role_of(tag: str, id_: str | None, class_: str | None, itemprop: str | None) -> Role:
    """Return what an element is; a paragraph may be a caption by its class, as papers mark it that have no figures."""
    usual = len(tag) + len(id_ or "") + len(class_ or "") + len(itemprop or "") <= LONGEST_REMEMBERED
    return (_remembered if usual else _role)(tag, id_, class_, itemprop)


def _role(tag: str, id_: str | None, class_: str | None, itemprop: str | None) -> Role:
    marker = _known("#", id_) or _known(".", class_) or _known("[itemprop=", itemprop, "]") or _known("", tag)
    is_block = marker is not None or tag in BREAKS
    kind = "caption" if tag == "p" and "caption" in (class_ or "").lower() else KINDS.get(tag)
    is_skipped = tag in SKIPPED
    return Role(
        tag=tag,
        names=f"{class_ or ''} {id_ or ''}".lower() if class_ or id_ else "",
        words=tuple(word for value in (tag, id_, class_, itemprop) if value for word in value.lower().split()),
        marker=marker,
        kind=kind,
        is_block=is_block,
        is_skipped=is_skipped,
        acts=not is_skipped and (is_block or kind is not None or tag == "a"),
    )


_remembered = functools.lru_cache(MOST_ROLES)(_role)


def _known(before: str, value: str | None, behind: str = "") -> str | None:
    """Return the first mark of a body among the words of an attribute."""
    for word in value.lower().split() if value else ():
        name = f"{before}{word}{behind}"
        if name in MARKERS:
            return name
    return None
