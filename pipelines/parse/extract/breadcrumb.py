"""Finds the breadcrumb of a page, and in it the path from the home page to the column of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from pipelines.model import CELL_MARK
from pipelines.parse.extract.page import ParsedPage, Sourced, fold
from pipelines.parse.extract.spaces import normalise_space

_BREADCRUMB = re.compile(
    r"""
    ^(?:.{0,6}(?:当前|现在|所在|您的?)\s*(?:的?位置|所在)?.{0,4}?[:：]?\s*)?(?P<path>首\s?页.*)$
    | (?:当前|现在|所在)的?位置\s*[:：]?\s*(?P<other>.+)$
    """,
    re.VERBOSE,
)
"""A path that begins with the home page, after a label such as 当前位置 or without one; or any text after the label."""

_BREADCRUMB_NAMES = re.compile("crumb|position|location|dqwz|weizhi|curpos|lujing")
MAX_BREADCRUMBS = 5
"""Elements named as a breadcrumb that are examined: a page has one, and boxes with `position` in their name."""

MAX_BREADCRUMB_TEXTS = 30
"""Texts of a breadcrumb that are read: six steps with their arrows are a dozen."""

MAX_BREADCRUMB_CHARS = 120
"""Characters below which a line may be a breadcrumb."""

MAX_STEP_CHARS = 30
"""Characters of the longest column name: a headline after the last arrow has more."""

_BREADCRUMB_HINT = re.compile(r"首\s?页|位置")
_ARROW = re.compile(r"\s*(?:>+|＞+|»|›|→|/|\\|>>|-&gt;|→)\s*|\s+-\s+")
_NOT_A_COLUMN = re.compile(r"^(?:(?:网站)?首\s?页|主页|正文|内容|详情|.{0,12}(?:门户网站|政府网))$")


def find_column(page: ParsedPage, title: str | None) -> Sourced[tuple[str, ...]] | None:
    """Return the path from the home page down to the article's column, without the home page and the headline."""
    texts = (line.text for line in page.lines if len(line.text) < MAX_BREADCRUMB_CHARS)
    shown = (text for text in texts if ("首" in text or "位置" in text) and _BREADCRUMB_HINT.search(text))
    for breadcrumb in chain(shown, _marked_breadcrumbs(page)):
        path = _path(breadcrumb, title)
        if path:
            return Sourced(path, "breadcrumb")
    for name, origin in (*page.meta("ColumnName"), *page.founder("nodename")):
        return Sourced((name,), origin)
    return None


def _path(breadcrumb: str, title: str | None) -> tuple[str, ...]:
    found = _BREADCRUMB.match(breadcrumb)
    steps = [_first_cell(step) for step in _ARROW.split((found["path"] or found["other"] or "") if found else "")]
    name = fold(title or "")
    path = tuple(step for step in steps if step and not _NOT_A_COLUMN.match(step) and (not name or fold(step) != name))
    return path if len(steps) > 1 and max(map(len, path), default=0) <= MAX_STEP_CHARS else ()


def _first_cell(step: str) -> str:
    """Return a step of a breadcrumb without the other cells of its table row, which are tools or counters."""
    return next((cell for text in step.split(CELL_MARK) if (cell := text.strip(" :："))), "")


def _marked_breadcrumbs(page: ParsedPage) -> Iterator[str]:
    """Yield the texts of elements named as a breadcrumb, joined by arrows: a list has each step on a separate line."""
    for element in page.elements_named(_BREADCRUMB_NAMES)[:MAX_BREADCRUMBS]:
        texts = zip(range(MAX_BREADCRUMB_TEXTS), element.itertext(), strict=False)
        pieces = [normalise_space(text) for _, text in texts]
        yield ">".join(piece for piece in pieces if piece)
