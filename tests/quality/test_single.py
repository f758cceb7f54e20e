"""Pages of the evaluation corpus, nearly all with one article: few of them are cut, and none loses a character."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from pipelines.model import Capture, Draft, Recipe
from pipelines.parse.decode import decode
from pipelines.parse.extract.article import extract
from pipelines.parse.repair import language_model
from pipelines.parse.repair.edits import undo
from pipelines.parse.segment import segment
from tests.benchmarks.quality import AT
from tests.quality.test_corpus import CORPUS

MAX_CUT_PAGES = 2
"""Pages that may be cut, 0.5 % of 340; one of those that are has a second article, with its headline and dateline."""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the evaluation corpus is not next to this checkout")


def drafts() -> Iterator[Draft]:
    for path in sorted(CORPUS.glob("pages/*/*.html")):
        url = json.loads(path.with_suffix(".json").read_text("utf-8")).get("url") or "http://page.example/"
        capture = Capture(url=url, final_url=url, fetched_at=AT, status=200, body=path.read_bytes())
        html = decode(capture, None)
        found = extract(html, capture, Recipe(name="generic/1")) if isinstance(html, str) else html
        if isinstance(found, Draft):
            yield found


def test_pages_of_one_article_are_not_cut_and_lose_no_character() -> None:
    cut = []
    for draft in drafts():
        parts = segment(draft, language_model)
        if parts == (draft,):
            continue
        cut.append([part.title for part in parts])
        originals = [undo("\n".join(block.text for block in part.blocks), part.repairs) for part in parts]
        titles = [part.title or "" for part in parts if part.title != draft.title]
        before = Counter("".join(block.text for block in draft.blocks).replace(" ", ""))
        assert Counter("".join([*originals, *titles]).replace("\n", "").replace(" ", "")) == before
    assert len(cut) <= MAX_CUT_PAGES, cut
