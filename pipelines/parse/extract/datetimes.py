"""The moments that pages write down: days and times in Chinese time, never later than the capture."""

from __future__ import annotations

import datetime as dt
import re
from itertools import chain

from pipelines.model import Moment
from pipelines.times import CHINA

"""All of China keeps UTC+08:00; there has been no summer time since 1991."""

EARLIEST = 1993
"""The first Chinese newspaper went online in 1995; papers of a few years before were put online later."""

_DAY = (
    r"(?P<y>(?:19|20)\d\d)\s*[-/.年－]\s*(?P<m>1[0-2]|0?[1-9])\s*[-/.月－]\s*(?P<d>3[01]|[12]\d|0?[1-9])"
    r"(?:(?!\d)|(?=\d\d:\d\d))\s*日?"
)
_TIME = (
    r"(?:[T\s,，　(（]*(?:星期.|周.)?[)）\s]*(?P<half>[上下中]午|晚上?)?\s*"
    r"(?P<H>[01]?\d|2[0-3])\s*[:：时]\s*(?P<M>[0-5]?\d)"
    r"(?:\s*[:：分]\s*(?P<S>[0-5]\d))?(?:\.\d+)?\s*(?P<z>Z|[+-]\d\d:?\d\d)?)?"
)
WRITTEN = re.compile(rf"(?<!\d){_DAY}{_TIME}")
_AMERICAN = re.compile(
    r"(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])/(?P<y>(?:19|20)\d\d) "
    r"(?P<H>\d{1,2}):(?P<M>\d\d):(?P<S>\d\d) (?P<half>[AP]M)"
)
"""How ASP on an English Windows prints a time; its AM or PM is what tells the month from the day."""

_COMPACT = re.compile(r"^(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?)?$")
_DIGITS = str.maketrans("〇○Ｏ零一二三四五六七八九", "0000123456789")
_ONES = "一二三四五六七八九十"
_HANZI_DAY = re.compile(rf"([一二][〇○Ｏ零{_ONES}]{{3}})年([{_ONES}]{{1,2}})月([{_ONES}]{{1,3}})日")
_IN_URL = (
    re.compile(r"/t(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)_\d+"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)[-/_]?(?P<m>\d{1,2})[-/_]?(?P<d>\d{1,2})[/_.-]"),
    re.compile(r"(?<!\d)(?P<y>20\d\d)-?(?P<m>[01]\d)-?(?P<d>[0-3]\d)(?!\d{1,3}(?:\D|$))"),
)


def moment(text: str, latest: dt.date) -> Moment | None:
    """Return the first moment written in a text that is no later than a day, with a time if one stands behind the day.

    >>> moment("发布时间：2024年3月5日 09:30 来源", dt.date(2024, 3, 6))
    datetime.datetime(2024, 3, 5, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(seconds=28800)))
    >>> moment("2024-03-05", dt.date(2024, 3, 4)) is None
    True
    >>> str(moment("9/17/2004 5:54:13 PM", dt.date(2024, 3, 4)))
    '2004-09-17 17:54:13+08:00'
    """
    stripped = text.strip()
    compact = _COMPACT.match(stripped)
    for found in [compact] if compact else chain(WRITTEN.finditer(stripped), _AMERICAN.finditer(stripped)):
        value = _made(found.groupdict())
        if value and day(value) <= latest:
            return value
    return None


def written_out(text: str, latest: dt.date) -> dt.date | None:
    """Return the day that a text is, in figures or in hanzi, such as the day under an official letter.

    >>> written_out("二〇二四年三月十五日", dt.date(2025, 1, 1))
    datetime.date(2024, 3, 15)
    """
    figures = _HANZI_DAY.fullmatch(text.strip(" 　()（）"))
    if figures:
        year, month, date = (_figures(part) for part in figures.groups())
        text = f"{year}年{month}月{date}日"
    whole = WRITTEN.fullmatch(text.strip(" 　()（）"))
    value = _made(whole.groupdict()) if whole else None
    return day(value) if value and day(value) <= latest else None


def url_date(url: str, latest: dt.date) -> dt.date | None:
    """Return the day in an address, such as /202403/t20240305_12.html or /2024-03/05/content_1.htm.

    >>> url_date("http://www.example.gov.cn/art/2024/3/5/art_12_3.html", dt.date(2025, 1, 1))
    datetime.date(2024, 3, 5)
    """
    for pattern in _IN_URL:
        for found in pattern.finditer(url):
            value = _made(found.groupdict())
            if value and day(value) <= latest:
                return day(value)
    return None


def day(value: Moment) -> dt.date:
    """Return the day of a moment, in China for a time."""
    return value.astimezone(CHINA).date() if isinstance(value, dt.datetime) else value


def _figures(hanzi: str) -> str:
    """Return a number in hanzi below 32, or a year figure by figure, in digits."""
    digits = hanzi.translate(_DIGITS)
    if "十" not in digits:
        return digits
    tens, _, ones = digits.partition("十")
    return f"{tens or 1}{ones or 0}"


def _made(parts: dict[str, str | None]) -> Moment | None:
    """Return the moment of a match; 00:00:00 is what CMSes write where they keep no time, so it says the day alone."""
    year, month, date = (int(parts[key] or 0) for key in "ymd")
    try:
        found = dt.date(year, month, date)
        if year < EARLIEST:
            return None
        if parts.get("H") is None:
            return found
        hour, minute, second = (int(parts[key] or 0) for key in "HMS")
        if not (hour or minute or second or parts.get("z")):
            return found
        if parts.get("half") in ("下午", "晚", "晚上", "PM") and hour < 12:
            hour += 12
        elif parts.get("half") == "AM" and hour == 12:
            hour = 0
        at = dt.datetime(year, month, date, hour, minute, second, tzinfo=_zone(parts.get("z")))
        return at.astimezone(CHINA)
    except ValueError:
        return None


def _zone(text: str | None) -> dt.timezone:
    if not text:
        return CHINA
    if text == "Z":
        return dt.UTC
    digits = text[1:].replace(":", "")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if text[0] == "-" else offset)
