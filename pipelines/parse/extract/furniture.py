"""Proves that a line is furniture of its page: each part is a label, a counter, a tool, or a value that was read.

A word alone never proves anything: 三、点击“我要报名”按钮 and 时间：2026年3月2日8时 have words of tools and of info
lines, and are text, because other words remain.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from pipelines.parse.extract import furniture_patterns as patterns
from pipelines.parse.extract.page import fold

MIN_NAME_CHARS = 2
"""Characters of the shortest name that proves a part of a line; one character may be any word."""

MAX_PROVED_CHARS = 400
"""Characters of the longest line that is examined: a disclosure table with a dozen labels in one line."""


@frozen(kw_only=True)
class PageValues:
    """The values that were read for a page: `headlines` after `fold`, `names` longest first, and its days.

    Names are those of the source, the site, its columns, people, and the values of the disclosure table.
    """

    headlines: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    days: frozenset[dt.date] = frozenset()


def page_values(headlines: Iterable[str], names: Iterable[str | None], days: Iterable[dt.date | None]) -> PageValues:
    """Return the values in the form in which lines are compared with them."""
    distinct = {name.strip() for name in names if name and len(name.strip()) >= MIN_NAME_CHARS}
    return PageValues(
        headlines=frozenset(map(fold, headlines)) - {""},
        names=tuple(sorted(distinct, key=len, reverse=True)),
        days=frozenset(day for day in days if day),
    )


def proved_rule(text: str, values: PageValues, is_first: bool = False) -> str | None:
    """Return the rule by which a whole line is furniture, or None if a part of it is not proved.

    `is_first` is whether no text is above the line: there, labels of an info line prove any value after them. Elsewhere
    the value must have been read. The rule `name` is weak: 市公安局 may also be the first line of a public notice.

    >>> values = page_values(["汛前检查启动"], ["市水务局"], [dt.date(2024, 3, 5)])
    >>> proved_rule("发布时间：2024-03-05 来源：市水务局 字号：[大 中 小] 打印", values)
    'info-line'
    >>> proved_rule("时间：2026年3月2日8时", values), proved_rule("三、点击“我要报名”", values)
    (None, None)
    """
    if fold(patterns.ORIGINAL_TITLE.sub("", text)) in values.headlines:
        return "headline"
    if patterns.GREETING.fullmatch(text):
        return "tool"
    if len(text) > MAX_PROVED_CHARS or patterns.SENTENCE_STOP.search(text):
        return None
    if patterns.BREADCRUMB.fullmatch(text):
        return "breadcrumb"
    if is_first and patterns.FIGURES.fullmatch(text):
        return "counter"
    kinds = list(_parts(text, values, is_first))
    has_label_and_date = "label" in kinds and ("date" in kinds or "dated" in kinds)
    if not kinds or "" in kinds or set(kinds) == {"byline"} or ("word" in kinds and not has_label_and_date):
        return None
    if "other-date" in kinds and "label" not in kinds:
        return None
    if {"label", "dated"} & set(kinds) or ("date" in kinds and len(set(kinds)) > 1):
        return "info-line"
    return next((rule for rule in ("table", "date", "counter", "tool") if rule in kinds), "name")


def is_tool(text: str) -> bool:
    """Return whether a line has only tools and counters of the page, such as 【打印】 浏览次数：123."""
    place = 0
    while place < len(text):
        gap = patterns.GAP.match(text, place)
        start = gap.end() if gap else place
        if start >= len(text):
            return place > 0
        kind, place = _tool(text, start)
        if not kind or place <= start:
            return False
    return place > 0


def _parts(text: str, values: PageValues, is_first: bool) -> Iterator[str]:
    """Yield the kind of each part of a line from left to right; an empty string, the last one, if a part is unknown."""
    place = 0
    while True:
        gap = patterns.GAP.match(text, place)
        place = gap.end() if gap else place
        if place >= len(text):
            return
        kind, end = _part(text, place, values, is_first)
        yield kind
        if not kind or end <= place:
            if kind:
                yield ""
            return
        place = end


def _part(text: str, place: int, values: PageValues, is_first: bool) -> tuple[str, int]:
    """Return the kind and the end of the part of a line that begins at a place."""
    if name := next((name for name in values.names if text.startswith(name, place)), None):
        return "name", place + len(name)
    if label := patterns.PUBLICATION_LABEL.match(text, place):
        moment = patterns.MOMENT.match(text, label.end())
        return "dated" if moment else "label", moment.end() if moment else label.end()
    if label := patterns.SOURCE_LABEL.match(text, place):
        return _labelled(text, label.end(), values, is_first, patterns.VALUE)
    if label := patterns.PEOPLE_LABEL.match(text, place):
        return "label", _end_of_names(text, label.end())
    if is_first and (label := patterns.TABLE_LABEL.match(text, place)):
        found = patterns.TABLE_VALUE.match(text, label.end())
        return "table", found.end() if found else label.end()
    label = patterns.BARE_DATE_LABEL.match(text, place)
    if moment := patterns.MOMENT.match(text, label.end() if label else place):
        if _day(moment) in values.days or (is_first and not values.days):
            return "date", moment.end()
        return ("other-date" if is_first else ""), moment.end()
    kind, end = _tool(text, place)
    if kind:
        return kind, end
    byline = patterns.AGENCY_BYLINE.match(text, place)
    if byline:
        return "byline", byline.end()
    word = patterns.WORD.match(text, place) if is_first else None
    return ("word", word.end()) if word else ("", place)


def _tool(text: str, place: int) -> tuple[str, int]:
    """Return the kind and the end of the counter or the tool that begins at a place; the longer one of two."""
    counter, tool = patterns.COUNTER.match(text, place), patterns.TOOL.match(text, place)
    if counter and (tool is None or counter.end() >= tool.end()):
        return "counter", counter.end()
    tool = tool or patterns.URL.match(text, place)
    return ("tool", tool.end()) if tool else ("", place)


def _labelled(text: str, place: int, values: PageValues, is_first: bool, pattern: re.Pattern[str]) -> tuple[str, int]:
    """Return the end of the value after a label of the source: a name that was read, or any short one at the top."""
    name = next((name for name in values.names if text.startswith(name, place)), None)
    if name:
        return "label", place + len(name)
    value = pattern.match(text, place)
    if value is None:
        return "label", place
    is_known = any(value[0] in name for name in values.names)
    return ("label" if is_known or is_first else ""), value.end()


def _end_of_names(text: str, place: int) -> int:
    """Return the end of the names of people after a label."""
    while name := patterns.NAME.match(text, place):
        place = name.end()
        gap = patterns.NAME_GAP.match(text, place)
        following = gap.end() if gap else place
        if patterns.PEOPLE_LABEL.match(text, following) or not patterns.NAME.match(text, following):
            break
        place = following
    return place


def _day(moment: re.Match[str]) -> dt.date | None:
    figures = [int(figure) for figure in re.findall(r"\d+", moment[0])[:3]]
    try:
        year, month, day = figures if figures[0] > 31 else figures[::-1]
        return dt.date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None
