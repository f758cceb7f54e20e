"""How fast and when a site is asked."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.frontier.pace import LONGEST_PAUSE, SLOWEST, eased, retry_at, slower, tomorrow
from pipelines.times import CHINA

NOW = dt.datetime(2026, 3, 5, 12, tzinfo=CHINA)


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
        ("120", NOW + dt.timedelta(seconds=120)),
        ("Thu, 05 Mar 2026 05:00:00 GMT", NOW + dt.timedelta(hours=1)),
        ("99999999999", NOW + LONGEST_PAUSE),
        ("9" * 400, NOW + LONGEST_PAUSE),
        ("Fri, 05 Mar 2027 05:00:00 GMT", NOW + LONGEST_PAUSE),
        ("Thu, 05 Mar 2026 03:00:00 -0000", NOW - dt.timedelta(hours=1)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: dt.datetime | None) -> None:
    assert retry_at(value, NOW) == expected


def test_budgets_begin_anew_at_midnight_in_china() -> None:
    assert tomorrow(dt.datetime(2026, 3, 5, 15, 59, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 6, tzinfo=CHINA)
    assert tomorrow(dt.datetime(2026, 3, 5, 16, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 7, tzinfo=CHINA)
