"""Pure. Where the body of an article is on its page: the recipe's word, then known markers, each checked for prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen
from lxml import html
from lxml.html import HtmlElement

from pipelines.extract.densest import densest
from pipelines.extract.lines import Line, lines
from pipelines.extract.markers import STRONG, WEAK
from pipelines.extract.tree import hanzi, select

COMMENT = "comment:"

MOST_LINKED = 0.4
"""Share of hanzi in links up to which a container is prose: lists have over .8, articles with links under .3."""

LEAST_PROSE = 10
"""Hanzi that a container named by a recipe or a CMS's own marker must hold: the shortest notices have about 15."""

LEAST_WEAK = 40
"""The same for names that are often given to other things: a summary or a caption has fewer."""

WHOLE = 0.8
"""Share of the largest candidate's hanzi that a candidate inside it must hold to be preferred: the rest is tools."""

FRAGMENT = {"recipe": 6.0, "strong": 6.0, "weak": 1.5}
"""How many times the densest block may exceed a marked one before the mark is taken for a fragment of the body."""

SURE = 150
"""Hanzi from which a strong marker is believed without looking for anything denser."""


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

    @property
    def size(self) -> int:
        """Hanzi outside links."""
        return sum(hanzi(line.text) - min(hanzi(line.text), line.linked) for line in self.lines)


def find(root: HtmlElement, page: str, body: Iterable[str]) -> Container | None:
    """Return the container of the body: by the recipe's selectors in order, by known markers, or the densest block."""
    by_recipe = next((hit for selector in body if (hit := _largest(root, page, (selector,), LEAST_PROSE))), None)
    strong = by_recipe or _largest(root, page, STRONG, LEAST_PROSE)
    found = strong or _largest(root, page, WEAK, LEAST_WEAK)
    trust = "recipe" if by_recipe else "strong" if strong else "weak"
    if found and trust != "weak" and found.size >= SURE:
        return found
    block = densest(root)
    other = Container(elements=(block,), marker="densest", lines=tuple(lines((block,)))) if block is not None else None
    if found is None or (other and other.size > FRAGMENT[trust] * found.size):
        return other
    return found


def shells(root: HtmlElement, body: Iterable[str]) -> tuple[HtmlElement, ...]:
    """Return what is marked as a body whether it holds text or not: an article may be all pictures."""
    return tuple(element for selectors in (tuple(body), STRONG, WEAK) for _, element in _marked(root, selectors))


def _largest(root: HtmlElement, page: str, selectors: tuple[str, ...], least: int) -> Container | None:
    """Return the smallest candidate that holds nearly all prose of the largest."""
    candidates = [hit for hit in _candidates(root, page, selectors) if _is_prose(hit, least)]
    if not candidates:
        return None
    most = max(hit.size for hit in candidates)
    return min((hit for hit in candidates if hit.size >= WHOLE * most), key=lambda hit: hit.size)


def _is_prose(hit: Container, least: int) -> bool:
    total = sum(hanzi(line.text) for line in hit.lines)
    return hit.size >= least and total - hit.size <= MOST_LINKED * total


def _candidates(root: HtmlElement, page: str, selectors: tuple[str, ...]) -> Iterator[Container]:
    """Yield what the selectors match; siblings with one mark are one candidate, for some editors mark each part."""
    for marker, element in _commented(page, selectors):
        yield Container(elements=(element,), marker=marker, lines=tuple(lines((element,))))
    groups: dict[tuple[str, HtmlElement | None], list[HtmlElement]] = {}
    for marker, element in _marked(root, selectors):
        groups.setdefault((marker, element.getparent()), []).append(element)
    for (marker, _), elements in groups.items():
        yield Container(elements=tuple(elements), marker=marker, lines=tuple(lines(elements)))


def _marked(root: HtmlElement, selectors: tuple[str, ...]) -> Iterator[tuple[str, HtmlElement]]:
    if selectors not in (STRONG, WEAK):
        for selector in selectors:
            if not selector.startswith(COMMENT):
                yield from ((selector, element) for element in select(root, selector))
        return
    known = frozenset(selectors)
    for element in root.iter("*"):
        for name in _names(element):
            if name in known:
                yield name, element
                break


def _names(element: HtmlElement) -> Iterator[str]:
    """Yield the simple selectors that match an element, in lower case."""
    attributes = element.attrib
    if attributes:
        if "id" in attributes:
            yield f"#{attributes['id'].strip().lower()}"
        if "class" in attributes:
            yield from (f".{name}" for name in attributes["class"].lower().split())
        if "itemprop" in attributes:
            yield f"[itemprop={attributes['itemprop'].lower()}]"
    yield element.tag


def _commented(page: str, selectors: tuple[str, ...]) -> Iterator[tuple[str, HtmlElement]]:
    """Yield what lies between pairs of comments: `NAME` and `/NAME`, or `NAME` with `begin` and `end` behind it.

    Founder pages hold the pair twice, the first with an abstract; JCMS writes `<$[信息内容]>begin`.
    """
    for selector in selectors:
        name = re.sub(r"\.?begin$", "", selector.removeprefix(COMMENT), flags=re.IGNORECASE)
        if not selector.startswith(COMMENT) or name.lower() not in page.lower():
            continue
        opening = rf"<!--\s*{re.escape(name)}(?:\.?begin)?\s*-->"
        closing = rf"<!--\s*(?:/\s*{re.escape(name)}|{re.escape(name)}\.?end)\s*-->"
        for found in re.finditer(rf"{opening}(.*?){closing}", page, re.IGNORECASE | re.DOTALL):
            if found[1].strip():
                yield selector, html.fragment_fromstring(found[1], create_parent="div")
