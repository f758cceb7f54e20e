"""A parsed page as all field readers see it: its tree, its lines, and its metadata for machines."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import evolve, frozen
from lxml.html import HtmlElement

from pipelines.model import Capture, Recipe
from pipelines.parse.extract import meta_tags
from pipelines.parse.extract.embedded import with_cms_marks
from pipelines.parse.extract.lines import Layout, Line
from pipelines.parse.extract.media import absolute_url
from pipelines.parse.extract.spaces import normalise_space
from pipelines.parse.extract.tree import remove_spaces, select
from pipelines.parse.extract.walk import TextNode
from pipelines.text.script import script_of, simplified_copy
from pipelines.times import CHINA

_SIMPLE_SELECTOR = re.compile(r"(?:[#.]|\[itemprop=)?(?P<name>[\w-]+)\]?")

HEADING_TAGS = ("h1", "h2", "h3", "ucaptitle", "founder-title")
"""Tags of elements that show headlines; the last two are specific to UCAP and Founder."""

_LINE_SEPARATOR = "\0"
"""A character that no line contains: libxml2 ends a text at it."""

MAX_SCRIPT_CHARS = 500
"""Characters of a page that show its script: a menu, the headline and a paragraph."""

MAX_CACHED_TEXTS = 128
"""Folded texts that are kept: a page's headline, site and columns are folded about 20 times each while it is read."""

MAX_CACHED_CHARS = 200
"""Characters of the longest text that is kept: headlines and page titles have fewer."""

T = TypeVar("T")


class Sourced(NamedTuple, Generic[T]):
    """A value with the place on the page where it was read: `meta:PubDate`, `h1`, `info-line`, `url`."""

    value: T
    origin: str


@frozen(kw_only=True)
class ParsedPage:
    """A parsed page.

    `meta_tags` and `founder_fields` have lower-case names, and `captured_at` is the time of the capture in China.
    `marked_html` is the HTML if a CMS or the recipe marks texts in it outside of elements, else an empty string.
    `titles` are the texts of `<title>`, and of the titles of drawings after it. `headings` are all elements with a tag
    of `HEADING_TAGS` in document order, also invisible ones. `has_hidden_text` is whether the lines contain those of
    elements that are not shown. `original` is the page in its own characters if this one is its simplified copy; then
    the texts of `root` are simplified, and `html` is not.
    """

    root: HtmlElement
    html: str
    marked_html: str
    url: str
    base_url: str
    captured_at: dt.datetime
    recipe: Recipe
    titles: tuple[str, ...]
    headings: tuple[HtmlElement, ...]
    lines: tuple[Line, ...]
    named_elements: tuple[tuple[str, HtmlElement], ...]
    text_nodes: tuple[TextNode, ...]
    markup_words: frozenset[str]
    meta_tags: Mapping[str, str]
    founder_fields: Mapping[str, str]
    linked_data: Mapping[str, Any]
    gkmlpt_post: Mapping[str, Any]
    is_incomplete: bool = False
    has_hidden_text: bool = False
    original: ParsedPage | None = None

    @functools.cached_property
    def text(self) -> str:
        """The texts of all lines, separated by line breaks."""
        return "\n".join([line.text for line in self.lines])

    def line_number(self, position: int) -> int:
        """Return the number of the line at a position of `text`."""
        return self.text.count("\n", 0, position)

    @functools.cached_property
    def joined_texts(self) -> tuple[str, tuple[int, ...]]:
        """All visible texts without white space as one text, and the position in it at which each of them ends."""
        pieces = [remove_spaces(text) for text, _, _ in self.text_nodes]
        return "".join(pieces), tuple(accumulate(map(len, pieces)))

    @functools.cached_property
    def folded_lines(self) -> tuple[str, ...]:
        """The texts of the lines after `fold`, in which a headline can be found."""
        text = _narrow_punctuation(_LINE_SEPARATOR.join([line.text for line in self.lines]))
        if unicodedata.is_normalized("NFKC", text):  # as most pages are, so that all lines are folded in one step
            return tuple(remove_spaces(text).split(_LINE_SEPARATOR)) if self.lines else ()
        return tuple(map(_fold, text.split(_LINE_SEPARATOR))) if self.lines else ()

    @functools.cached_property
    def site_and_column_names(self) -> frozenset[str]:
        """The names of the site and the column in the page's meta tags, after `fold`."""
        return frozenset(fold(name) for name, _ in self.meta("SiteName", "og:site_name", "ColumnName"))

    @functools.cached_property
    def _distinct_names(self) -> str:
        """The names of the elements, each once and between spaces, one element in a line."""
        return "".join(f" {names} \n" for names in dict.fromkeys(names for names, _ in self.named_elements))

    @functools.cached_property
    def is_traditional(self) -> bool:
        """Whether the page is in traditional script."""
        return self.original is not None and script_of(self.original.text[:MAX_SCRIPT_CHARS]) == "hant"

    def simplify(self, text: str) -> str:
        """Return a text from the scripts of the page as the texts of its tree are: simplified on a simplified copy."""
        return simplified_copy(text) if self.original is not None else text

    @property
    def title(self) -> str:
        """The text of `<title>`, or an empty string."""
        return next(iter(self.titles), "")

    def select_texts(self, prefix: str, *selectors: str) -> Iterator[Sourced[str]]:
        """Yield the non-empty texts that the CSS selectors match, selector by selector; `prefix` begins each origin.

        The selectors of a recipe, which have a prefix, may match invisible elements.
        """
        for selector in selectors:
            name = None if prefix else _only_name(selector)
            if name is not None and name not in self.markup_words:
                continue
            for element in select(self.root, selector):
                text = normalise_space(element.text_content())
                if text:
                    yield Sourced(text, f"{prefix}{selector}")

    def elements_named(self, pattern: re.Pattern[str]) -> list[HtmlElement]:
        """Return the visible elements whose lower-case classes or id contain the pattern, in document order."""
        text = self._distinct_names
        lines = {text.rfind("\n", 0, found.end()) + 1 for found in pattern.finditer(text)}
        matching = {text[start : text.index("\n", start)].strip() for start in lines}
        return [element for names, element in self.named_elements if names in matching]

    def meta(self, *names: str) -> Iterator[Sourced[str]]:
        """Yield the contents of these meta tags in the order of the names, which are written as in the standards."""
        for name in names:
            text = self.meta_tags.get(name.lower())
            if text:
                yield Sourced(text, f"meta:{name}")

    def founder(self, *names: str) -> Iterator[Sourced[str]]:
        """Yield the values of these fields of Founder's enpproperty comment, in the order of the names."""
        for name in names:
            if name in self.founder_fields:
                yield Sourced(self.founder_fields[name], f"enpproperty:{name}")

    @property
    def captured_on(self) -> dt.date:
        """The date of the capture in China."""
        return self.captured_at.date()

    @property
    def site_name(self) -> str:
        """The name of the site in the page's meta tags, or an empty string."""
        return next((text for text, _ in self.meta("SiteName", "og:site_name")), "")


def parsed_page(root: HtmlElement, html: str, capture: Capture, recipe: Recipe, layout: Layout) -> ParsedPage:
    """Return the page for a capture, its parsed tree and its layout."""
    marked_html = with_cms_marks(html, recipe.body)
    # a single pass, because each visits every element
    elements = [*root.iter("base", "meta", "script", "title", *HEADING_TAGS)]
    base = next((element for element in elements if element.tag == "base" and element.get("href") is not None), None)
    return ParsedPage(
        root=root,
        html=html,
        url=capture.final_url,
        base_url=(base is not None and absolute_url(base.get("href", ""), capture.final_url)) or capture.final_url,
        captured_at=capture.fetched_at.astimezone(CHINA),
        recipe=recipe,
        titles=tuple(filter(None, (normalise_space(each.text_content()) for each in elements if each.tag == "title"))),
        headings=tuple(element for element in elements if element.tag in HEADING_TAGS),
        lines=layout.lines,
        named_elements=layout.named_elements,
        text_nodes=layout.text_nodes,
        markup_words=layout.markup_words,
        meta_tags=meta_tags.read_meta_tags(element for element in elements if element.tag == "meta"),
        marked_html=marked_html,
        founder_fields=meta_tags.read_founder_fields(marked_html),
        linked_data=meta_tags.read_linked_data(element for element in elements if element.tag == "script"),
        gkmlpt_post=meta_tags.read_gkmlpt_post(marked_html),
        is_incomplete=is_incomplete(capture),
    )


def with_layout(page: ParsedPage, layout: Layout) -> ParsedPage:
    """Return the page with a layout that contains its hidden elements: its text is hidden until a script has run."""
    return evolve(
        page,
        lines=layout.lines,
        named_elements=layout.named_elements,
        text_nodes=layout.text_nodes,
        markup_words=layout.markup_words,
        has_hidden_text=True,
    )


def is_incomplete(capture: Capture) -> bool:
    """Return whether a part of the page is missing: a limit cut it, or fewer bytes arrived than announced."""
    announced = capture.header("Content-Length")
    return capture.truncated is not None or (announced.isdecimal() and int(announced) > len(capture.body))


@functools.cache
def _only_name(selector: str) -> str | None:
    """Return the lower-case name of which a selector consists: a tag, a class, an id or an item property."""
    found = _SIMPLE_SELECTOR.fullmatch(selector)
    return found["name"].lower() if found else None


def _narrow_punctuation(text: str) -> str:
    """Replace the most common full-width punctuation as NFKC does, which spares most lines the slow path of NFKC."""
    for wide, narrow in zip("，：；（）！？\u3000－｜～／．…", (*",:;()!? -|~/.", "..."), strict=True):
        text = text.replace(wide, narrow)
    return text


def fold(text: str) -> str:
    """Return a text in the form in which headlines are compared: NFKC without white space."""
    return _cached_fold(text) if len(text) <= MAX_CACHED_CHARS else _fold(text)


def _fold(text: str) -> str:
    return remove_spaces(unicodedata.normalize("NFKC", text))


_cached_fold = functools.lru_cache(MAX_CACHED_TEXTS)(_fold)
