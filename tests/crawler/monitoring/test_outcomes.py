"""Every capture has exactly one outcome."""

from __future__ import annotations

import pytest
from attrs import evolve

from crawler.monitoring.outcomes import outcome
from pipelines.catalogue.history import Event
from pipelines.model import Entry
from tests.pipelines.made import START, capture, entry


@pytest.mark.parametrize(
    ("made", "counter"),
    [
        (entry(capture()), "new"),
        (entry(capture(), kind="new-version"), "changed"),
        (entry(capture(), kind="same-text"), "duplicate"),
        (evolve(entry(capture(), text=None), reason="not-modified"), "not-modified"),
        (evolve(entry(capture(), text=None, kind="same-bytes"), reason="challenge"), "challenge"),
    ],
)
def test_an_outcome_is_what_came_of_a_capture(made: Entry, counter: str) -> None:
    assert outcome(made) == counter


def test_what_makes_a_page_gone_or_brings_it_back_is_that() -> None:
    gone, back, edited = (Event(kind=kind, at=START, id="1", version=1) for kind in ("gone", "back", "edited"))
    assert outcome(evolve(entry(capture(), text=None), reason="http-error"), gone) == "gone"
    assert outcome(entry(capture(), kind="same-bytes"), back) == "back"
    assert outcome(entry(capture(), kind="new-version"), edited) == "changed"
