"""Pure. trafilatura as the reader of a body's container, and of a whole page where there is none."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import trafilatura
from lxml import html
from lxml.html import HtmlElement
from trafilatura.settings import Document


def read_container(elements: Iterable[HtmlElement]) -> str:
    """Return the text that trafilatura reads in these elements, one line a paragraph, or nothing."""
    page = html.Element("html")
    article = html.Element("article")
    body = html.Element("body")
    page.append(body)
    body.append(article)
    article.extend(copy.deepcopy(element) for element in elements)
    return _text(page, recall=True)


def read_page(root: HtmlElement) -> str:
    """Return the text that trafilatura finds on a whole page, or nothing."""
    return _text(copy.deepcopy(root), recall=False)


def _text(root: HtmlElement, recall: bool) -> str:
    """Run trafilatura without metadata, whose dates cost 40 % of its time.

    Never with `deduplicate=True`: its memory is the process's, so the same page would give other text the third time.
    """
    found = trafilatura.bare_extraction(
        root, fast=True, favor_recall=recall, favor_precision=not recall, include_comments=False, with_metadata=False
    )
    return (found.text or "") if isinstance(found, Document) else ""
