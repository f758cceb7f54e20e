"""When a site may be asked, and what keeps it shut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.frontier import Frontier
from crawler.frontier.availability import (
    LONGEST_PAUSE,
    PATIENCE,
    SLOWEST,
    Availability,
    Opening,
    eased,
    retry_at,
    slower,
    tomorrow,
)
from crawler.sites.site import Site
from pipelines.times import CHINA

NOON = dt.datetime(2026, 3, 5, 12, tzinfo=CHINA)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    with closing(Frontier(tmp_path / "frontier.sqlite")) as opened:
        yield opened


def openings(frontier: Frontier, **options: Any) -> Availability:
    site = Site(slug="fu", name="府", family="generic", hosts=("fu.cn",), **options)
    return Availability(frontier, {"fu": site}.__getitem__)


def test_a_site_without_limits_is_open(frontier: Frontier) -> None:
    assert openings(frontier).of("fu", NOON) == Opening(at=NOON)


def test_a_budget_lasts_until_midnight_in_china_whoever_spent_it(frontier: Frontier) -> None:
    first = openings(frontier, daily=2)
    first.spend("fu", NOON)
    assert first.of("fu", NOON).why == ""
    first.spend("fu", NOON)
    shut = Opening(at=dt.datetime(2026, 3, 6, tzinfo=CHINA), why="its budget of the day is spent")
    assert openings(frontier, daily=2).of("fu", NOON) == shut
    assert openings(frontier, daily=2).of("fu", NOON + 12 * HOUR) == Opening(at=NOON + 12 * HOUR)


def test_the_last_of_what_keeps_it_shut_is_told(frontier: Frontier) -> None:
    told = openings(frontier, windows=("14:00-18:00",))
    assert told.of("fu", NOON) == Opening(at=NOON + 2 * HOUR, why="outside its windows")
    told.pause("fu", NOON + 3 * HOUR, "it asked to be left alone")
    assert told.of("fu", NOON) == Opening(at=NOON + 3 * HOUR, why="it asked to be left alone")
    assert told.of("fu", NOON + 3 * HOUR).why == ""


def test_a_short_pause_is_waited_for_and_a_long_one_is_not(frontier: Frontier) -> None:
    told = openings(frontier)
    told.pause("fu", NOON + PATIENCE, "busy")
    assert (told.rests("fu", NOON), told.is_left_alone("fu", NOON)) == (True, False)
    told.pause("fu", NOON + PATIENCE / 2, "busy")
    assert told.rests("fu", NOON + PATIENCE / 2), "a shorter one does not end it"
    told.pause("fu", NOON + HOUR, "busy")
    assert (told.rests("fu", NOON), told.is_left_alone("fu", NOON)) == (False, True)
    assert (told.rests("fu", NOON + HOUR), told.is_left_alone("fu", NOON + HOUR)) == (False, False)


def test_what_a_site_asked_for_holds_in_the_next_crawl_and_what_we_decided_does_not(frontier: Frontier) -> None:
    openings(frontier).pause("fu", NOON + HOUR, "it answers with challenges alone")
    again = openings(frontier)
    again.take("fu")
    assert again.of("fu", NOON).why == ""
    openings(frontier).pause("fu", NOON + HOUR, "busy", remembered=True)
    again.take("fu")
    assert again.of("fu", NOON) == Opening(at=NOON + HOUR, why="it asked to be left alone")


def test_a_pause_that_a_wrong_clock_wrote_is_passed_over(frontier: Frontier) -> None:
    openings(frontier).pause("fu", NOON + LONGEST_PAUSE, "busy", remembered=True)
    told = openings(frontier)
    told.take("fu")
    assert told.is_left_alone("fu", NOON)
    assert not told.is_left_alone("fu", NOON - HOUR)


def test_refusals_double_the_delay_and_good_answers_take_it_back_to_the_sites_own() -> None:
    delay = 2.0
    for _ in range(20):
        delay = slower(delay)
    assert delay == SLOWEST
    for _ in range(100):
        delay = eased(delay, own=2.0, latency=0.1)
    assert delay == 2.0
    assert slower(0.0) == 1.0


def test_a_server_that_slows_down_is_asked_more_slowly() -> None:
    assert eased(2.0, own=2.0, latency=9.0) == 9.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOON + dt.timedelta(seconds=120)),
        ("Thu, 05 Mar 2026 05:00:00 GMT", NOON + dt.timedelta(hours=1)),
        ("99999999999", NOON + LONGEST_PAUSE),
        ("9" * 400, NOON + LONGEST_PAUSE),
        ("Fri, 05 Mar 2027 05:00:00 GMT", NOON + LONGEST_PAUSE),
        ("Thu, 05 Mar 2026 03:00:00 -0000", NOON - dt.timedelta(hours=1)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: dt.datetime | None) -> None:
    assert retry_at(value, NOON) == expected


def test_budgets_begin_anew_at_midnight_in_china() -> None:
    assert tomorrow(dt.datetime(2026, 3, 5, 15, 59, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 6, tzinfo=CHINA)
    assert tomorrow(dt.datetime(2026, 3, 5, 16, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 7, tzinfo=CHINA)
