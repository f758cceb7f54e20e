"""Pure. The block of a page that holds most prose, where no marker tells the body."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from pipelines.extract.tree import HANZI, SKIPPED, hanzi

LINK_COST = 2
"""What a hanzi in a link takes away: a navigation list of the article's own length must not come in with it."""

SHORT_COST = 0.5
"""What a hanzi of a text without sentence marks takes away: labels, tools, menus."""

GAIN = 1.1
"""How many times the prose of its best part a block must hold to be preferred to that part."""

_SENTENCE = re.compile(f"[，。；！？、：”][^{HANZI}]*|[,.;!?:]\\s")
_INLINE = frozenset(
    [
        "a",
        "span",
        "b",
        "i",
        "strong",
        "em",
        "font",
        "u",
        "sub",
        "sup",
        "small",
        "big",
        "label",
        "ins",
        "mark",
        "o:p",
    ]
)


def densest(root: HtmlElement) -> HtmlElement | None:
    """Return the smallest block that holds nearly all of the best prose of the page, or None where there is none."""
    worth: dict[HtmlElement, float] = {}
    best: dict[HtmlElement, tuple[float, HtmlElement]] = {}
    paragraphs: dict[HtmlElement, float] = {}
    links = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in SKIPPED:
                walk.skip_subtree()
                continue
            links += element.tag == "a"
            worth[element] = _value(element.text, links > 0)
            continue
        if element.tag in SKIPPED:
            continue
        own = worth[element] + sum(_value(child.tail, links > 0) for child in element)
        links -= element.tag == "a"
        worth[element] = own
        inner = best.get(element)
        held = max(own, paragraphs.get(element, 0.0))
        if element.tag not in _INLINE and (inner is None or held > GAIN * inner[0]):
            best[element] = inner = (held, element)
        parent = element.getparent()
        if element is not root and parent is not None:
            worth[parent] += own
            if element.tag == "p" and own > 0:
                paragraphs[parent] = paragraphs.get(parent, 0.0) + own
            if inner and (parent not in best or inner[0] > best[parent][0]):
                best[parent] = inner
    found = best.get(root)
    return found[1] if found and found[0] > 0 else None


def _value(text: str | None, linked: bool) -> float:
    """Return what a piece of text adds to its block: hanzi of sentences, less those of links and labels."""
    if not text or text.isspace():
        return 0.0
    count = hanzi(text)
    if linked:
        return -LINK_COST * count
    return count if _SENTENCE.search(text) else -SHORT_COST * count
