"""A report adds up, whatever came."""

from __future__ import annotations

import pytest
from attrs import evolve

from crawler.monitoring.report import Report, outcome
from pipelines.catalogue.history import Event
from pipelines.model import Entry
from tests.pipelines.made import START, capture, entry


def rejected(reason: str | None) -> Entry:
    return evolve(entry(capture(), text=None), reason=reason)


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


@pytest.mark.parametrize(
    ("made", "counter"),
    [
        (entry(capture()), "articles"),
        (entry(capture(), kind="new-version"), "articles"),
        (entry(capture(), kind="same-bytes"), "duplicates"),
        (entry(capture(), kind="near-copy"), "duplicates"),
        (rejected("not-modified"), "duplicates"),
        (rejected("soft-404"), "rejected"),
    ],
)
def test_every_entry_has_exactly_one_counter(made: Entry, counter: str) -> None:
    report = Report()
    report.add(made)
    told = {"articles": report.articles, "duplicates": report.duplicates, "rejected": report.rejected.total()}
    assert told == dict.fromkeys(told, 0) | {counter: 1}


def test_fetched_is_the_sum_of_all_outcomes() -> None:
    report = Report()
    kinds = ("new", "new-version", "same-bytes", "same-text", "same-bytes")
    for number, kind in enumerate(kinds):
        report.add(entry(capture(number), kind=kind))
    for reason in ("soft-404", "challenge", "soft-404"):
        report.add(rejected(reason))
    report.failed["timeout"] += 2
    report.forbidden += 1
    assert report.document() == {
        "fetched": 10,
        "articles": 2,
        "duplicates": 3,
        "rejected": {"challenge": 1, "soft-404": 2},
        "failed": {"timeout": 2},
        "forbidden": 1,
        "revisits": 2,
        "downgraded": 0,
    }
    assert report.lines() == [
        "fetched 10 = 2 articles + 3 duplicates + 3 rejected + 2 failed",
        "  rejected       2  soft-404",
        "  rejected       1  challenge",
        "  failed         2  timeout",
        "2 had the bytes of an earlier capture and were kept as revisits",
        "1 were not asked for: robots.txt forbids them",
    ]


def test_a_refused_page_with_known_bytes_is_a_revisit_and_no_duplicate() -> None:
    report = Report()
    report.add(evolve(entry(capture(), text=None, kind="same-bytes"), reason="challenge"))
    assert (report.fetched, report.revisits, report.duplicates) == (1, 1, 0)


def test_nothing_is_a_report_too() -> None:
    assert Report().lines() == ["fetched 0 = 0 articles + 0 duplicates + 0 rejected + 0 failed"]
