"""Pages of the evaluation corpus, nearly all of one article: which of them are cut, and that none loses a character."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from pipelines.decode import decode
from pipelines.extract import extract
from pipelines.model import Capture, Draft, Recipe
from pipelines.repair.edits import undo
from pipelines.repair.words import seam
from pipelines.segment import segment
from tests.quality.test_corpus import AT, CORPUS

MOST = 2
"""Pages that may be cut, 0.5 % of 340; one that is has a second article under its headline and dateline."""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the evaluation corpus is not beside this checkout")


def drafts() -> list[Draft]:
    paths = sorted(CORPUS.glob("pages/*/*.html"))
    found = [extract(decode(made, None), made, Recipe(name="generic/1")) for made in map(captured, paths)]  # type: ignore[arg-type]
    return [draft for draft in found if isinstance(draft, Draft)]


def captured(path: Path, at: dt.datetime = AT) -> Capture:
    url = json.loads(path.with_suffix(".json").read_text("utf-8")).get("url") or "http://page.example/"
    return Capture(url=url, final_url=url, fetched_at=at, status=200, body=path.read_bytes())


def test_pages_of_one_article_are_not_cut_and_lose_no_character() -> None:
    cut = []
    for draft in drafts():
        parts = segment(draft, seam)
        if parts == (draft,):
            continue
        cut.append([part.title for part in parts])
        told = [undo("\n".join(block.text for block in part.blocks), part.repairs) for part in parts]
        titles = [part.title or "" for part in parts if part.title != draft.title]
        before = Counter("".join(block.text for block in draft.blocks).replace(" ", ""))
        assert Counter("".join([*told, *titles]).replace("\n", "").replace(" ", "")) == before
    assert len(cut) <= MOST, cut
