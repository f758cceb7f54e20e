"""A page as the readers of its fields see it: tree, lines, and what it declares about itself to machines."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import frozen
from lxml.html import HtmlElement

from pipelines.model import Capture, Recipe
from pipelines.parse.extract import meta_tags
from pipelines.parse.extract.lines import Layout, Line, tidy
from pipelines.parse.extract.media import absolute
from pipelines.parse.extract.tree import select, squeeze
from pipelines.times import CHINA

_SIMPLE = re.compile(r"(?:[#.]|\[itemprop=)?(?P<name>[\w-]+)\]?")

HEADINGS = ("h1", "h2", "h3", "ucaptitle", "founder-title")
"""Tags under which headlines stand; the last two are UCAP's and Founder's own."""

_APART = "\0"
"""No page has it: libxml2 ends a text there."""

T = TypeVar("T")


class Sourced(NamedTuple, Generic[T]):
    """A value that was read on a page, and where: `meta:PubDate`, `h1`, `info-line`, `url`."""

    value: T
    origin: str


@frozen(kw_only=True)
class Page:
    """One parsed page; `metas` and `founder` have lower-case names, `latest` is the capture's day in China.

    `headings` are its elements of these tags, in document order, whether anybody sees them or not.
    """

    root: HtmlElement
    html: str
    url: str
    base: str
    latest: dt.date
    recipe: Recipe
    headings: tuple[HtmlElement, ...]
    lines: tuple[Line, ...]
    named: tuple[tuple[str, HtmlElement], ...]
    texts: tuple[tuple[str, HtmlElement, bool], ...]
    words: frozenset[str]
    metas: Mapping[str, str]
    founder: Mapping[str, str]
    linked_data: Mapping[str, Any]
    detail: Mapping[str, Any]
    torn: bool = False

    @functools.cached_property
    def folded(self) -> tuple[str, ...]:
        """The texts of the lines as `fold` makes them, for finding a headline among them."""
        text = _narrowed(_APART.join(line.text for line in self.lines))
        return tuple(fold(part) for part in text.split(_APART)) if self.lines else ()

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """What the page calls its site and its column, folded."""
        return frozenset(fold(name) for name, _ in self.meta("SiteName", "og:site_name", "ColumnName"))

    @functools.cached_property
    def _names_in_use(self) -> frozenset[str]:
        return frozenset(names for names, _ in self.named)

    def first(self, *selectors: str) -> str:
        """Return the first text that CSS selectors match, selector by selector, or an empty string."""
        return next((text for text, _ in self.selected("", *selectors)), "")

    def selected(self, origin: str, *selectors: str) -> Iterator[Sourced[str]]:
        """Yield the texts of what CSS selectors match, selector by selector, without empty ones.

        What a recipe names may lie where nobody sees it; of all else only `<title>` does.
        """
        for selector in selectors:
            simple = _SIMPLE.fullmatch(selector) if not origin else None
            if simple and simple["name"].lower() not in self.words:
                continue
            for element in select(self.root, selector):
                text = tidy(element.text_content())
                if text:
                    yield Sourced(text, f"{origin}{selector}")

    def called(self, pattern: re.Pattern[str]) -> list[HtmlElement]:
        """Return the visible elements in whose classes or id a pattern is found, in lower case, in document order."""
        fitting = {names for names in self._names_in_use if pattern.search(names)}
        return [element for names, element in self.named if names in fitting]

    def meta(self, *names: str) -> Iterator[Sourced[str]]:
        """Yield these meta tags, in the order of the names; the names as the standards write them."""
        for name in names:
            text = self.metas.get(name.lower())
            if text:
                yield Sourced(text, f"meta:{name}")

    def properties(self, *names: str) -> Iterator[Sourced[str]]:
        """Yield these of Founder's properties, in the order of the names."""
        for name in names:
            if name in self.founder:
                yield Sourced(self.founder[name], f"enpproperty:{name}")

    @property
    def site_name(self) -> str:
        """What the page calls its site, or an empty string."""
        return next((text for text, _ in self.meta("SiteName", "og:site_name")), "")


def survey(root: HtmlElement, html: str, capture: Capture, recipe: Recipe, layout: Layout) -> Page:
    """Return the page of a parsed capture and its layout."""
    found = [*root.iter("base", "meta", "script", *HEADINGS)]  # one pass for all: each visits every element
    base = next((element for element in found if element.tag == "base" and element.get("href") is not None), None)
    return Page(
        root=root,
        html=html,
        url=capture.final_url,
        base=(base is not None and absolute(base.get("href", ""), capture.final_url)) or capture.final_url,
        latest=capture.fetched_at.astimezone(CHINA).date(),
        recipe=recipe,
        headings=tuple(element for element in found if element.tag in HEADINGS),
        lines=layout.lines,
        named=layout.named,
        texts=layout.texts,
        words=layout.words | {"title"},
        metas=meta_tags.metas(element for element in found if element.tag == "meta"),
        founder=meta_tags.founder(html),
        linked_data=meta_tags.linked_data(element for element in found if element.tag == "script"),
        detail=meta_tags.detail(html),
        torn=is_torn(capture),
    )


def is_torn(capture: Capture) -> bool:
    """Tell a page that did not come whole: a limit cut it, or its server announced more bytes than came."""
    announced = capture.header("Content-Length")
    return capture.truncated is not None or (announced.isdecimal() and int(announced) > len(capture.body))


def _narrowed(text: str) -> str:
    """Return a text with the commonest full-width marks as NFKC has them: that spares most lines its slow way."""
    for wide, narrow in zip("，：；（）！？", ",:;()!?", strict=True):
        text = text.replace(wide, narrow)
    return text


def fold(text: str) -> str:
    """Return a text as headlines are compared: NFKC without white space."""
    return squeeze(unicodedata.normalize("NFKC", text))
