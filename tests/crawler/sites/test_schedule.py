"""Schedules: parsing them, and the times that they give."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter

import pytest

from crawler.sites.schedule import (
    Cron,
    Every,
    can_run_within,
    earliest_start,
    parse_schedule,
    schedule_of,
    scheduled_times,
)
from pipelines.times import CHINA

DAY = dt.datetime(2026, 3, 5, tzinfo=CHINA)
HOUR = dt.timedelta(hours=1)
DAYS = dt.timedelta(days=1)


def hours(text: str, began: float, count: int, *windows: str) -> list[float]:
    """Return the first times after a run that began at this hour of the day, in hours of the day."""
    times = itertools.islice(
        scheduled_times(parse_schedule(text), (DAY + began * HOUR).astimezone(dt.UTC), windows), count
    )
    return [(time - DAY) / HOUR for time in times]


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("every 2h", Every(interval=2 * HOUR)),
        ("every 15m", Every(interval=HOUR / 4)),
        ("every 3 d", Every(interval=72 * HOUR)),
        ("every 2h between 22:00 and 06:00", Every(interval=2 * HOUR, between=("22:00-06:00",))),
        ("every 2h between 22:00 and 06:00 Asia/Shanghai", Every(interval=2 * HOUR, between=("22:00-06:00",))),
        ("30 22 * * *", Cron(expression="30 22 * * *")),
        ("0,30 8-18 * * mon-fri", Cron(expression="0,30 8-18 * * mon-fri")),
    ],
)
def test_a_schedule_is_an_interval_or_a_cron_expression(text: str, schedule: Every | Cron) -> None:
    assert parse_schedule(text) == schedule


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is not a schedule"),
        ("hourly", "is not a schedule"),
        ("every", "is not a schedule"),
        ("every 2 weeks", "is not a schedule"),
        ("every 2h from 22:00", "is not a schedule"),
        ("every 10m", "allowed are 15m to 366d"),
        ("every 999999d", "allowed are 15m to 366d"),
        ("every 2h between 25:00 and 06:00", "are not a time window"),
        ("every 2h between 06:00 and 06:00", "are not a time window"),
        ("* * * *", "is not a schedule"),
        ("0 0 0 * * *", "is not a schedule"),
        ("61 * * * *", "Bad minute"),
        ("0 0 31 2 *", "Bad day-of-month"),
        ("*/10 * * * *", "more often than every 15 minutes"),
        ("55,0 0,23 * * *", "more often than every 15 minutes"),
    ],
)
def test_the_error_of_an_invalid_schedule_says_what_is_allowed(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "began", "windows", "expected"),
    [
        ("every 2h", 9.5, (), [11.5, 13.5, 15.5]),
        ("every 2h between 22:00 and 06:00", 1, (), [3, 5, 22, 24]),
        ("every 2h between 22:00 and 06:00", 12, (), [22, 24, 26]),
        ("every 2h", 1, ("22:00-06:00",), [3, 5, 22, 24]),
        ("every 6h between 08:00 and 20:00", 9, ("18:00-23:00",), [18, 42, 66]),
        ("0 12 * * *", 0, (), [12, 36]),
        ("0 12 * * *", 12, (), [36, 60]),
        ("0 12 * * *", 0, ("22:00-06:00",), [22, 46]),
        ("0 * * * *", 5.5, ("22:00-06:00",), [22, 23, 24]),
        ("every 2h between 08:00 and 20:00", 9, ("22:00-06:00",), [22, 24, 26]),
    ],
)
def test_scheduled_times_are_in_chinas_time_and_within_windows(
    text: str, began: float, windows: tuple[str, ...], expected: list[float]
) -> None:
    assert hours(text, began, len(expected), *windows) == expected


def test_a_schedule_can_run_within_the_sites_windows_or_not() -> None:
    assert not can_run_within(parse_schedule("every 2h between 08:00 and 20:00"), ("22:00-06:00",))
    assert can_run_within(parse_schedule("every 2h between 08:00 and 20:00"), ("19:00-06:00",))
    assert can_run_within(parse_schedule("0 12 * * *"), ("22:00-06:00",)), "its runs wait until the window opens"


def test_a_run_that_is_due_waits_until_both_windows_are_open() -> None:
    schedule = parse_schedule("every 2h between 20:00 and 06:00")
    assert earliest_start(schedule, DAY + 12 * HOUR, ("05:00-09:00",)) == DAY + 29 * HOUR
    assert earliest_start(schedule, DAY + 5.5 * HOUR, ("05:00-09:00",)) == DAY + 5.5 * HOUR


def test_sites_with_a_long_interval_are_spread_over_it_and_keep_their_times() -> None:
    quarters: Counter[float] = Counter()
    for number in range(400):
        schedule = schedule_of("every 7d", f"site{number}", ())
        first, second, third = itertools.islice(scheduled_times(schedule, DAY), 3)
        assert 3.5 * DAYS <= first - DAY <= 10.5 * DAYS
        assert second - first == third - second == 7 * DAYS
        quarters[(first - DAY) // (7 * DAYS / 4)] += 1
        late = next(scheduled_times(schedule, first + 3 * DAYS))
        assert late == second, "a late run does not move the next one"
    assert quarters.keys() == {2, 3, 4, 5}
    assert max(quarters.values()) < 130


@pytest.mark.parametrize("text", ["every 12h", "0 12 * * *"])
def test_short_intervals_without_windows_are_counted_from_the_last_run(text: str) -> None:
    assert schedule_of(text, "site", ()) == parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "windows", "opens", "hours_open"),
    [
        ("every 1d", ("22:00-06:00",), 22, 8),
        ("every 3d between 22:00 and 06:00", (), 22, 8),
        ("every 2d", ("12:00-14:00",), 12, 2),
        ("every 7d between 20:00 and 23:00", ("22:00-06:00",), 22, 1),
    ],
)
def test_sites_with_windows_have_their_own_times_within_them(
    text: str, windows: tuple[str, ...], opens: int, hours_open: int
) -> None:
    interval = parse_schedule(text)
    assert isinstance(interval, Every)
    last = hours_open * HOUR - HOUR / 2
    quarters: Counter[float] = Counter()
    days: Counter[int] = Counter()
    for number in range(400):
        schedule = schedule_of(text, f"site{number}", windows)
        first, second, third = itertools.islice(scheduled_times(schedule, DAY + opens * HOUR, windows), 3)
        assert second - first == third - second == interval.interval, "at the same time of the day"
        since = (first - DAY - opens * HOUR) % DAYS
        assert since < last, "not in the last half hour of the windows"
        quarters[since // (last / 4)] += 1
        days[(first - DAY - opens * HOUR) % interval.interval // DAYS] += 1
        assert next(scheduled_times(schedule, first + HOUR / 3, windows)) == second, "a late run moves no other"
    assert min(quarters[number] for number in range(4)) > 60
    assert min(days[number] for number in range(interval.interval // DAYS)) > 200 / (interval.interval // DAYS)


def test_sites_with_windows_and_a_short_interval_begin_one_after_another_when_these_open() -> None:
    starts: Counter[float] = Counter()
    for number in range(400):
        schedule = schedule_of("every 2h", f"site{number}", ("22:00-06:00",))
        times = list(itertools.islice(scheduled_times(schedule, DAY + 5 * HOUR, ("22:00-06:00",)), 5))
        assert DAY + 22 * HOUR <= times[0] < DAY + 24 * HOUR
        assert [each - times[0] for each in times[:4]] == [2 * number * HOUR for number in range(4)]
        assert times[4] == times[0] + DAYS
        starts[(times[0] - DAY - 22 * HOUR) // (HOUR / 2)] += 1
    assert min(starts[number] for number in range(4)) > 60


def test_a_window_of_minutes_has_a_start_too() -> None:
    schedule = schedule_of("every 1d", "site", ("12:00-12:20",))
    start = next(scheduled_times(schedule, DAY, ("12:00-12:20",)))
    assert DAY + 12 * HOUR <= start < DAY + 12.1 * HOUR
