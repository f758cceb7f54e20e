"""Verdicts after captures arrived late, were parsed to other texts or were removed: those of a catalogue in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import closing

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crawler.demo.prose import compose
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import process, read_page, remove_entry
from pipelines.line.protocols import NullArchive, Stores
from pipelines.model import Capture, Entry, Outcome, Rejection
from tests.pipelines.pages import SENTENCE, job, page

REPORTS = [compose(f"copies/{number}", "news", dt.date(2024, 3, 5)).text for number in range(2)]
TEXTS = (*REPORTS, f"{REPORTS[0]}\n{SENTENCE}")
"""Two reports, and a reprint of the first one with another sentence."""


def _parsed(*texts: str) -> Outcome:
    return tuple(article for text in texts for article in _articles(text))


def _articles(text: str) -> Outcome:
    outcome = read_page(job(page(text=text)))
    assert isinstance(outcome, tuple)
    return outcome


OUTCOMES: tuple[Outcome, ...] = (
    *map(_parsed, TEXTS),
    _parsed(REPORTS[0], REPORTS[1]),
    Rejection(reason="empty", detail="no text"),
)
"""What a page can be parsed to: each text alone, two articles, or nothing."""

ORIGINAL, OTHER, REPRINT, BOTH, NOTHING = range(len(OUTCOMES))

PAGES = tuple(
    page(number, text=str(bytes_of), url=f"http://news.example/{url}.html")
    for number, (bytes_of, url) in enumerate([(0, 0), (1, 1), (0, 2), (2, 1), (3, 0), (4, 3)])
)
"""Six captures, one a second. The first and the third have the same bytes; two URLs were captured twice."""

REMOVED = None
Changes = list[tuple[int, int | None]]
"""What happens: a page is put, as it is parsed to one of the outcomes, or removed."""

CHANGES = st.lists(
    st.tuples(st.integers(0, len(PAGES) - 1), st.none() | st.integers(0, len(OUTCOMES) - 1)), min_size=2, max_size=12
)


def _put(catalogue: Catalogue, made: Capture, outcome: Outcome) -> Entry:
    entry = process(job(made), Stores(archive=NullArchive(), catalogue=catalogue), lambda _: outcome)
    assert isinstance(entry, Entry)
    return entry


def _verdicts(catalogue: Catalogue) -> Mapping[str, object]:
    return {entry.id: entry.verdict for entry in catalogue.entries()}


def _in_order(now: Mapping[int, int]) -> Mapping[str, object]:
    """Return the verdicts of a catalogue that was filled in the order of time."""
    with closing(Catalogue("sqlite://")) as catalogue:
        for number in sorted(now):
            _put(catalogue, PAGES[number], OUTCOMES[now[number]])
        return _verdicts(catalogue)


def test_an_exact_copy_is_classified_again_when_its_original_is_parsed_to_another_text(catalogue: Catalogue) -> None:
    first = _put(catalogue, PAGES[0], OUTCOMES[ORIGINAL])
    copy = _put(catalogue, PAGES[1], OUTCOMES[ORIGINAL])
    assert (copy.verdict.kind, copy.verdict.of) == ("same-text", first.id)
    _put(catalogue, PAGES[0], OUTCOMES[OTHER])
    assert catalogue.by_id([copy.id])[copy.id].verdict.kind == "new"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
@example([(0, ORIGINAL), (1, ORIGINAL), (0, OTHER)])
@example([(0, ORIGINAL), (1, ORIGINAL), (0, REMOVED)])
@example([(1, ORIGINAL), (5, ORIGINAL), (0, ORIGINAL)])
@example([(0, BOTH), (1, OTHER), (0, ORIGINAL)])
@example([(1, ORIGINAL), (3, OTHER), (1, NOTHING)])
@example([(0, ORIGINAL), (1, REPRINT), (5, ORIGINAL), (0, OTHER)])
def test_verdicts_are_those_of_a_catalogue_filled_in_order(catalogue: Catalogue, changes: Changes) -> None:
    for entry in list(catalogue.entries()):
        remove_entry(entry, catalogue)
    now: dict[int, int] = {}
    entries: dict[int, Entry] = {}
    for number, outcome in changes:
        if outcome is not REMOVED:
            now[number], entries[number] = outcome, _put(catalogue, PAGES[number], OUTCOMES[outcome])
        elif now.pop(number, None) is not None:
            remove_entry(catalogue.by_id([entries[number].id])[entries[number].id], catalogue)
        assert _verdicts(catalogue) == _in_order(now)
