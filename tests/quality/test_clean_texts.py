"""What the repairs of characters leave alone: 7 MB of sound text of both scripts, as it is and half-width.

The texts lie beside the checkout, not in it; without them these tests are skipped.
"""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from pipelines.repair.mend_gbk_shift import mend_gbk_shift
from pipelines.repair.mend_mojibake import mend_mojibake
from pipelines.repair.unescape_html import unescape_html
from tests.damage.shift import half_width

CLEAN = Path(__file__).parents[3] / "shared" / "corpus" / "clean"

pytestmark = pytest.mark.skipif(not CLEAN.is_dir(), reason="the clean texts are not beside this checkout")


@pytest.mark.parametrize("name", ["peoples-daily-1998-01", "manuals-zh-tw"])
@pytest.mark.parametrize("width", [str, half_width])
@pytest.mark.parametrize("rule", [mend_gbk_shift, mend_mojibake, unescape_html])
def test_sound_text_stays(name: str, width, rule) -> None:
    text = width(lzma.decompress((CLEAN / f"{name}.txt.xz").read_bytes()).decode())
    pages = (text[at : at + 2000] for at in range(0, len(text), 2000))
    assert [edits for page in pages if (edits := rule(page).edits)] == []
