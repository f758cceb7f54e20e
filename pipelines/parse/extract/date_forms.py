"""Rewrites the less common forms of dates in figures: 二〇二四年三月十二日, 民国113年3月12日, time stamps.

All readers of dates look for one form, 2024-03-12 09:15. A page is searched once for each of the other forms here, and
only the lines with one are rewritten.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import re

from pipelines.times import CHINA

MINGUO_OFFSET = 1911
"""The year before the first year of the Republic of China, by which Taiwan counts: 民国113年 is 2024."""

MIN_YEAR = 1993
"""The first Chinese newspaper went online in 1995; issues of a few earlier years were put online later. Years of two
digits are from this one on."""

MAX_LINE_CHARS = 200
"""Characters of a text up to which one search for a set of characters is faster than one for each of them."""

_WIDE = "０１２３４５６７８９"
_WIDE_DIGITS = str.maketrans(_WIDE, "0123456789")
_NUMERALS = str.maketrans("〇○Ｏ零一二三四五六七八九", "0000123456789")
_NUMERAL = "〇○Ｏ零一二三四五六七八九"
_LABEL_WORDS = ("时间", "日期", *(f"{word}(?:于)?" for word in ("发布", "发表", "更新", "刊登")))
_AFTER_LABEL = r"\s*(?:于|[：:])\s*\[?\s*"
_LABEL = rf"(?:{'|'.join(_LABEL_WORDS)}){_AFTER_LABEL}"

NUMERAL_DATE = re.compile(
    rf"(?P<y>[一二][{_NUMERAL}]{{3}})\s*年\s*(?P<m>[一二三四五六七八九十]{{1,2}})\s*月\s*"
    r"(?P<d>[一二三四五六七八九十廿卅]{1,3})\s*日"
)
"""A date in Chinese numerals, as below official letters."""

_MINGUO = re.compile(
    rf"""
    (?: (?:中华)?民国\s* | (?P<label>{_LABEL}) )  # the era's name, or a label
    (?P<y>\d{{2,3}}) \s*(?:年|[-/.])\s* (?P<m>\d{{1,2}}) \s*(?:月|[-/.])\s* (?P<d>\d{{1,2}}) (?!\d)\s*日?
    """,
    re.VERBOSE,
)
# Digits alone behind a label: 20230405, 202304051230 or 20230405123000.
_COMPACT = re.compile(
    rf"(?P<label>{_LABEL})(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?)?(?!\d)"
)
_STAMP = re.compile(rf"(?P<label>{_LABEL})(?P<s>[1-9]\d{{8,9}})(?:\d{{3}})?(?!\d)")
_YEAR_FIRST = re.compile(r"\s*(?:19|20)\d\d[-/.]")
_WEEKDAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ENGLISH = re.compile(
    rf"""
    {_WEEKDAYS}(?:
        \ (?P<java>{_MONTHS}\ +\d\d?)\ (?P<clock>\d\d:\d\d:\d\d)\ (?:(?P<zone>[A-Z]{{3}})\ )?(?P<year>\d{{4}})  # Java
      | \ (?P<js>{_MONTHS}\ \d\d)\ (?P<js_year>\d{{4}})\ (?P<js_clock>\d\d:\d\d:\d\d)\ GMT(?P<offset>[+-]\d{{4}})
      | ,\ \d\d?\ {_MONTHS}\ \d{{4}}\ \d\d:\d\d:\d\d\ (?:GMT|UTC|[+-]\d{{4}})                             # RFC 5322
    )
    """,
    re.VERBOSE,
)
"""What the default conversions to text of Java, JavaScript and e-mail programs give."""

_ANY = re.compile(
    "|".join(
        (
            *(f"{digit}[０-９]{{3}}" for digit in _WIDE),
            *("民国", r"年\s*[一二三四五六七八九十]{1,2}\s*月"),
            *(rf"{word}{_AFTER_LABEL}(?!(?:19|20)\d\d\s*[-/.年])[1-9]\d" for word in _LABEL_WORDS),
            *(rf"{day}(?<=\b{day}),?\ " for day in _WEEKDAYS[3:-1].split("|")),
        )
    )
)
"""A quick test: without a match, no form of this module is in a text.

Each alternative begins with a character, by which the search skips most of a text: it takes a fifth of the time.
"""


_WIDE_DIGIT = re.compile(f"[{_WIDE}]")
_LABELLED = re.compile("|".join(rf"{word}{_AFTER_LABEL}[1-9]\d" for word in _LABEL_WORDS))
"""A date after a label, whose time may be in wide digits."""


def in_figures(text: str, is_traditional: bool = False) -> str:
    """Return a text in which the dates of the less common forms are written as 2024-03-12 09:15:00.

    Figures without 年 or a name of an era are dates only after a label: 20240312, 24-03-12, 113/03/12, and time stamps
    in seconds or milliseconds. A date that does not exist is left as it is. `is_traditional` is whether the page is in
    traditional script: then a year of two digits may be that of Taiwan.

    >>> in_figures("发布日期：民国113年3月12日"), in_figures("二〇二四年三月十二日 来源：市府办")
    ('发布日期：2024-03-12', '2024-03-12 来源：市府办')
    >>> in_figures("发布日期：98-03-12"), in_figures("发布日期：98-03-12", is_traditional=True)
    ('发布日期：1998-03-12', '发布日期：2009-03-12')
    >>> in_figures("发布时间：1710206100000"), in_figures("发布时间：24-03-12"), in_figures("文号：20240312")
    ('发布时间：2024-03-12 09:15:00', '发布时间：2024-03-12', '文号：20240312')
    """
    if not has_other_forms(text):
        return text
    text = text.translate(_WIDE_DIGITS)
    text = NUMERAL_DATE.sub(lambda found: _date(found, *map(_digits, found.group("y", "m", "d"))), text)
    text = _MINGUO.sub(lambda found: _date(found, _year(found, is_traditional), found["m"], found["d"]), text)
    text = _COMPACT.sub(lambda found: _date(found, *found.group("y", "m", "d")) + _clock(found), text)
    text = _STAMP.sub(lambda found: f"{found['label']}{from_stamp(int(found['s']))}", text)
    return _ENGLISH.sub(_from_english, text)


def has_other_forms(text: str) -> bool:
    """Return whether a text may have a date in a form that `in_figures` rewrites."""
    return _ANY.search(text) is not None or (_has_wide_digit(text) and bool(_LABELLED.search(text)))


def _has_wide_digit(text: str) -> bool:
    if len(text) <= MAX_LINE_CHARS:
        return _WIDE_DIGIT.search(text) is not None
    return any(digit in text for digit in _WIDE)  # in a page, ten searches for one character are faster


def value_in_figures(text: str) -> str:
    """Return the text of a field that holds a date in figures, as after a label.

    >>> value_in_figures("Tue Mar 12 09:15:00 CST 2024"), value_in_figures("1710206100")
    ('2024-03-12T09:15:00+08:00', '2024-03-12 09:15:00')
    """
    if text.isascii() and _YEAR_FIRST.match(text):  # most fields: without a label, they have none of the other forms
        return in_figures(text.strip())
    label = "时间："
    return in_figures(f"{label}{text.strip()}").removeprefix(label)


def from_stamp(seconds: int) -> str:
    """Return the Chinese time of a Unix time stamp."""
    return dt.datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _year(found: re.Match[str], is_traditional: bool) -> str:
    """Return the year of two or three digits, which counts from 1911 in Taiwan."""
    number = int(found["y"])
    republic = number + MINGUO_OFFSET
    if len(found["y"]) == 3 or not found["label"] or (is_traditional and republic >= MIN_YEAR):
        return str(republic)
    return str(number + (1900 if number >= MIN_YEAR % 100 else 2000))


def _date(found: re.Match[str], year: str, month: str, day: str) -> str:
    """Return a date in figures after the label of the match; the whole match if the date does not exist."""
    label = found.groupdict().get("label") or ""
    try:
        return f"{label}{dt.date(int(year), int(month), int(day)).isoformat()}"
    except ValueError:
        return found[0]


def _clock(found: re.Match[str]) -> str:
    return f" {found['H']}:{found['M']}:{found['S'] or '00'}" if found["H"] else ""


def _digits(numerals: str) -> str:
    """Return a number below 40 in Chinese numerals, or a year written digit by digit, in digits."""
    plain = numerals.replace("廿", "二十").replace("卅", "三十")
    digits = plain.translate(_NUMERALS)
    if "十" not in digits:
        return digits
    tens, _, ones = digits.partition("十")
    return f"{tens or 1}{ones or 0}"


def _from_english(found: re.Match[str]) -> str:
    """Return the time in ISO 8601. Java's CST on a Chinese server is Chinese time, not that of Chicago."""
    if found["js"]:
        text = f"{found['js'][4:]} {found['js'][:3]} {found['js_year']} {found['js_clock']} {found['offset']}"
    elif found["java"]:
        zone = "+0000" if found["zone"] in ("GMT", "UTC") else "+0800"
        text = f"{found['java'][4:]} {found['java'][:3]} {found['year']} {found['clock']} {zone}"
    else:
        text = found[0]
    try:
        return email.utils.parsedate_to_datetime(text).astimezone(CHINA).isoformat()
    except ValueError:
        return found[0]
