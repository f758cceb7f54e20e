"""Rules that tell what is missing and what is furniture find nothing in clean text: 2.4 million characters of it."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from pipelines.repair import RULES

CLEAN = Path(__file__).parents[3] / "shared" / "corpus" / "clean"
HARMLESS = (
    *("drop-spam", "drop-furniture", "lift-captions", "part-paragraphs", "join-lines", "drop-stubs", "part-outline"),
)

pytestmark = pytest.mark.skipif(not CLEAN.is_dir(), reason="the clean corpus is not beside this checkout")


@pytest.mark.parametrize("name", ["peoples-daily-1998-01", "manuals-zh-tw"])
@pytest.mark.parametrize("rule", HARMLESS)
def test_clean_text_stays(name: str, rule: str) -> None:
    text = lzma.decompress((CLEAN / f"{name}.txt.xz").read_bytes()).decode()
    edits = dict(RULES)[rule](text).edits
    assert [text[max(0, edit.start - 20) : edit.end + 20] for edit in edits] == []
