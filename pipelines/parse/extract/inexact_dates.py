"""Finds dates that are clear only with the time of the capture or with a second element: 昨天 09:30, 03-12 09:15."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from pipelines.model import DateOrTime
from pipelines.parse.extract.page import ParsedPage, Sourced

RELATIVE = "relative"
"""Origin of a date that the page gives in relation to today; it follows from the time of the capture."""

WITHOUT_YEAR = "without-year"
"""Origin of a date without a year; the year is the last one in which the date is not after the capture."""

DATE_BLOCK = "date-block"
"""Origin of a date whose day stands above or below its year and month: 21 / 2024年02月."""

MAX_WORDS_CHARS = 60
"""Characters of the longest line with such a date: an info line with source and author."""

MAX_BLOCK_CHARS = 14
"""Characters of the longest part of a date block, and of a block in one line: 21 2024 年 02 月."""

_CLOCK = r"(?P<H>[01]?\d|2[0-3])[:：](?P<M>[0-5]\d)(?:[:：][0-5]\d)?"
_START = r"(?:^|(?<=[\s　:：|｜·（(\[]))"
_AGO = re.compile(rf"{_START}(?P<n>\d{{1,2}}|半)\s*(?P<unit>秒钟?|分钟|个?小时|天|日)\s*(?:之?前|以前)")
_JUST_NOW = re.compile(rf"{_START}(?:刚刚|刚才)(?=$|[\s　|｜]|发布)")
_DAY_WORD = re.compile(rf"{_START}(?P<word>今[天日]|昨[天日]|前天)\s*(?:{_CLOCK})?(?=$|[\s　|｜·）)\]来发])")
_WITHOUT_YEAR = re.compile(
    rf"""
    (?<![\d年/.-]) (?P<m>1[0-2]|0?[1-9]) (?: [-/] (?P<d>3[01]|[12]\d|0?[1-9]) | 月(?P<e>3[01]|[12]?\d)日 )
    [\s　]+ {_CLOCK} (?![\d:：~～至-])
    """,
    re.VERBOSE,
)
_PROSE = re.compile(r"[。；！？]|，.*，")
_DAYS_BY_WORD = {"今": 0, "昨": 1, "前": 2}
_HALF_HOUR = 0.5
_YEAR_MONTH = r"(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>1[0-2]|0?[1-9])\s*月?"
_YEAR = r"(?P<y>20\d\d)\s*年?"
_MONTH_DAY = r"(?P<m>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*日?"
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])\s*日?"
_BLOCKS = tuple(
    re.compile(rf"{one}\s+{two}")
    for one, two in ((_DAY, _YEAR_MONTH), (_YEAR_MONTH, _DAY), (_YEAR, _MONTH_DAY), (_MONTH_DAY, _YEAR))
)
"""The orders in which the parts of a date stand below or next to each other."""


def relative(page: ParsedPage, near_lines: Iterable[str]) -> Iterator[Sourced[DateOrTime]]:
    """Yield the dates in short lines near the headline that are clear with the time of the capture."""
    for text in near_lines:
        if len(text) <= MAX_WORDS_CHARS and not _PROSE.search(text):
            yield from relative_to(text, page.captured_at)


def relative_to(text: str, now: dt.datetime) -> Iterator[Sourced[DateOrTime]]:
    """Yield the dates in a text that are clear with the present time: the day alone unless the text gives a time.

    >>> now = dt.datetime(2024, 3, 13, 8, 0)
    >>> [f"{each.value} {each.origin}" for each in relative_to("昨天 09:30　来源：白溪日报", now)]
    ['2024-03-12 09:30:00 relative']
    >>> [f"{each.value} {each.origin}" for each in relative_to("03-14 09:15", now)]
    ['2023-03-14 09:15:00 without-year']
    """
    ago = _AGO.search(text)
    if ago or _JUST_NOW.search(text):
        yield Sourced((now - _span(ago)).date(), RELATIVE)
    word = _DAY_WORD.search(text)
    if word:
        day = now.date() - dt.timedelta(days=_DAYS_BY_WORD[word["word"][0]])
        yield Sourced(_with_clock(day, word, now) if word["H"] else day, RELATIVE)
    for found in _WITHOUT_YEAR.finditer(text):
        for year in (now.year, now.year - 1):
            try:
                moment = _with_clock(dt.date(year, int(found["m"]), int(found["d"] or found["e"])), found, now)
            except ValueError:
                continue
            if moment <= now:
                yield Sourced(moment, WITHOUT_YEAR)
                break


def _span(ago: re.Match[str] | None) -> dt.timedelta:
    number = float(ago["n"]) if ago and ago["n"] != "半" else _HALF_HOUR
    unit = ago["unit"] if ago else "秒"
    if "秒" in unit:
        return dt.timedelta(0)
    if "分" in unit:
        return dt.timedelta(minutes=number)
    return dt.timedelta(hours=number) if unit[-1] == "时" else dt.timedelta(days=number)


def _with_clock(day: dt.date, found: re.Match[str], now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(int(found["H"]), int(found["M"])), now.tzinfo)


def date_block(page: ParsedPage, excluded: frozenset[int]) -> Sourced[DateOrTime] | None:
    """Return the date whose parts stand in two elements; None if the page has several such dates, as a list has."""
    short = [
        (number, line.text)
        for number, line in enumerate(page.lines)
        if len(line.text) <= MAX_BLOCK_CHARS and not line.link_chars and number not in excluded
    ]
    pairs = [f"{one} {two}" for (above, one), (below, two) in pairwise(short) if below == above + 1]
    dates = {date for text in (*(text for _, text in short), *pairs) if (date := _block(text))}
    return Sourced(dates.pop(), DATE_BLOCK) if len(dates) == 1 and max(dates) <= page.captured_on else None


def _block(text: str) -> dt.date | None:
    """Return the date of a text that consists of the parts of one.

    >>> _block("21 2024年02月"), _block("2024 02-21"), _block("21 13-02")
    (datetime.date(2024, 2, 21), datetime.date(2024, 2, 21), None)
    """
    found = next(filter(None, (form.fullmatch(text) for form in _BLOCKS)), None)
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        return None
