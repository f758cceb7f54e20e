"""A report adds up, whatever came."""

from __future__ import annotations

import pytest
from attrs import evolve

from crawler.report import Report, outcome
from pipelines.model import Entry
from tests.pipelines.made import capture, entry


def rejected(reason: str | None) -> Entry:
    return evolve(entry(capture(), text=None), reason=reason)


@pytest.mark.parametrize(
    ("made", "counter"),
    [
        (entry(capture()), "article"),
        (entry(capture(), kind="new-version"), "article"),
        (entry(capture(), kind="same-bytes"), "duplicate"),
        (entry(capture(), kind="same-text"), "duplicate"),
        (entry(capture(), kind="near-copy"), "duplicate"),
        (rejected("soft-404"), "soft-404"),
        (evolve(entry(capture(), text=None, kind="same-bytes"), reason="challenge"), "challenge"),
    ],
)
def test_every_entry_has_exactly_one_counter(made: Entry, counter: str) -> None:
    assert outcome(made) == counter


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
