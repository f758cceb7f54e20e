"""Finds the info line: date, source, author and tools between headline and body, in any order, often without spaces."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

from pipelines.parse.extract.datetimes import DATETIME
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.page import ParsedPage, fold
from pipelines.parse.extract.tree import count_hanzi, remove_spaces

MAX_INFO_LINES = 10
"""Lines from the headline downwards in which the info line is, on every template surveyed."""

MAX_HEADLINE_PLACES = 5
"""Places of a headline that are examined: in the breadcrumb, above the text, in two boxes next to it, after it."""

MAX_INFO_HANZI = 60
"""Chinese characters of the longest info line; a longer line is prose, and its dates are those of events."""

MIN_HEADLINE_LINK_CHARS = 8
"""Link characters from which a line is the headline of another article; a linked name of a medium has up to six."""

_OTHER_ARTICLES = re.compile(
    r"""
    \n[^\w\n]*(?:
        相关(?:阅读|新闻|链接|连结|推荐|文章|报道|报导|稿件|信息|内容|资讯)
        | 延伸阅读 | 推荐(?:阅读|新闻|文章|内容)
        | 热[门点](?:推荐|文章|新闻|排行|内容|资讯) | [最今](?:新|日)(?:文章|新闻|资讯|发布|要闻|推荐)
        | 猜[你您]喜欢 | 为[您你]推荐 | (?:点击|阅读)?排行榜?$
        | [上下前后]一[篇条则]
    )(?![^\s:：]{6})  # the heading of a box; a sentence goes on
    """,
    re.VERBOSE | re.MULTILINE,
)
"""Headings of lists of other articles, and links to the articles before and after, each with the line break before it.

The search for a line break is five times as fast as one for the beginning of a line.
"""

_ADDRESS = re.compile(r"https?://[\x21-\x7e]+")
_DATE_ONLY = re.compile(
    r"\n[\[(（\s]*(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: \d\d:\d\d(?::\d\d)?)?[\])）\s]*$", re.MULTILINE
)
_INFO_LABEL = re.compile(r"(?:来源|稿源|时间|日期|作者|编辑)\s*[:：]")
_PROSE = re.compile(r"[。；！？]|，.*，")
_EVENT = re.compile(
    r"""(?:报名|活动|开始|截止|截至|结束|会议|开标|考试|公示|施行|实施|有效|办理|受理|举办|到期|生效)  # events
    | (?!.{0,2}(?:发布|发表|发稿|更新|录入|上传|刊登|添加))  # not published, but
      [\u4e00-\u9fff]{2}(?:时间|日期)\s*[:：]?\s*$           # another time
    """,
    re.VERBOSE,
)
"""Text before a date that shows that it is the date of an event."""

_RANGE_END = re.compile(r"\s*(?:[—–~～至到]|-\s*\d)")


def lines_near_title(page: ParsedPage, title: str | None, others: frozenset[int]) -> tuple[str, ...]:
    """Return the short lines at and below the headline, where it is shown for the first time without a link.

    Navigation and lists of other articles show it as a link; later posts of a forum show it again. `others` are the
    numbers of the lines of `other_articles`.
    """
    name = fold(title or "")
    places = [number for number, text in enumerate(page.folded_lines) if name and name in text]
    if name and not places:
        places = [number for number, (one, two) in enumerate(pairwise(page.folded_lines)) if one + two == name]
    short = [place for place in places if count_hanzi(page.lines[place].text) <= MAX_INFO_HANZI + count_hanzi(name)]
    shown = sorted(short, key=lambda place: bool(page.lines[place].link_chars))[:MAX_HEADLINE_PLACES]
    candidates = dict.fromkeys(number for place in shown for number in range(place, place + MAX_INFO_LINES))
    numbers = [number for number in candidates if number < len(page.lines) and number not in others]
    texts = [page.lines[number].text for number in numbers if number in shown or not _is_list_row(page.lines[number])]
    return tuple(
        text.replace(title or "", " ") if title else text for text in texts if count_hanzi(text) <= MAX_INFO_HANZI
    )


def other_articles(page: ParsedPage, folded_title: str) -> frozenset[int]:
    """Return the numbers of the lines that belong to lists of other articles, whose dates and names are not the page's.

    These are all lines from the heading of such a list below the headline on, and dates between linked headlines.
    """
    lines = page.lines
    places = (number for number, text in enumerate(page.folded_lines) if folded_title and folded_title in text)
    headline = next(places, len(lines))
    text = f"\n{page.text}"
    headings = (page.line_number(found.start()) for found in _OTHER_ARTICLES.finditer(text))
    start = next((number for number in headings if number > headline), len(lines))
    dated = [page.line_number(found.start()) for found in _DATE_ONLY.finditer(text)]
    rows = {number for number in dated if _is_between_links(lines, number, frozenset(dated))}
    return frozenset(rows) | frozenset(range(start, len(lines)))


def _is_between_links(lines: Sequence[Line], number: int, dated: frozenset[int]) -> bool:
    """Return whether a date stands in a list in which linked headlines and dates alternate."""
    above, below = (0 <= each < len(lines) and _is_list_row(lines[each]) for each in (number - 1, number + 1))
    return (above and (below or number - 2 in dated)) or (below and number + 2 in dated)


def _is_list_row(line: Line) -> bool:
    """Return whether a line is a row of a list of other articles: a linked headline, with its date."""
    addresses = sum(map(len, _ADDRESS.findall(line.text)))
    return line.link_chars - addresses >= MIN_HEADLINE_LINK_CHARS and not _INFO_LABEL.search(line.text)


def parted_text(page: ParsedPage, line: str) -> str:
    """Return a line with a space between the texts of different elements.

    Styles keep the fields of an info line apart where the markup has no space: `<i>原创</i><i>白溪发布</i>`.
    """
    text, ends = page.joined_texts
    plain = remove_spaces(line)
    start = text.find(plain) if plain else -1
    if start < 0:
        return line
    inner = {end - start for end in ends[bisect_right(ends, start) : bisect_left(ends, start + len(plain))]}
    counts = accumulate(not char.isspace() for char in line)
    return "".join(
        f"{char} " if count in inner and not char.isspace() else char for char, count in zip(line, counts, strict=True)
    )


def is_info_line(text: str) -> bool:
    """Return whether a text is an info line with a date, and not a line of prose or the date of an event.

    >>> is_info_line("2024-03-05 08:00 江门日报"), is_info_line("报名时间：2024年3月5日")
    (True, False)
    >>> is_info_line("2024年3月5日，会议开幕，")
    False
    """
    found = DATETIME.search(text)
    return (
        found is not None
        and not _PROSE.search(text)
        and not (_EVENT.search(text[: found.start()]) or _RANGE_END.match(text, found.end()))
    )
