"""The blocks of an article's body: its container's own lines, or what trafilatura finds where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.model import Block
from pipelines.parse.extract.container import Container
from pipelines.parse.extract.densest import FOOTER, SENTENCE
from pipelines.parse.extract.lines import tidy
from pipelines.parse.extract.page import Page
from pipelines.parse.extract.reader import read_page
from pipelines.parse.extract.refusals import listing
from pipelines.parse.extract.tree import hanzi, squeeze
from pipelines.parse.extract.trim import is_link, trim

BELOW = 8
"""Lines under the body in which a page offers the rest of it: the dots, a button, a price and a login come first."""

LABEL = 40
"""Hanzi of the longest such line."""

LEAST = 40
"""Hanzi of sentences that a text must have where no block is prose: menus, trails and mastheads have none."""


def blocks(page: Page, found: Container | None, names: Sequence[str]) -> tuple[Block, ...]:
    """Return the body in reading order; none where a page is a list or has no text. `names` are its headlines."""
    if (found is None or found.marker == "densest") and listing(page.lines, found.lines if found else ()):
        return ()
    own = trim(found.lines, names) if found else []
    if own:
        return tuple(Block(text=line.text, kind=line.kind, parted=line.parted) for line in own)
    read = tuple(_unlinked(page))
    said = sum(hanzi(text) for text in read if SENTENCE.search(text))
    return tuple(Block(text=text) for text in read) if said >= LEAST else ()


def below(page: Page, body: Sequence[Block]) -> tuple[str, ...]:
    """Return the short lines right under the body that are none of it: what is said of the text stands there."""
    last = squeeze(body[-1].text)
    end = next(
        (number for number in range(len(page.lines), 0, -1) if squeeze(page.lines[number - 1].text) == last), None
    )
    under = page.lines[end : end + BELOW] if end else ()
    return tuple(line.text for line in under if line.size <= LABEL)


def _unlinked(page: Page) -> Iterator[str]:
    """Yield the lines that trafilatura finds on a page without those that are links, headings or the page's foot."""
    foreign = {squeeze(line.text) for line in page.lines if is_link(line) or line.kind == "heading"}
    for line in read_page(page.root).split("\n"):
        text = tidy(line.strip("|- "))
        if text and squeeze(text) not in foreign and not FOOTER.search(text):
            yield text
