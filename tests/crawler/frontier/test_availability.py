"""When a site may be requested and how fast, and why it is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.frontier import Frontier
from crawler.frontier.availability import (
    MAX_DELAY_S,
    MAX_PAUSE,
    MAX_WAIT,
    Availability,
    Opening,
    next_midnight,
    parse_retry_after,
    recovered_delay,
    slowed_delay,
)
from crawler.sites.site import Site
from pipelines.times import CHINA

NOON = dt.datetime(2026, 3, 5, 12, tzinfo=CHINA)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    with closing(Frontier(tmp_path / "frontier.sqlite")) as opened:
        yield opened


def availability(frontier: Frontier, **options: Any) -> Availability:
    site = Site(slug="fu", name="府", family="generic", hosts=("fu.cn",), **options)
    return Availability(frontier, {"fu": site}.__getitem__)


def test_a_site_without_limits_is_open(frontier: Frontier) -> None:
    assert availability(frontier).opening("fu", NOON) == Opening(at=NOON)


def test_a_budget_lasts_until_midnight_in_china_and_is_shared_by_all_crawls(frontier: Frontier) -> None:
    first = availability(frontier, daily=2)
    first.count_request("fu", NOON)
    assert first.opening("fu", NOON).why == ""
    first.count_request("fu", NOON)
    closed = Opening(at=dt.datetime(2026, 3, 6, tzinfo=CHINA), why="its daily budget is used up")
    assert availability(frontier, daily=2).opening("fu", NOON) == closed
    assert availability(frontier, daily=2).opening("fu", NOON + 12 * HOUR) == Opening(at=NOON + 12 * HOUR)


def test_the_reason_is_the_limit_that_ends_last(frontier: Frontier) -> None:
    limits = availability(frontier, windows=("14:00-18:00",))
    assert limits.opening("fu", NOON) == Opening(at=NOON + 2 * HOUR, why="outside its time windows")
    limits.pause("fu", NOON + 3 * HOUR, "it asked to be left alone")
    assert limits.opening("fu", NOON) == Opening(at=NOON + 3 * HOUR, why="it asked to be left alone")
    assert limits.opening("fu", NOON + 3 * HOUR).why == ""


def test_a_crawl_waits_for_a_short_pause_and_not_for_a_long_one(frontier: Frontier) -> None:
    limits = availability(frontier)
    limits.pause("fu", NOON + MAX_WAIT, "busy")
    assert (limits.is_paused_briefly("fu", NOON), limits.is_suspended("fu", NOON)) == (True, False)
    limits.pause("fu", NOON + MAX_WAIT / 2, "busy")
    assert limits.is_paused_briefly("fu", NOON + MAX_WAIT / 2), "a shorter one does not end it"
    limits.pause("fu", NOON + HOUR, "busy")
    assert (limits.is_paused_briefly("fu", NOON), limits.is_suspended("fu", NOON)) == (False, True)
    assert (limits.is_paused_briefly("fu", NOON + HOUR), limits.is_suspended("fu", NOON + HOUR)) == (False, False)


def test_a_pause_that_a_site_asked_for_holds_in_the_next_crawl_and_our_own_does_not(frontier: Frontier) -> None:
    availability(frontier).pause("fu", NOON + HOUR, "it answers with challenges alone")
    next_crawl = availability(frontier)
    next_crawl.load_pause("fu")
    assert next_crawl.opening("fu", NOON).why == ""
    availability(frontier).pause("fu", NOON + HOUR, "busy", persist=True)
    next_crawl.load_pause("fu")
    assert next_crawl.opening("fu", NOON) == Opening(at=NOON + HOUR, why="it asked to be left alone")


def test_a_pause_that_was_written_with_a_wrong_clock_is_ignored(frontier: Frontier) -> None:
    availability(frontier).pause("fu", NOON + MAX_PAUSE, "busy", persist=True)
    limits = availability(frontier)
    limits.load_pause("fu")
    assert limits.is_suspended("fu", NOON)
    assert not limits.is_suspended("fu", NOON - HOUR)


def test_refusals_double_the_delay_and_good_answers_reduce_it_to_the_sites_own() -> None:
    delay = 2.0
    for _ in range(20):
        delay = slowed_delay(delay)
    assert delay == MAX_DELAY_S
    for _ in range(100):
        delay = recovered_delay(delay, own=2.0, latency=0.1)
    assert delay == 2.0
    assert slowed_delay(0.0) == 1.0


def test_a_server_that_slows_down_is_requested_more_slowly() -> None:
    assert recovered_delay(2.0, own=2.0, latency=9.0) == 9.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOON + dt.timedelta(seconds=120)),
        ("Thu, 05 Mar 2026 05:00:00 GMT", NOON + dt.timedelta(hours=1)),
        ("99999999999", NOON + MAX_PAUSE),
        ("9" * 400, NOON + MAX_PAUSE),
        ("Fri, 05 Mar 2027 05:00:00 GMT", NOON + MAX_PAUSE),
        ("Thu, 05 Mar 2026 03:00:00 -0000", NOON - dt.timedelta(hours=1)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(value: str, expected: dt.datetime | None) -> None:
    assert parse_retry_after(value, NOON) == expected


def test_budgets_are_reset_at_midnight_in_china() -> None:
    assert next_midnight(dt.datetime(2026, 3, 5, 15, 59, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 6, tzinfo=CHINA)
    assert next_midnight(dt.datetime(2026, 3, 5, 16, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 7, tzinfo=CHINA)
