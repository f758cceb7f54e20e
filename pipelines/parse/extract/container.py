"""Finds the element with an article's body: by the recipe, then by known markers, each checked for prose."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen
from lxml import html
from lxml.html import HtmlElement

from pipelines.model import LeftOut
from pipelines.parse.extract.densest import SENTENCE, cumulative_scores, densest_block, is_site_text
from pipelines.parse.extract.embedded import COMMENT_PREFIX, commented_bodies, embedded_bodies
from pipelines.parse.extract.ends import end_rule
from pipelines.parse.extract.lines import Layout, LayoutBlock, Line, visible_lines
from pipelines.parse.extract.markers import STRONG, WEAK
from pipelines.parse.extract.spaces import normalise_space
from pipelines.parse.extract.tree import remove_spaces, select
from pipelines.text.script import simplified_copy

MAX_LINK_SHARE = 0.4
"""Share of Chinese characters in links up to which a container is prose: lists have over .8, articles under .3."""

MIN_STRONG_HANZI = 10
"""Chinese characters that a container named by a recipe or a strong marker must have: the shortest notices have 15."""

MIN_WEAK_HANZI = 40
"""The same for weak markers, whose names are often used for other things: a summary or a caption has fewer."""

MIN_DENSEST_HANZI = 25
"""The same for a block without a marker: the welcome text and the slogan of a portal have under 20."""

MIN_INNER_SHARE = 0.8
"""Share of the largest candidate's characters with which a candidate inside it is preferred: the rest is page tools."""

MAX_DENSEST_FACTOR = {"recipe": 6.0, "strong": 6.0, "weak": 1.5}
"""How many times longer than a marked block the densest block may be; beyond, the marked one is only a fragment."""

MAX_HIDDEN_FACTOR = 2.0
"""How many times longer than the visible body a hidden one may be; beyond, the visible one is not the article."""

SURE_HANZI = 150
"""Chinese characters from which a strong marker is trusted without a search for a denser block."""

MIN_ARTICLES = 2
"""Different headlines, and texts, from which a page of Founder's holds several articles: many have one text twice."""

SECOND_READER = "second-reader"
"""Marker of a body that only the second reader has found, in place of ours."""

MAX_TOOL_CHARS = 16
"""Characters that may follow a headline in its line: 语音播报, 收藏, the label of a video."""


@frozen(kw_only=True)
class Container:
    """The elements that hold the body, the marker by which they were found, and their lines.

    `spans` are the numbers of the first line of each element in the page, and of the line after its last; `numbers` are
    those of `lines`. Both are empty if the body is not in visible elements. `above` are the lines between the headline
    and the first element that are no prose, `between` those between two parts of the text. `has_text_beside` is whether
    prose that may belong to the article is next to the elements.

    `judged` are the lines that were left out after a comparison with a second reader, `is_mended` is whether it changed
    the text, and `readers_disagree` whether the two readings differ and the page does not show which is the text.
    """

    elements: tuple[HtmlElement, ...]
    marker: str
    lines: tuple[Line, ...]
    spans: tuple[tuple[int, int], ...] = ()
    numbers: tuple[int, ...] = ()
    above: tuple[Line, ...] = ()
    between: tuple[Line, ...] = ()
    has_text_beside: bool = False
    judged: tuple[LeftOut, ...] = ()
    is_mended: bool = False
    readers_disagree: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether it has no marker and no more prose than the lists next to an article have."""
        return self.is_unmarked and self.unlinked_hanzi < SURE_HANZI

    @property
    def is_unmarked(self) -> bool:
        """Whether neither the recipe nor a known marker shows that it is the body."""
        return self.marker in ("densest", SECOND_READER)

    @functools.cached_property
    def unlinked_hanzi(self) -> int:
        """Number of Chinese characters outside links."""
        return sum(line.unlinked_hanzi for line in self.lines)


def find_body(
    root: HtmlElement, layout: Layout, page: str, selectors: Iterable[str], title: str | None
) -> Container | None:
    """Return the container of the body: by the recipe's selectors in order, by known markers, or the densest block."""
    articles = _founder_articles(root, layout)
    if articles:
        return articles
    recipe_hits = (_best(_selected(root, layout, page, selector), MIN_STRONG_HANZI) for selector in selectors)
    by_recipe = next((hit for hit in recipe_hits if hit), None)
    strong = by_recipe or _best([*_embedded(layout, page), *_marked(layout, STRONG)], MIN_STRONG_HANZI)
    found = strong or _best(_marked(layout, WEAK), MIN_WEAK_HANZI)
    trust = "recipe" if by_recipe else "strong" if strong else "weak"
    if found and trust != "weak" and found.unlinked_hanzi >= SURE_HANZI:
        return found
    densest_or_near = _unmarked(layout, title)
    block = _grown(layout, densest_or_near, title) if densest_or_near else None
    densest = _densest_container(layout, block, title) if block else None
    if found is None:
        return densest if densest and densest.unlinked_hanzi >= MIN_DENSEST_HANZI else None
    if densest and densest.unlinked_hanzi > MAX_DENSEST_FACTOR[trust] * found.unlinked_hanzi:
        return densest
    return found


def marked_elements(root: HtmlElement, layout: Layout, selectors: Iterable[str]) -> tuple[HtmlElement, ...]:
    """Return all elements marked as a body, also those without text: the whole article may be pictures."""
    css_selectors = (selector for selector in selectors if not selector.startswith(COMMENT_PREFIX))
    by_recipe = (element for selector in css_selectors for element in select(root, selector))
    return (*by_recipe, *layout.marked_elements)


def _unmarked(layout: Layout, title: str | None) -> LayoutBlock | None:
    """Return the densest block, or the block below the headline if another heading is between it and the densest.

    Feeds and other articles below a short article have more prose than it, but each has its own heading. If the
    densest block contains the block below the headline, only headings that are links or h1 count: others are subheads.
    """
    sums = cumulative_scores(layout)
    densest = densest_block(layout, sums)
    headline = _headline_number(layout, title)
    near = _block_below(layout, sums, headline) if headline is not None else None
    if densest is None or near is None or (near.start <= densest.start and densest.end <= near.end):
        return densest
    if densest.end <= near.start:
        return near
    is_apart = near.end <= densest.start
    h1_numbers = {block.start for block in layout.blocks if block.element.tag == "h1"}
    for number in range(near.end, densest.end):
        line = layout.lines[number]
        if line.kind == "heading" and (is_apart or line.link_chars or number in h1_numbers):
            return near
        if line.unlinked_hanzi >= MIN_WEAK_HANZI:
            break
    return densest


def _grown(layout: Layout, block: LayoutBlock, title: str | None) -> LayoutBlock:
    """Return the largest block around a block whose other lines are neither links nor those of the site.

    Forms, name lists and notes of an article have fewer characters of prose than its paragraphs, and no links; they are
    in the same box. The box ends below the headline, and above the headline of another article.
    """
    headlines = {*headline_numbers(layout, title, 0, block.start), *headlines_of_others(layout, 0, len(layout.lines))}
    for around in layout.blocks[layout.blocks.index(block) + 1 :]:
        if around.start > block.start or around.end < block.end:
            continue
        above, below = layout.lines[around.start : block.start], layout.lines[block.end : around.end]
        numbers = {*range(around.start, block.start), *range(block.end, around.end)}
        is_apart = any(line.link_chars or is_site_text(line.text) or end_rule(line) for line in (*above, *below))
        if is_apart or numbers & headlines or any(SENTENCE.search(line.text) for line in above):
            break
        block = around
    return block


def headlines_of_others(layout: Layout, start: int, end: int) -> set[int]:
    """Return the numbers of the lines in a range that begin another text: an h1, or a heading with a link."""
    headings = {number for number in range(start, end) if layout.lines[number].kind == "heading"}
    linked = {number for number in headings if layout.lines[number].link_chars}
    if headings <= linked:
        return linked
    return linked | {block.start for block in layout.blocks if block.start in headings and block.element.tag == "h1"}


def _block_below(layout: Layout, sums: Sequence[float], headline: int) -> LayoutBlock | None:
    """Return the best block after a line, within the smallest block that contains the line and prose after it."""
    for block in layout.blocks:
        if block.start <= headline < block.end - 1:
            near = densest_block(layout, sums, headline + 1, block.end)
            lines = layout.lines[max(headline + 1, near.start) : near.end] if near else ()
            if sum(line.unlinked_hanzi for line in lines if line.kind != "heading") >= MIN_WEAK_HANZI:
                return near
    return None


def _densest_container(layout: Layout, block: LayoutBlock, title: str | None) -> Container:
    """Return the container of an unmarked block; its element is the smallest that has all of the prose.

    The block may contain the head and the foot of the page, whose icons are no pictures of the article.
    """
    found = _below_headline(_container(layout, [block], "densest"), layout, title)
    ((start, end),) = found.spans
    lines = enumerate(layout.lines[start:end], start)
    prose = [number for number, line in lines if SENTENCE.search(line.text) and not is_site_text(line.text)]
    if len(prose) < 2:
        return found
    inner = next(block for block in layout.blocks if block.start <= prose[0] and prose[-1] < block.end)
    return evolve(found, elements=(inner.element,))


def _below_headline(found: Container, layout: Layout, title: str | None) -> Container:
    """Return a container that begins at the headline, if it has no prose above it: a block may have the page's head."""
    (start, end), *_ = found.spans
    headline = _headline_number(layout, title)
    if headline is None or not start < headline < start + len(found.lines):
        return found
    above = found.lines[: headline - start]
    has_prose = any(line.unlinked_hanzi >= MIN_WEAK_HANZI and SENTENCE.search(line.text) for line in above)
    if has_prose:
        return found
    rest = headline - start
    return evolve(found, lines=found.lines[rest:], numbers=found.numbers[rest:], spans=((headline, end),))


def _headline_number(layout: Layout, title: str | None) -> int | None:
    """Return the number of the line with the headline, preferably a heading; lines with links do not count."""
    numbers = headline_numbers(layout, title)
    return next((number for number in numbers if layout.lines[number].kind == "heading"), next(iter(numbers), None))


def headline_numbers(layout: Layout, title: str | None, start: int = 0, end: int | None = None) -> list[int]:
    """Return the numbers of the lines that begin with the headline and have nothing else but tools, without links."""
    name = remove_spaces(title or "")
    if not name:
        return []
    return [
        number
        for number, line in enumerate(layout.lines[start:end], start)
        if line.text[0] == name[0]  # first, because few lines pass it; a line is never empty, nor begins with a space
        and not line.link_chars
        and len(line.text) <= 2 * len(name) + MAX_TOOL_CHARS
        and _begins_with(line, name)
    ]


def _begins_with(line: Line, name: str) -> bool:
    text = remove_spaces(line.text)
    return text.startswith(name) and len(text) <= len(name) + MAX_TOOL_CHARS


def _best(hits: Iterable[Container], min_hanzi: int) -> Container | None:
    """Return the smallest candidate that contains nearly all prose of the largest."""
    candidates = [hit for hit in hits if _is_prose(hit, min_hanzi)]
    if not candidates:
        return None
    largest = max(hit.unlinked_hanzi for hit in candidates)
    sufficient = (hit for hit in candidates if hit.unlinked_hanzi >= MIN_INNER_SHARE * largest)
    return min(sufficient, key=lambda hit: hit.unlinked_hanzi)


def _is_prose(hit: Container, min_hanzi: int) -> bool:
    total = sum(line.hanzi for line in hit.lines)
    return hit.unlinked_hanzi >= min_hanzi and total - hit.unlinked_hanzi <= MAX_LINK_SHARE * total


def _selected(root: HtmlElement, layout: Layout, page: str, selector: str) -> Iterator[Container]:
    """Yield what a recipe's selector matches; matching siblings are one candidate."""
    if selector.startswith(COMMENT_PREFIX):
        yield from (_from_html(layout, markup, selector) for markup in commented_bodies(page, selector))
        return
    groups: dict[HtmlElement | None, list[HtmlElement]] = {}
    for element in select(root, selector):
        groups.setdefault(element.getparent(), []).append(element)
    for elements in groups.values():
        yield Container(elements=tuple(elements), marker=selector, lines=tuple(visible_lines(elements)))


def _embedded(layout: Layout, page: str) -> Iterator[Container]:
    yield from (_from_html(layout, markup, marker) for marker, markup in embedded_bodies(page))


def _marked(layout: Layout, markers: tuple[str, ...]) -> Iterator[Container]:
    """Yield the blocks with a known marker; siblings with the same one are one candidate: editors mark parts."""
    groups: dict[tuple[str, HtmlElement | None], list[LayoutBlock]] = {}
    for block in layout.blocks:
        if block.marker and block.marker in markers:
            groups.setdefault((block.marker, block.element.getparent()), []).append(block)
    for (marker, _), blocks in groups.items():
        yield _container(layout, blocks, marker)


def _container(layout: Layout, blocks: list[LayoutBlock], marker: str) -> Container:
    return Container(
        elements=tuple(block.element for block in blocks),
        marker=marker,
        lines=tuple(line for number, block in enumerate(blocks) for line in _lines_of(layout, block, number > 0)),
        spans=tuple((block.start, block.end) for block in blocks),
        numbers=tuple(number for block in blocks for number in range(block.start, block.end)),
    )


def _lines_of(layout: Layout, block: LayoutBlock, parted: bool) -> Iterator[Line]:
    first, *others = layout.lines[block.start : block.end]
    yield evolve(first, parted=True) if parted else first
    yield from others


def _founder_articles(root: HtmlElement, layout: Layout) -> Container | None:
    """Return all articles of a Founder page with several articles: each headline and author, then the text."""
    if "founder-content" not in layout.markup_words or "founder-title" not in layout.markup_words:
        return None
    blocks = {block.element: block for block in layout.blocks if block.marker == "founder-content"}
    titles = [text for element in root.iter("founder-title") if (text := normalise_space(element.text_content()))]
    texts = [element for element in root.iter("founder-content") if element in blocks]
    if min(len(texts), len(set(titles))) < MIN_ARTICLES:
        return None
    found: list[Line] = []
    for element in root.iter("founder-title", "founder-author", "founder-content"):
        text = "" if element in blocks else normalise_space(element.text_content())
        if element in blocks:
            found += _lines_of(layout, blocks[element], False)
        elif text and element.tag != "founder-content":
            is_title = element.tag == "founder-title"
            found.append(Line(text=text, kind="heading" if is_title else "paragraph", parted=is_title))
    return Container(elements=tuple(texts), marker="founder-content", lines=tuple(found))


def _from_html(layout: Layout, markup: str, marker: str) -> Container:
    """Return the container of a part of a page's HTML, simplified as the layout is."""
    return from_markup(simplified_copy(markup) if layout.is_simplified else markup, marker)


def from_markup(markup: str, marker: str) -> Container:
    """Return the container of markup that is not in the tree of its page."""
    element = html.fragment_fromstring(markup, create_parent="div")
    return Container(elements=(element,), marker=marker, lines=tuple(visible_lines((element,))))
