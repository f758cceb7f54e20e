"""Every capture has exactly one outcome."""

from __future__ import annotations

import pytest
from attrs import evolve

from crawler.monitoring.outcomes import outcome
from pipelines.catalogue.history import Event
from pipelines.model import Entry
from tests.pipelines.made import START, capture, entry


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (entry(capture()), "new"),
        (entry(capture(), kind="new-version"), "changed"),
        (entry(capture(), kind="same-text"), "duplicate"),
        (evolve(entry(capture(), text=None), reason="not-modified"), "not-modified"),
        (evolve(entry(capture(), text=None, kind="same-bytes"), reason="challenge"), "challenge"),
    ],
)
def test_the_outcome_of_a_capture(made: Entry, expected: str) -> None:
    assert outcome(made) == expected


def test_a_capture_that_shows_its_page_gone_or_back_has_that_outcome() -> None:
    gone, back, edited = (Event(kind=kind, at=START, id="1", version=1) for kind in ("gone", "back", "edited"))
    assert outcome(evolve(entry(capture(), text=None), reason="http-error"), gone) == "gone"
    assert outcome(entry(capture(), kind="same-bytes"), back) == "back"
    assert outcome(entry(capture(), kind="new-version"), edited) == "changed"
