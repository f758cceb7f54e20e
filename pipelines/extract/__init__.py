"""Pure. From a page's HTML to the article on it, as the page has it."""

from __future__ import annotations

from pipelines.extract import container, media, page, refusals, tree
from pipelines.extract.body import blocks
from pipelines.extract.facts import draft, facts
from pipelines.extract.tree import hanzi
from pipelines.model import Capture, Draft, Recipe, Rejection

__all__ = ["extract"]


def extract(html: str, capture: Capture, recipe: Recipe) -> Draft | Rejection:
    """Return the article that a page holds, or why it holds none.

    The order of refusals is part of the contract: a challenge is one whatever its status, then the status speaks, then
    the recipe's role, then what the page shows.
    """
    refused = refusals.challenge(html, capture) or refusals.failure(capture)
    if refused:
        return refused
    if recipe.role == "list":
        return Rejection(reason="not-an-article", detail=f"recipe {recipe.name} is for lists")
    root = tree.parse(html)
    if root is None:
        return Rejection(reason="empty", detail="the page has no content")
    seen = page.survey(root, html, capture, recipe)
    missing = refusals.missing(seen.lines, seen.first("title")) or refusals.forwarding(html, seen.lines)
    if missing:
        return missing
    return _article(seen)


def _article(seen: page.Page) -> Draft | Rejection:
    told = facts(seen)
    title = told["title"].value if "title" in told else None
    for selector in seen.recipe.prune:
        for element in tree.select(seen.root, selector):
            if element.getparent() is not None:
                element.drop_tree()
    found = container.find(seen.root, seen.html, seen.recipe.body)
    if (found is None or found.small) and _pictured(seen):
        return Rejection(reason="image-only", detail="what is marked as the body holds pictures and no text")
    body = blocks(seen, found, title)
    if not body:
        return _nothing(seen)
    return draft(seen, told, body, found)


def _pictured(seen: page.Page) -> bool:
    """Tell whether all that is marked as the body is pictures: what is denser is then a list beside it."""
    marked = container.shells(seen.root, seen.recipe.body)
    return not any(hanzi(element.text_content()) for element in marked) and bool(media.images(marked, seen.base))


def _nothing(seen: page.Page) -> Rejection:
    listing = refusals.listing(seen.lines)
    if listing:
        return listing
    if media.images(container.shells(seen.root, seen.recipe.body), seen.base):
        return Rejection(reason="image-only", detail="the body holds pictures and no text")
    return Rejection(reason="empty", detail="no text was found on the page")
