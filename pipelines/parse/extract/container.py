"""Where the body of an article is on its page: the recipe's word, then known markers, each checked for prose."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen
from lxml import html
from lxml.html import HtmlElement

from pipelines.parse.extract.densest import densest, worths
from pipelines.parse.extract.embedded import COMMENT, commented, embedded
from pipelines.parse.extract.lines import Layout, Line, Part, lines, tidy
from pipelines.parse.extract.markers import STRONG, WEAK
from pipelines.parse.extract.tree import select, squeeze

MOST_LINKED = 0.4
"""Share of hanzi in links up to which a container is prose: lists have over .8, articles with links under .3."""

LEAST_PROSE = 10
"""Hanzi that a container named by a recipe or a CMS's own marker must hold: the shortest notices have about 15."""

LEAST_WEAK = 40
"""The same for names that are often given to other things: a summary or a caption has fewer."""

LEAST_DENSE = 25
"""The same for a block that nothing marks: a portal's welcome and its slogan have under 20."""

WHOLE = 0.8
"""Share of the largest candidate's hanzi that a candidate inside it must hold to be preferred: the rest is tools."""

FRAGMENT = {"recipe": 6.0, "strong": 6.0, "weak": 1.5}
"""How many times the densest block may exceed a marked one before the mark is taken for a fragment of the body."""

SURE = 150
"""Hanzi from which a strong marker is believed without looking for anything denser."""

SEVERAL = 2
"""Headlines that differ, and texts, from which a page of Founder's holds several articles: many have one text twice."""

TOOLS = 16
"""Characters that may stand behind a headline in its own line: 语音播报, 收藏, the label of a video."""


@frozen(kw_only=True)
class Container:
    """The elements that hold the body, the marker that told it, and their lines."""

    elements: tuple[HtmlElement, ...]
    marker: str
    lines: tuple[Line, ...]

    @property
    def small(self) -> bool:
        """Whether nothing marked it, and it holds no more prose than the lists beside an article do."""
        return self.marker == "densest" and self.size < SURE

    @functools.cached_property
    def size(self) -> int:
        """Hanzi outside links."""
        return sum(line.prose for line in self.lines)


def find(root: HtmlElement, layout: Layout, page: str, body: Iterable[str], title: str | None) -> Container | None:
    """Return the container of the body: by the recipe's selectors in order, by known markers, or the densest block."""
    several = _articles(root, layout)
    if several:
        return several
    by_recipe = next((hit for selector in body if (hit := _largest(_chosen(root, page, selector), LEAST_PROSE))), None)
    strong = by_recipe or _largest([*_embedded(page), *_marked(layout, STRONG)], LEAST_PROSE)
    found = strong or _largest(_marked(layout, WEAK), LEAST_WEAK)
    trust = "recipe" if by_recipe else "strong" if strong else "weak"
    if found and trust != "weak" and found.size >= SURE:
        return found
    block = _unmarked(layout, title)
    other = _container(layout, [block], "densest") if block else None
    if found is None:
        return other if other and other.size >= LEAST_DENSE else None
    if other and other.size > FRAGMENT[trust] * found.size:
        return other
    return found


def shells(root: HtmlElement, layout: Layout, body: Iterable[str]) -> tuple[HtmlElement, ...]:
    """Return what is marked as a body whether it holds text or not: an article may be all pictures."""
    chosen = (element for selector in body if not selector.startswith(COMMENT) for element in select(root, selector))
    return (*chosen, *layout.marked)


def _unmarked(layout: Layout, title: str | None) -> Part | None:
    """Return the densest block, or the one by the headline where another heading comes before the densest's prose.

    Feeds and further articles below a short article hold more prose than it does, but each under a heading. Where the
    densest block holds the one by the headline, only headings that are links or h1 are foreign: others are subheads.
    """
    sums = worths(layout)
    whole = densest(layout, sums)
    top = _headline(layout, title)
    near = _near(layout, sums, top) if top is not None else None
    if whole is None or near is None or (near.start <= whole.start and whole.end <= near.end):
        return whole
    if whole.end <= near.start:
        return near
    apart = near.end <= whole.start
    heads = {part.start for part in layout.parts if part.element.tag == "h1"}
    for number in range(near.end, whole.end):
        line = layout.lines[number]
        if line.kind == "heading" and (apart or line.linked or number in heads):
            return near
        if line.prose >= LEAST_WEAK:
            break
    return whole


def _near(layout: Layout, sums: Sequence[float], top: int) -> Part | None:
    """Return the best block behind a line in the smallest block that holds that line and prose behind it."""
    for part in layout.parts:
        if part.start <= top < part.end - 1:
            near = densest(layout, sums, top + 1, part.end)
            held = layout.lines[max(top + 1, near.start) : near.end] if near else ()
            if sum(line.prose for line in held if line.kind != "heading") >= LEAST_WEAK:
                return near
    return None


def _headline(layout: Layout, title: str | None) -> int | None:
    """Return the number of the line that shows the headline, a heading rather than another; none in a link counts."""
    name = squeeze(title or "")
    shown = [
        number
        for number, line in enumerate(layout.lines)
        if name and not line.linked and len(line.text) <= 2 * len(name) + TOOLS and _begins(line, name)
    ]
    return next((number for number in shown if layout.lines[number].kind == "heading"), next(iter(shown), None))


def _begins(line: Line, name: str) -> bool:
    text = squeeze(line.text)
    return text.startswith(name) and len(text) <= len(name) + TOOLS


def _largest(found: Iterable[Container], least: int) -> Container | None:
    """Return the smallest candidate that holds nearly all prose of the largest."""
    candidates = [hit for hit in found if _is_prose(hit, least)]
    if not candidates:
        return None
    most = max(hit.size for hit in candidates)
    return min((hit for hit in candidates if hit.size >= WHOLE * most), key=lambda hit: hit.size)


def _is_prose(hit: Container, least: int) -> bool:
    total = sum(line.size for line in hit.lines)
    return hit.size >= least and total - hit.size <= MOST_LINKED * total


def _chosen(root: HtmlElement, page: str, selector: str) -> Iterator[Container]:
    if selector.startswith(COMMENT):
        yield from (_parsed(markup, selector) for markup in commented(page, selector))
        return
    groups: dict[HtmlElement | None, list[HtmlElement]] = {}
    for element in select(root, selector):
        groups.setdefault(element.getparent(), []).append(element)
    for elements in groups.values():
        yield Container(elements=tuple(elements), marker=selector, lines=tuple(lines(elements)))


def _embedded(page: str) -> Iterator[Container]:
    yield from (_parsed(markup, marker) for marker, markup in embedded(page))


def _marked(layout: Layout, names: tuple[str, ...]) -> Iterator[Container]:
    """Yield what bears a known mark; siblings with one mark are one candidate, for some editors mark each part."""
    groups: dict[tuple[str, HtmlElement | None], list[Part]] = {}
    for part in layout.parts:
        if part.marker and part.marker in names:
            groups.setdefault((part.marker, part.element.getparent()), []).append(part)
    for (marker, _), parts in groups.items():
        yield _container(layout, parts, marker)


def _container(layout: Layout, parts: list[Part], marker: str) -> Container:
    return Container(
        elements=tuple(part.element for part in parts),
        marker=marker,
        lines=tuple(line for number, part in enumerate(parts) for line in _of(layout, part, parted=number > 0)),
    )


def _of(layout: Layout, part: Part, *, parted: bool) -> Iterator[Line]:
    first, *others = layout.lines[part.start : part.end]
    yield evolve(first, parted=True) if parted else first
    yield from others


def _articles(root: HtmlElement, layout: Layout) -> Container | None:
    """Return the articles of a page of Founder's that has several whole, each headline and author before its text."""
    if "founder-content" not in layout.words or "founder-title" not in layout.words:
        return None
    parts = {part.element: part for part in layout.parts if part.marker == "founder-content"}
    heads = [element for element in root.iter("founder-title") if tidy(element.text_content())]
    texts = [element for element in root.iter("founder-content") if element in parts]
    if min(len(heads), len(texts), len({tidy(head.text_content()) for head in heads})) < SEVERAL:
        return None
    found: list[Line] = []
    for element in root.iter("founder-title", "founder-author", "founder-content"):
        text = "" if element in parts else tidy(element.text_content())
        if element in parts:
            found += _of(layout, parts[element], parted=False)
        elif text and element.tag != "founder-content":
            title = element.tag == "founder-title"
            found.append(Line(text=text, kind="heading" if title else "paragraph", parted=title))
    return Container(elements=tuple(texts), marker="founder-content", lines=tuple(found))


def _parsed(markup: str, marker: str) -> Container:
    element = html.fragment_fromstring(markup, create_parent="div")
    return Container(elements=(element,), marker=marker, lines=tuple(lines((element,))))
