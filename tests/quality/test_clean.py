"""What the repairs leave alone: 2.4 million characters (7 MB) of sound text of both scripts, in pages.

The texts lie beside the checkout, not in it; without them these tests are skipped.
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
PAGE = 2000

MENDED = {
    ("manuals-zh-tw", "clean-characters"): ["\x89", "\x85"],
    ("manuals-zh-tw", "join-lines"): ["\n"],
}
"""What is rightly taken out: two control characters where letters were lost, and a line's end behind a comma."""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the clean corpus is not beside this checkout")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {name: lzma.decompress((CORPUS / f"{name}.txt.xz").read_bytes()).decode() for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rule", [name for name, _ in RULES])
def test_sound_text_stays(texts: dict[str, str], name: str, rule: str) -> None:
    mend = dict(RULES)[rule]
    taken = [page[edit.start : edit.end] for page in pages(texts[name], PAGE) for edit in mend(page).edits]
    assert taken == MENDED.get((name, rule), [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rule", [mend_gbk_shift, mend_mojibake, unescape_html])
def test_sound_text_with_half_width_marks_keeps_its_characters(texts: dict[str, str], name: str, rule) -> None:
    assert [edits for page in pages(half_width(texts[name]), PAGE) if (edits := rule(page).edits)] == []
