"""Time windows of a day in China, and when they open."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.sites.windows import common_opening, is_window, next_opening, open_spans
from pipelines.times import CHINA


@pytest.mark.parametrize(
    ("windows", "hour", "opens"),
    [
        ((), 12, 12),
        (("22:00-06:00",), 23, 23),
        (("22:00-06:00",), 5, 5),
        (("22:00-06:00",), 6, 22),
        (("01:00-02:00", "13:00-14:00"), 12, 13),
        (("01:00-02:00",), 12, 25),
    ],
)
def test_a_window_may_cross_midnight(windows: tuple[str, ...], hour: int, opens: int) -> None:
    day = dt.datetime(2026, 3, 5, tzinfo=CHINA)
    at = (day + dt.timedelta(hours=hour)).astimezone(dt.UTC)
    assert next_opening(windows, at) == day + dt.timedelta(hours=opens)


@pytest.mark.parametrize(
    ("windows", "others", "hour", "opens"),
    [
        ((), (), 12, 12),
        (("22:00-06:00",), (), 12, 22),
        (("22:00-06:00",), ("05:00-12:00",), 7, 29),
        (("22:00-06:00",), ("05:00-12:00",), 5, 5),
        (("01:00-02:00", "13:00-14:00"), ("13:30-20:00",), 2, 13.5),
        (("01:00-02:00",), ("03:00-04:00",), 0, None),
        (("22:00-06:00",), ("06:00-22:00",), 6, None),
    ],
)
def test_windows_of_two_lists_overlap_or_not(
    windows: tuple[str, ...], others: tuple[str, ...], hour: int, opens: float | None
) -> None:
    day = dt.datetime(2026, 3, 5, tzinfo=CHINA)
    expected = None if opens is None else day + dt.timedelta(hours=opens)
    assert common_opening(windows, others, day + dt.timedelta(hours=hour)) == expected
    assert common_opening(others, windows, day + dt.timedelta(hours=hour)) == expected


@pytest.mark.parametrize("text", ["22-06", "22:00–06:00", "24:00-06:00", "22:60-06:00", "", "22:00-06:00 "])
def test_texts_that_are_not_windows(text: str) -> None:
    assert not is_window(text)


@pytest.mark.parametrize(
    ("windows", "others", "spans"),
    [
        ((), (), ()),
        (("12:00-14:00",), (), ((720, 120),)),
        (("22:00-06:00",), ("05:00-23:00",), ((300, 60), (1320, 60))),
        (("00:00-12:00", "12:00-00:00"), (), ()),
        (("01:00-02:00",), ("03:00-04:00",), ()),
    ],
)
def test_the_spans_of_a_day_in_which_windows_of_both_lists_are_open(
    windows: tuple[str, ...], others: tuple[str, ...], spans: tuple[tuple[int, int], ...]
) -> None:
    assert open_spans(windows, others) == open_spans(others, windows) == spans
