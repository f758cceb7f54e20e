"""The address that the issue of a digital paper has on a given day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

_WRITTEN_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/]?)(0[1-9]|1[0-2])(\2|/)(0[1-9]|[12]\d|3[01])(?!\d)")

_MARKS: tuple[tuple[str, str], ...] = (
    (r"\{date:([^{}]*)\}", ""),  # the form is in the mark
    (r"\{date\}", "%Y-%m-%d"),
    (r"\{year\}", "%Y"),
    (r"\{pdf_base\}", "%Y/%Y%m%d/%Y%m%d_m.html"),  # 北京日报 and 北京晚报
    (r"(?<=/)\{paper_time\d\}(?=/page_list_)", "%Y/%m/%d"),  # 杭州: /2024/03/05/page_list_20240305.html
    (r"(?<=/html/)\{paper_time\d\}(?=/\{)", "%Y"),  # 济南: /html/2024/20240305/20240305_A01/…
    (r"\{paper_time\d\}", "%Y%m%d"),
)
"""Marks for the day in an address template → the form of the day. The first pattern that matches at a place counts."""

_OTHER_MARK = re.compile(r"[^/?]*(?:\?[^{}]*)?\{[^{}]*\}.*$")


def issue_url(template: str, day: dt.date) -> str:
    """Return the address of the issue of a day.

    A template has marks for the day. If it has a written day instead, of the issue at which the list's makers looked,
    that day is replaced. A template without a day is the address of the paper's index, which leads to the newest issue;
    of a template with a mark that no day can fill, such as the number of an issue, the part before it is that index.

    >>> issue_url("http://dzb.example.cn/html/{date:%Y-%m/%d}/node_1.htm", dt.date(2024, 3, 5))
    'http://dzb.example.cn/html/2024-03/05/node_1.htm'
    >>> issue_url("http://dzb.example.cn/epaper/periodid-{i}.shtml", dt.date(2024, 3, 5))
    'http://dzb.example.cn/epaper/'
    """
    filled = template
    for pattern, form in _MARKS:
        filled = re.sub(pattern, _writer(day, form), filled)
    if filled == template:
        filled = on_day(template, day)
    return re.sub(r"[^/]*[-_]$", "", _OTHER_MARK.sub("", filled))


def has_day(template: str) -> bool:
    """Return whether the address of a template depends on the day."""
    return issue_url(template, dt.date(2024, 3, 5)) != issue_url(template, dt.date(2024, 3, 6))


def on_day(url: str, day: dt.date) -> str:
    """Return an issue's URL with another day, in the form in which the URL has its own.

    >>> on_day("http://dzb.example.cn/html/2024-03/05/node_1.htm", dt.date(2024, 2, 29))
    'http://dzb.example.cn/html/2024-02/29/node_1.htm'
    """
    return _WRITTEN_DAY.sub(lambda found: f"{day:%Y}{found[2]}{day:%m}{found[4]}{day:%d}", url)


def issue_of(url: str) -> str:
    """Return the URL of an issue's page up to its day, which all pages of the issue share."""
    found = _WRITTEN_DAY.search(url)
    return url[: found.end()] if found else url


def _writer(day: dt.date, form: str) -> Callable[[re.Match[str]], str]:
    return lambda mark: day.strftime(form or mark[1])
