"""Pure. The blocks of an article's body: a container read by trafilatura in the container's own structure."""

from __future__ import annotations

from pipelines.extract.container import Container
from pipelines.extract.lines import Line, tidy
from pipelines.extract.page import Page
from pipelines.extract.reader import read_container, read_page
from pipelines.extract.refusals import listing
from pipelines.extract.tree import hanzi, squeeze
from pipelines.extract.trim import ATTACHED, trim
from pipelines.model import Block

KEPT = 0.7
"""Share of a container's hanzi that trafilatura must keep to be followed: below, it took paragraphs for boilerplate."""

MOST_LINES = 3000
"""Lines from which a body is taken as it is: a yearly report has 500, and comparing costs their square."""


def blocks(page: Page, found: Container | None, title: str | None) -> tuple[Block, ...]:
    """Return the body in reading order; none where a page is a list or has no text."""
    if (found is None or found.marker == "densest") and listing(page.lines, found.lines if found else ()):
        return ()
    own = trim(found.lines, title) if found else []
    if found and own:
        return tuple(Block(text=line.text, kind=line.kind) for line in own)
    return tuple(Block(text=text) for line in read_page(page.root).split("\n") if (text := tidy(line)))


def _agreed(found: Container, own: list[Line]) -> list[Line]:
    """Keep the lines that trafilatura reads, too; all of them where it reads much less."""
    if len(own) > MOST_LINES:
        return own
    read = squeeze(read_container(found.elements))
    agreed = [line for line in own if _is_text(line) or squeeze(line.text) in read]
    kept = sum(hanzi(line.text) for line in agreed)
    return agreed if kept >= KEPT * sum(hanzi(line.text) for line in own) else own


def _is_text(line: Line) -> bool:
    """Tell lines that trafilatura drops from good bodies: subheads, rows of tables, names of attached files."""
    return line.kind in ("heading", "row") or bool(ATTACHED.search(line.text))
