"""Days on the command line, and the filters that take them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from attrs import evolve

from crawler.cli.days import parse_day
from pipelines.times import CHINA
from tests.crawler.cli.test_show import catalogued
from tests.fangzhi import documents, fangzhi
from tests.pipelines.made import capture, entry

TODAY = dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023-04-05", "2023-04-05", "2023-04-05"),
        ("2023-04", "2023-04-01", "2023-04-30"),
        ("2024-2", "2024-02-01", "2024-02-29"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("today", "2024-03-05", "2024-03-05"),
        ("yesterday", "2024-03-04", "2024-03-04"),
        ("0d", "2024-03-05", "2024-03-05"),
        ("7d", "2024-02-27", "2024-02-27"),
    ],
)
def test_a_day_a_month_a_year_and_relative_days(text: str, first: str, last: str) -> None:
    assert [str(parse_day(text, TODAY, last=each)) for each in (False, True)] == [first, last]


@pytest.mark.parametrize(
    "text", ["", "May", "2023-13", "2023-02-30", "7", "7w", "2023-04-05T10:00", "1234567d", "0000"]
)
def test_what_is_no_day_is_refused_with_the_forms_that_are_accepted(text: str) -> None:
    for option in ("--since", "--captured-until"):
        done = fangzhi("list", option, text)
        assert (done.returncode, done.stdout) == (2, "")
        assert "2023-04" in done.stderr
        assert "yesterday" in done.stderr


def test_days_of_filters_begin_at_midnight_in_china(tmp_path: Path) -> None:
    now = dt.datetime.now(CHINA)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    times = [midnight, midnight - dt.timedelta(seconds=1), midnight - dt.timedelta(days=8)]
    made = [entry(evolve(capture(number), fetched_at=time)) for number, time in enumerate(times)]
    archive = catalogued(tmp_path, made)

    def listed(*options: str) -> list[str]:
        return [each["id"] for each in documents(fangzhi("list", "--json", *options, "--archive", str(archive)))]

    ids = [each.id for each in made]
    assert listed("--captured-since", "today") == ids[:1]
    assert listed("--captured-since", "yesterday") == listed("--captured-since", "7d") == ids[:2]
    assert listed("--captured-until", "yesterday") == ids[1:]
    assert listed("--captured-since", f"{times[2]:%Y-%m-%d}", "--captured-until", "7d") == ids[2:]
    assert listed("--since", "2024-03-05") == listed("--until", "2024-03") == ids
    assert listed("--since", "2024-03-06") == listed("--until", "2024-03-04") == []
