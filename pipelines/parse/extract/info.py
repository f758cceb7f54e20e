"""The info line: what templates print between headline and body, in any order, often glued together."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.parse.extract.datetimes import WRITTEN
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.page import Page, fold
from pipelines.parse.extract.tree import hanzi

NEAR = 10
"""Lines below the headline in which the info line stands, on every template surveyed."""

PLACES = 5
"""Showings of a headline that are looked at: in the trail, over the text, in two boxes beside it, behind it."""

LABEL_HANZI = 60
"""Hanzi of the longest info line; a longer line is prose, whose dates are those of the events."""

LEAST_LINKED = 8
"""Linked characters from which a line is another article's headline; a linked medium's name has up to six."""

_LABELLED = re.compile(r"(?:来源|來源|稿源|时间|时間|日期|作者|编辑)\s*[:：]")
_PROSE = re.compile(r"[。；！？]|，.*，")
_EVENT = re.compile(
    r"(?:报名|活动|开始|截止|截至|结束|会议|开标|考试|公示|施行|实施|有效|办理|受理|举办|到期|生效)"
    r"|(?!.{0,2}(?:发布|發布|发表|发稿|更新|录入|上传|刊登|添加))[\u4e00-\u9fff]{2}(?:时间|日期|時間)\s*[:：]?\s*$"
)
_RANGE = re.compile(r"\s*(?:[—–~～至到]|-\s*\d)")


def near_title(page: Page, title: str | None) -> tuple[str, ...]:
    """Return the short lines on and under the headline, from its first showing that is no link.

    Navigation and lists of other articles show it as a link; a forum's later posts show it again.
    """
    name = fold(title or "")
    places = [number for number, text in enumerate(page.folded) if name and name in text]
    if name and not places:
        places = [number for number, (one, two) in enumerate(pairwise(page.folded)) if one + two == name]
    short = [place for place in places if hanzi(page.lines[place].text) <= LABEL_HANZI + hanzi(name)]
    shown = sorted(short, key=lambda place: bool(page.lines[place].linked))[:PLACES]
    numbers = dict.fromkeys(number for place in shown for number in range(place, place + NEAR))
    own = [number for number in numbers if number < len(page.lines)]
    near = [page.lines[number].text for number in own if number in shown or not _is_row(page.lines[number])]
    return tuple(text.replace(title or "", " ") if title else text for text in near if hanzi(text) <= LABEL_HANZI)


def _is_row(line: Line) -> bool:
    """Tell a row of a list of other articles: a linked headline, with its day."""
    return line.linked >= LEAST_LINKED and not _LABELLED.search(line.text)


def is_info(text: str) -> bool:
    """Tell an info line with a date from a line of prose, or one that dates an event.

    >>> is_info("2024-03-05 08:00 江门日报"), is_info("报名时间：2024年3月5日"), is_info("2024年3月5日，会议开幕，")
    (True, False, False)
    """
    found = WRITTEN.search(text)
    return (
        found is not None
        and not _PROSE.search(text)
        and not (_EVENT.search(text[: found.start()]) or _RANGE.match(text, found.end()))
    )
