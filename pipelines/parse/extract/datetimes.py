"""Parses dates and times that pages contain, in Chinese time and never later than the capture."""

from __future__ import annotations

import datetime as dt
import re
from itertools import chain

from pipelines.model import DateOrTime
from pipelines.parse.extract.date_forms import MIN_YEAR, in_figures, value_in_figures
from pipelines.times import CHINA

NOON = 12

LAST_MORNING_HOUR = 10
"""The hour from which 中午 is before noon: 中午11:30 is, 中午1:30 is after it."""

_DATE = r"""
    (?P<y>(?:19|20)\d\d)\s*[-/.年－]\s*   # year
    (?P<m>1[0-2]|0?[1-9])\s*[-/.月－]\s*  # month
    (?P<d>3[01]|[12]\d|0?[1-9])           # day
    (?:(?!\d)|(?=\d\d:\d\d))\s*日?        # no further digit, except those of a time without a space before it
"""
_TIME = r"""
    (?:
        [T\s,，　(（]*(?:(?:星期|周).)?[)）\s／/]*         # separator, day of the week
        (?:(?:北京|香港|本地|当地)时间\s*)?     # Chinese time
        (?P<half>[上下中]午|凌晨|清晨|早上?|傍晚|晚上?)?\s*  # part of the day
        (?P<H>[01]?\d|2[0-3])\s*[:：时点]\s*            # hour
        (?P<M>[0-5]?\d)                                     # minute
        (?:\s*[:：分]\s*(?P<S>[0-5]\d))?(?:\.\d+)?\s*       # second, with a fraction
        (?P<z>Z|[+-]\d\d:?\d\d)?                            # time zone
        (?P<noon>[AaPp][Mm]\b)?
    )?
"""
DATETIME = re.compile(rf"(?<!\d){_DATE}{_TIME}", re.VERBOSE)
"""A date in figures, with its time if one follows."""

_AMERICAN = re.compile(
    r"""(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])/(?P<y>(?:19|20)\d\d)\  # date
    (?P<H>\d{1,2}):(?P<M>\d\d):(?P<S>\d\d)\ (?P<half>[AP]M)                  # time
    """,
    re.VERBOSE,
)
"""The format of ASP on an English Windows; its AM or PM shows that the month comes before the day."""

_COMPACT = re.compile(r"^(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?)?$")
"""20240305, 202403050930 or 20240305093000."""

_URL_DATES = (
    re.compile(r"/t(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)_\d+"),  # TRS: /t20240305_12.html
    re.compile(r"/(?P<y>(?:19|20)\d\d)[-/_]?(?P<m>\d{1,2})[-/_]?(?P<d>\d{1,2})[/_.-]"),  # a folder: /2024-03/05/
    re.compile(r"(?<!\d)(?P<y>20\d\d)-?(?P<m>[01]\d)-?(?P<d>[0-3]\d)(?!\d{1,3}(?:\D|$))"),  # anywhere, in 8 digits
)


def first_datetime(text: str, latest: dt.date) -> DateOrTime | None:
    """Return the first date in a text that is not later than `latest`, with its time if one follows the date.

    >>> first_datetime("发布时间：2024年3月5日 09:30 来源", dt.date(2024, 3, 6))
    datetime.datetime(2024, 3, 5, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(seconds=28800)))
    >>> first_datetime("2024-03-05", dt.date(2024, 3, 4)) is None
    True
    >>> str(first_datetime("9/17/2004 5:54:13 PM", dt.date(2024, 3, 4)))
    '2004-09-17 17:54:13+08:00'
    """
    stripped = value_in_figures(text)
    compact = _COMPACT.match(stripped)
    for found in [compact] if compact else chain(DATETIME.finditer(stripped), _AMERICAN.finditer(stripped)):
        value = _to_moment(found.groupdict())
        if value and china_date(value) <= latest:
            return value
    return None


def whole_date(text: str, latest: dt.date) -> dt.date | None:
    """Return the date if the whole text is one, in digits or in Chinese numerals, as below an official letter.

    >>> whole_date("二〇二四年三月十五日", dt.date(2025, 1, 1))
    datetime.date(2024, 3, 15)
    """
    found = DATETIME.fullmatch(in_figures(text).strip(" 　()（）"))
    value = _to_moment(found.groupdict()) if found else None
    return china_date(value) if value and china_date(value) <= latest else None


def url_date(url: str, latest: dt.date) -> dt.date | None:
    """Return the date in a URL, such as /202403/t20240305_12.html or /2024-03/05/content_1.htm.

    >>> url_date("http://www.example.gov.cn/art/2024/3/5/art_12_3.html", dt.date(2025, 1, 1))
    datetime.date(2024, 3, 5)
    """
    for pattern in _URL_DATES:
        for found in pattern.finditer(url):
            value = _to_moment(found.groupdict())
            if value and china_date(value) <= latest:
                return china_date(value)
    return None


def china_date(value: DateOrTime) -> dt.date:
    """Return the date of a moment; for a time, the date in China."""
    return value.astimezone(CHINA).date() if isinstance(value, dt.datetime) else value


def _to_moment(groups: dict[str, str | None]) -> DateOrTime | None:
    """Return the date or time of a match; 00:00:00 is what CMSes write without a time, so it counts as a date alone."""
    year, month, day = (int(groups[key] or 0) for key in "ymd")
    try:
        date = dt.date(year, month, day)
        if year < MIN_YEAR:
            return None
        if groups.get("H") is None:
            return date
        hour, minute, second = (int(groups[key] or 0) for key in "HMS")
        half = (groups.get("half") or groups.get("noon") or "").upper()
        if half in ("晚", "晚上") and hour == NOON:  # half past noon, or past midnight of this day or the next
            return date
        hour = _hour(hour, half)
        if not (hour or minute or second or groups.get("z")):
            return date
        time = dt.datetime(year, month, day, hour, minute, second, tzinfo=_time_zone(groups.get("z")))
        return time.astimezone(CHINA)
    except ValueError:
        return None


def _hour(hour: int, half: str) -> int:
    """Return the hour of 24; 上午12:30 is half past midnight, as programs write it."""
    if half in ("上午", "凌晨", "清晨", "早", "早上", "AM"):
        return 0 if hour == NOON else hour
    is_afternoon = half in ("下午", "傍晚", "晚", "晚上", "PM") or (half == "中午" and hour < LAST_MORNING_HOUR)
    return hour + NOON if is_afternoon and hour < NOON else hour


def _time_zone(text: str | None) -> dt.timezone:
    if not text:
        return CHINA
    if text == "Z":
        return dt.UTC
    digits = text[1:].replace(":", "")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if text[0] == "-" else offset)
