"""Table cells and document numbers of real government pages, from the evaluation corpus.

The corpus is in a folder next to the checkout; without it these tests are skipped. The truth has the body of each page;
its cells are found by a second, simpler reading of the page, and its number is a line of its own at the top.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from pipelines.line.order import read_page
from pipelines.model import Article, Capture, Job, Recipe, Rejection

PAGES = Path(__file__).parents[3] / "shared" / "corpus" / "pages" / "gov"
AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}〔20\d\d〕\d+号")
MAX_NUMBER_LINE = 3
"""First lines of a body in which its number can be."""

MIN_CELLS_KEPT = 1.0
MIN_NUMBERS_RIGHT = 1.0
"""Shares of cells that are cells of the article, and of right numbers; .985 and 0 before tables were read by cells."""

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the evaluation corpus is not next to this checkout")


def without_spaces(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


@pytest.fixture(scope="module")
def pages() -> list[tuple[str, str, Article]]:
    """Return the body, the HTML and the article of each page."""
    found = []
    for path in sorted(PAGES.glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        body = path.with_suffix(".html").read_bytes()
        capture = Capture(url=truth["url"], final_url=truth["url"], fetched_at=AT, status=200, body=body)
        outcome = read_page(Job(capture=capture, recipe=Recipe(name="generic/1")))
        assert not isinstance(outcome, Rejection), path
        found.append((truth["body"], body.decode(truth["encoding"]), outcome[0]))
    return found


def cells_in_body(page: str, body: str) -> Iterator[str]:
    """Yield the filled cells of rows of at least two such cells, without spaces, if all of the row is in the body."""
    in_body = without_spaces(body)
    for row in html.document_fromstring(page).iter("tr"):
        cells = [text for cell in row.xpath("./td|./th") if (text := without_spaces(cell.text_content()))]
        if len(cells) > 1 and row.find(".//table") is None and all(cell in in_body for cell in cells):
            yield from cells


def test_the_cells_of_tables_stay_cells(pages: list[tuple[str, str, Article]]) -> None:
    total = kept = 0
    for body, page, article in pages:
        pieces = {without_spaces(piece) for piece in re.split("[\t\n]", article.text)}
        pieces |= {without_spaces(cell) for table in article.tables for row in table.rows for cell in row}
        cells = list(cells_in_body(page, body))
        total += len(cells)
        kept += sum(cell in pieces for cell in cells)
    assert total > 500
    assert kept >= MIN_CELLS_KEPT * total, f"{kept} of {total}"


def test_the_number_of_a_document_is_read(pages: list[tuple[str, str, Article]]) -> None:
    numbered = []
    for body, _, article in pages:
        lines = [without_spaces(line) for line in body.split("\n")[:MAX_NUMBER_LINE]]
        number = next((line for line in lines if NUMBER.fullmatch(line)), None)
        if number:
            numbered.append((number, article.document.document_number if article.document else None))
    assert len(numbered) > 10
    right = sum(expected == found for expected, found in numbered)
    assert right >= MIN_NUMBERS_RIGHT * len(numbered), numbered
