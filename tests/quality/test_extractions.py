"""The extraction of every page is the same, character by character, as when `extractions.txt` was written."""

from __future__ import annotations

from tests.quality.extractions import expected, found, has_corpus


def test_extractions_are_the_same() -> None:
    before, now = expected(has_corpus()), found()
    changed = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    assert not changed, (
        f"the extraction of {len(changed)} pages changed: {', '.join(changed[:10])}. "
        "If it was changed on purpose, run `python -m tests.quality.extractions` and commit the file"
    )
