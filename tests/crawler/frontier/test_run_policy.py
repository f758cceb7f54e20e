"""When a site is due again: after a run that was on time, late, missed, overlapping, failed or interrupted."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.frontier import Run, next_run, skipped_runs
from crawler.sites.schedule import parse_schedule
from pipelines.times import CHINA

DAY = dt.datetime(2026, 3, 5, tzinfo=CHINA)
HOUR = dt.timedelta(hours=1)
TWO_HOURS = parse_schedule("every 2h")
NIGHTLY = parse_schedule("30 22 * * *")
AT_NIGHT = parse_schedule("every 2h between 22:00 and 06:00")


def at(hour: float) -> dt.datetime:
    return DAY + hour * HOUR


def run(started: float, ended: float | None, outcome: str = "done", failures: int = 0) -> Run:
    over = None if ended is None else at(ended)
    return Run(started=at(started), ended=over, outcome=outcome, failures=failures)


def test_a_site_that_was_never_crawled_is_due_once_its_windows_open() -> None:
    assert next_run(TWO_HOURS, None, at(12)) == at(12)
    assert next_run(AT_NIGHT, None, at(12)) == at(22)
    assert next_run(TWO_HOURS, None, at(12), ("13:00-14:00",)) == at(13)


def test_the_next_run_is_counted_from_the_start_of_the_last_one() -> None:
    assert next_run(TWO_HOURS, run(8, 8.5), at(9)) == at(10)
    assert next_run(NIGHTLY, run(-1.5, -1), at(9)) == at(22.5)


def test_a_late_run_is_due_since_its_scheduled_time() -> None:
    assert next_run(TWO_HOURS, run(8, 8.5), at(10.25)) == at(10)


def test_missed_runs_are_made_up_for_once() -> None:
    week_later = at(24 * 7 + 9)
    assert next_run(NIGHTLY, run(-1.5, -1), week_later) == at(22.5), "due"
    caught_up = run(24 * 7 + 9, 24 * 7 + 9.5)
    assert next_run(NIGHTLY, caught_up, week_later + HOUR) == at(24 * 7 + 22.5), "not due again before"


def test_a_missed_run_waits_for_the_window() -> None:
    assert next_run(AT_NIGHT, run(1, 1.5), at(12)) == at(22)
    assert next_run(NIGHTLY, run(-24, -23), at(12), ("22:00-06:00",)) == at(22)


def test_scheduled_times_during_a_long_run_are_skipped() -> None:
    long = run(8, 13)
    assert next_run(TWO_HOURS, long, at(13)) == at(14)
    assert skipped_runs(TWO_HOURS, long, at(13)) == 2
    assert skipped_runs(TWO_HOURS, run(8, 9), at(9)) == 0
    assert next_run(NIGHTLY, run(22, 23), at(23)) == at(46.5)
    assert skipped_runs(NIGHTLY, run(22, 23), at(23)) == 1


def test_during_a_run_the_next_one_is_its_next_scheduled_time() -> None:
    assert next_run(TWO_HOURS, run(8, None, "running"), at(9)) == at(10)


def test_an_interrupted_run_continues_at_once() -> None:
    assert next_run(NIGHTLY, run(8, 8.5, "interrupted"), at(9)) <= at(9)
    assert next_run(AT_NIGHT, run(5, 5.5, "interrupted"), at(9)) == at(22)


@pytest.mark.parametrize(("failures", "wait"), [(1, 0.25), (2, 0.5), (3, 1), (6, 8), (7, 14.5), (500, 14.5)])
def test_a_failed_run_is_retried_with_doubling_waits_until_its_next_scheduled_time(failures: int, wait: float) -> None:
    assert next_run(NIGHTLY, run(7, 8, "failed", failures), at(8)) == at(8 + wait)


def test_a_killed_run_is_retried_a_quarter_of_an_hour_after_it_began() -> None:
    killed = run(8, None, "killed", 1)
    assert next_run(TWO_HOURS, killed, at(8.1)) == at(8.25)
    assert next_run(TWO_HOURS, killed, at(9)) <= at(9)


def test_a_run_in_the_future_was_recorded_with_a_wrong_clock() -> None:
    assert next_run(TWO_HOURS, run(24 * 365, 24 * 365), at(9)) == at(9)
    assert next_run(TWO_HOURS, run(8, 24 * 365), at(9)) == at(9), "the clock was set during the run"
