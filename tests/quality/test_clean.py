"""The repairs do not change undamaged text: 2.4 million characters (7 MB) in both scripts, divided into pages.

The texts are in a folder next to the checkout; without them these tests are skipped.
"""

from __future__ import annotations

import lzma

import pytest

from pipelines.parse.repair import RULES
from pipelines.parse.repair.mend_gbk_shift import mend_gbk_shift
from pipelines.parse.repair.mend_mojibake import mend_mojibake
from pipelines.parse.repair.unescape_html import unescape_html
from tests.damage.shift import half_width
from tests.damage.texts import CORPUS, pages

NAMES = ("peoples-daily-1998-01", "manuals-zh-tw")
PAGE_CHARS = 2000

EXPECTED_REMOVALS = {
    ("manuals-zh-tw", "clean-characters"): ["\x89", "\x85"],
    ("manuals-zh-tw", "join-lines"): ["\n"],
}
"""Characters that are rightly removed: two control characters in place of letters, and a line break after a comma."""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the clean corpus is not next to this checkout")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {name: lzma.decompress((CORPUS / f"{name}.txt.xz").read_bytes()).decode() for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rule", [name for name, _ in RULES])
def test_undamaged_text_is_unchanged(texts: dict[str, str], name: str, rule: str) -> None:
    repair = dict(RULES)[rule]
    removed = [page[edit.start : edit.end] for page in pages(texts[name], PAGE_CHARS) for edit in repair(page).edits]
    assert removed == EXPECTED_REMOVALS.get((name, rule), [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rule", [mend_gbk_shift, mend_mojibake, unescape_html])
def test_undamaged_text_with_half_width_punctuation_is_unchanged(texts: dict[str, str], name: str, rule) -> None:
    assert [edits for page in pages(half_width(texts[name]), PAGE_CHARS) if (edits := rule(page).edits)] == []
