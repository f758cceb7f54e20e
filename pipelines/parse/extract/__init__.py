"""From a page's HTML to the article on it, as the page has it."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipelines.model import Capture, Draft, Recipe, Rejection
from pipelines.parse.extract import container, forwards, headlines, media, page, refusals, tree
from pipelines.parse.extract.body import blocks
from pipelines.parse.extract.lines import Layout, lay_out
from pipelines.parse.extract.metadata import draft, facts, opened
from pipelines.parse.extract.tree import hanzi

__all__ = ["extract"]


def extract(html: str, capture: Capture, recipe: Recipe) -> Draft | Rejection:
    """Return the article that a page holds, or why it holds none.

    The order of refusals is part of the contract: a challenge is one whatever its status, then the status speaks, then
    the recipe's role, then what the page shows.
    """
    refused = refusals.challenge(html, capture) or refusals.failure(capture) or refusals.outsized(html)
    if refused:
        return refused
    if recipe.role == "list":
        return Rejection(reason="not-an-article", detail=f"recipe {recipe.name} is for lists")
    root = tree.parse(html)
    if root is None:
        return Rejection(reason="empty", detail="the page has no content")
    tree.close_links(root)
    layout = lay_out(root)
    seen = page.survey(root, html, capture, recipe, layout)
    missing = refusals.missing(seen.lines, seen.first("title"))
    if missing is None and sum(line.size for line in seen.lines) < forwards.FORWARDING:
        missing = forwards.forwarding(html, capture.final_url)
    if missing:
        return missing
    return _article(seen, layout)


def _article(seen: page.Page, layout: Layout) -> Draft | Rejection:
    told = facts(seen)
    title = told["title"].value if "title" in told else None
    layout = _pruned(seen, layout)
    found = container.find(seen.root, layout, seen.html, seen.recipe.body, title)
    marked = container.shells(seen.root, layout, seen.recipe.body)
    if (found is None or found.small) and _pictured(seen, marked):
        return Rejection(reason="image-only", detail="what is marked as the body holds pictures and no text")
    told, names = opened(told, [line.text for line in found.lines[: headlines.MOST_OPENING]] if found else [])
    body = blocks(seen, found, names)
    if not body:
        return _nothing(seen, marked)
    return draft(seen, told, body, found)


def _pruned(seen: page.Page, layout: Layout) -> Layout:
    """Take what the recipe names as foreign to the article off the page."""
    foreign = [element for selector in seen.recipe.prune for element in tree.select(seen.root, selector)]
    for element in foreign:
        if element.getparent() is not None:
            element.drop_tree()
    return lay_out(seen.root) if foreign else layout


def _pictured(seen: page.Page, marked: tuple[HtmlElement, ...]) -> bool:
    """Tell whether all that is marked as the body is pictures: what is denser is then a list beside it."""
    return not any(hanzi(element.text_content()) for element in marked) and bool(media.images(marked, seen.base))


def _nothing(seen: page.Page, marked: tuple[HtmlElement, ...]) -> Rejection:
    listing = refusals.listing(seen.lines)
    if listing:
        return listing
    if media.images(marked, seen.base):
        return Rejection(reason="image-only", detail="the body holds pictures and no text")
    nothing = Rejection(reason="empty", detail="no text was found on the page")
    return refusals.listing(seen.lines, share=refusals.BARE) or nothing
