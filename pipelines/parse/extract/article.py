"""Extracts the article from the HTML of a page, with the text as the page has it."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve
from lxml import etree
from lxml.html import HtmlElement

from pipelines.model import Capture, Draft, Recipe, Rejection
from pipelines.parse.extract import client_redirects, container, dates, headlines, media, refusals, scripted, tree
from pipelines.parse.extract.beside import with_prose_beside
from pipelines.parse.extract.body import read_body
from pipelines.parse.extract.container import Container
from pipelines.parse.extract.doubt import doubtful_region
from pipelines.parse.extract.error_pages import error_page
from pipelines.parse.extract.hidden_bodies import hidden_body
from pipelines.parse.extract.judge import judge, settled
from pipelines.parse.extract.lines import Layout, lay_out
from pipelines.parse.extract.metadata import (
    Metadata,
    add_document_number,
    add_headlines,
    known_values,
    make_draft,
    read_metadata,
)
from pipelines.parse.extract.page import ParsedPage, parsed_page, with_layout
from pipelines.parse.extract.roles import described
from pipelines.parse.extract.second_reader import lines_of_second_reader
from pipelines.parse.extract.simplified import restored, simplified
from pipelines.parse.extract.unlike_text import surroundings

MAX_VISIBLE_HANZI = 60
"""Chinese characters of the longest text beside which a hidden one is read: a notice or the footer of a page."""


def extract(html: str, capture: Capture, recipe: Recipe) -> Draft | Rejection:
    """Return the article of a page, or the reason why the page has none.

    The order of the checks is part of the contract: first challenges, regardless of the status, then the status, then
    the role of the recipe, then the content of the page.
    """
    rejection = refusals.challenge(html, capture) or refusals.failure(capture) or refusals.outsized(html)
    if rejection:
        return rejection
    if recipe.role == "list":
        return Rejection(reason="not-an-article", detail=f"recipe {recipe.name} is for lists")
    root = tree.parse_html(html)
    if root is None:
        return Rejection(reason="empty", detail="the page has no content")
    tree.unwrap_unclosed_links(root)
    layout = lay_out(root)
    page = parsed_page(root, html, capture, recipe, layout)
    copy, layout = simplified(page, layout)
    return restored(_found(copy, layout), copy)


def _found(page: ParsedPage, layout: Layout) -> Draft | Rejection:
    rejection = refusals.soft_404(page.lines, page.title) or error_page(page.lines)
    if rejection is None and sum(line.hanzi for line in page.lines) < client_redirects.MAX_VISIBLE_HANZI:
        rejection = client_redirects.redirect_rejection(page.html, page.url)
    return rejection or _article(page, layout)


def _article(page: ParsedPage, layout: Layout) -> Draft | Rejection:
    metadata, near_lines = read_metadata(page)
    title = metadata["title"].value if "title" in metadata else None
    layout = _prune(page, layout)
    found = container.find_body(page.root, layout, page.marked_html, page.recipe.body, title)
    if layout.hidden and (whole := _hidden_layout(page, layout, found, title)):
        return _article(with_layout(page, whole), whole)
    found = _compared(with_prose_beside(found, layout, title), page, layout, title) if found else None
    marked = container.marked_elements(page.root, layout, page.recipe.body)
    if (found is None or found.is_doubtful) and _has_only_images(page, marked):
        return Rejection(reason="image-only", detail="what is marked as the body holds pictures and no text")
    if found is None or found.is_doubtful:
        metadata, found = _hidden(page, metadata, found)
    first_lines = [line.text for line in found.lines[: headlines.MAX_OPENING_LINES]] if found else []
    metadata, headline_texts = add_headlines(add_document_number(metadata, first_lines), first_lines)
    if (found is None or found.is_unmarked) and "source" not in metadata:
        rejection = refusals.teasers(layout.lines, found.lines if found else ())
        if rejection:
            return rejection
    body = read_body(page, found, known_values(metadata, headline_texts))
    if not body.blocks:
        return _no_text(page, marked)
    return make_draft(page, metadata, near_lines, body, found)


def _compared(found: Container, page: ParsedPage, layout: Layout, title: str | None) -> Container:
    """Return the container after a comparison with the second reader, if the page leaves a doubt."""
    region = doubtful_region(found, layout, title, page.recipe.body)
    if region is None:
        return found
    around = surroundings(layout, title)
    return settled(found, around, judge(found, around, lines_of_second_reader(layout, region)))


def _hidden(page: ParsedPage, metadata: Metadata, visible: Container | None) -> tuple[Metadata, Container | None]:
    """Return the text that the page keeps for its scripts, with its date, unless a text is visible."""
    is_visible = visible is not None and visible.unlinked_hanzi > MAX_VISIBLE_HANZI
    hidden = None if is_visible or refusals.listing(page.lines) else hidden_body(page.root)
    if hidden is None:
        return metadata, visible
    published = None if "published_at" in metadata else dates.in_scripts(page)
    found = container.from_markup(page.simplify(hidden.markup), hidden.origin)
    return ({**metadata, "published_at": published} if published else metadata), found


def _hidden_layout(
    page: ParsedPage, layout: Layout, found: container.Container | None, title: str | None
) -> Layout | None:
    """Return the layout with hidden elements if the page hides its body until a script has run, else None.

    Hidden copies for reading aloud and other tabs of a visible text are not taken.
    """
    if found and (found.marker != "densest" or not _has_marker(layout.hidden)):
        return None
    hanzi = sum(tree.count_hanzi(str(element.text_content())) for element in layout.hidden)
    visible = found.unlinked_hanzi if found else 0
    if hanzi <= container.MAX_HIDDEN_FACTOR * visible:
        return None
    whole = evolve(lay_out(page.root, with_hidden=True), is_simplified=layout.is_simplified)
    hidden = container.find_body(page.root, whole, page.marked_html, page.recipe.body, title)
    if hidden is None or hidden.unlinked_hanzi <= container.MAX_HIDDEN_FACTOR * visible:
        return None
    return None if found and hidden.marker == "densest" else whole


def _has_marker(elements: Iterable[HtmlElement]) -> bool:
    """Return whether one of the elements, or an element in them, has a known marker of a body."""
    inside = (inner for element in elements for inner in element.iter(etree.Element))
    names = ((inner.tag, inner.get("id"), inner.get("class"), inner.get("itemprop")) for inner in inside)
    return any(described(*each)[0].marker for each in names)


def _prune(page: ParsedPage, layout: Layout) -> Layout:
    """Remove the elements that the recipe excludes from the page, and return the layout without them."""
    excluded = [element for selector in page.recipe.prune for element in tree.select(page.root, selector)]
    for element in excluded:
        if element.getparent() is not None:
            element.drop_tree()
    return evolve(lay_out(page.root), is_simplified=layout.is_simplified) if excluded else layout


def _has_only_images(page: ParsedPage, marked: tuple[HtmlElement, ...]) -> bool:
    """Return whether the elements marked as the body hold only images; a denser block is then a list next to them."""
    has_text = any(tree.count_hanzi(element.text_content()) for element in marked)
    return not has_text and bool(media.images(marked, page.base_url))


def _no_text(page: ParsedPage, marked: tuple[HtmlElement, ...]) -> Rejection:
    refused = scripted.on_other_host(page) or refusals.listing(page.lines)
    if refused:
        return refused
    if media.images(marked, page.base_url):
        return Rejection(reason="image-only", detail="the body holds pictures and no text")
    shell = scripted.scripted(page, marked)
    if shell:
        return shell
    empty = Rejection(reason="empty", detail="no text was found on the page")
    return refusals.listing(page.lines, share=refusals.MIN_LIST_LINK_SHARE_WITHOUT_TEXT) or empty
