"""Finds when an article was published and modified, by the strongest evidence on its page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from pipelines.model import CELL_MARK, DateOrTime
from pipelines.parse.extract.date_forms import NUMERAL_DATE, has_other_forms, in_figures
from pipelines.parse.extract.datetimes import DATETIME, china_date, first_datetime, url_date, whole_date
from pipelines.parse.extract.hidden_bodies import unique_values
from pipelines.parse.extract.inexact_dates import date_block, relative
from pipelines.parse.extract.info import MAX_INFO_HANZI, is_info_line
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.page import ParsedPage, Sourced
from pipelines.parse.extract.tree import count_hanzi
from pipelines.times import CHINA

PUBLISHED_TAGS = (
    "PubDate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "og:time",
    "datePublished",
    "publish_time",
    "publish-date",
    "weibo:article:create_at",
    "bytedance:published_time",
    "DC.date.issued",
    "createDate",
    "apub:time",
)
"""Meta tags with the date of publication, the most reliable first."""

MODIFIED_TAGS = (
    "lastmodifiedtime",
    "article:modified_time",
    "og:updated_time",
    "dateModified",
    "dateUpdate",
    "bytedance:updated_time",
)
GENERATED_TAGS = ("Maketime",)
"""Meta tags with the time when the CMS last generated the static page: not before publication, often years later."""

WECHAT_BODY = "js_content"
"""The id of the text of a WeChat article (mp.weixin.qq.com), in lower case."""

_WECHAT_TIME = re.compile(
    r"""
    \b(?P<name>ct|oriCreateTime|ori_create_time|createTime|create_time|publish_time)["']?\s*[=:]\s*
        ["'](?P<value>[1-9]\d{9}|20\d\d-\d\d-\d\d(?:[ ]\d\d:\d\d)?)["']
    | \(\d,\s*["'](?P<call>[1-9]\d{9})["'],\s*["']20\d\d-\d\d-\d\d["'],\s*document\.getElementById
    """,
    re.VERBOSE,
)
"""The time of publication in the scripts of WeChat articles, of which templates of different years have one or more."""

DATE_SELECTORS = (
    "#pubtime_baidu",
    "founder-date",
    "#NewsArticlePubDay",
    "[itemprop=datePublished]",
    "#pub_date",
    "#pubtime",
)
"""Elements of Baidu's news standard, of Founder and of other CMSes that hold the date of publication."""

SCRIPT_KEYS = (
    *("pubTime", "publishTime", "publish_time", "pubDate", "publishDate", "publish_date", "pubdate", "releaseTime"),
    *("releaseDate", "docRelTime", "displayTime", "issueTime", "createTime", "createDate", "create_time"),
)
"""Keys of the time of publication in the JSON of scripts."""

MAX_LONE_DATE_CHARS = 40
"""Characters of the longest line that is only a date, with a time and the name of a medium."""

MAX_MEDIUM_HANZI = 4
"""Chinese characters after the date in such a line: the name of a medium."""

MAX_CLOCK_LEAD = dt.timedelta(minutes=10)
"""How far a site's clock may be ahead of ours; a time of the day of capture that is later is not the real one."""

_HAS_NUMBER = re.compile(r"\d|年")
_BEFORE_DATE = r"[\]】]?\s*(?:于|：|:)?\s*\[?\s*"
_YEAR_FOLLOWS = r"(?=(?:19|20)\d\d\s*[-/.年－])"
_PUBLISHED = re.compile(
    rf"""
    (?:发布|公布|发表|发稿|刊登|刊发|录入|上传|添加|上网|公开|发文|加入|编辑)  # published, added
    (?:时间|日期|于)?  # time, date
    {_BEFORE_DATE}
    (?:{_YEAR_FOLLOWS}|(?=\d\d?/\d\d?/(?:19|20)\d\d[ ]))                            # a date, or one in American order
    """,
    re.VERBOSE,
)
_MODIFIED = re.compile(rf"(?:更新|修改)(?:时间|日期)?{_BEFORE_DATE}{_YEAR_FOLLOWS}")
_ISSUED = re.compile(rf"(?:成文|印发|生成|制发|发文)(?:时间|日期){_BEFORE_DATE}{_YEAR_FOLLOWS}")
_PLAIN_LABEL = re.compile(rf"(?<![\u4e00-\u9fff、])(?:时间|日期){_BEFORE_DATE}{_YEAR_FOLLOWS}")
_LABEL_AFTER = re.compile(r"\s*(?:发布|发表|刊登|上传)(?!会|机构|单位|人)")
_FOOTER = re.compile(r"copyright|版权|©|备案|标识码|主办|技术支持|今天是|现在是", re.IGNORECASE)


def published(page: ParsedPage, near_lines: Sequence[str], others: frozenset[int]) -> Sourced[DateOrTime] | None:
    """Return when the article was published, as exactly as the page says it.

    `near_lines` are the lines near the headline, `others` the numbers of the lines that belong to other articles.
    Order: recipe, meta tags, Founder's fields, JSON-LD, Baidu's ids, the script of WeChat, the info line near the
    headline, any line with a label, the URL, dates that are clear only with the time of the capture, date blocks, the
    date of modification, and at last a line that consists of a date, such as the one below an official letter. If the
    first evidence is only a date, later evidence of the same date with a time replaces it.
    """
    near = [
        in_figures(text, page.is_traditional) for text in near_lines if not NUMERAL_DATE.fullmatch(text)
    ]  # that signs a letter
    texts = _own_texts(page, others)
    exact = _strong(page, near, texts) or _inexact(page, near, others)
    return exact or next(_moments(page, _weak(page, texts)), None) or _lone_date(page, others)


def _own_texts(page: ParsedPage, others: frozenset[int]) -> list[str]:
    """Return the short lines that may have a labelled date of this article, with dates in figures."""
    lines = [line for number, line in enumerate(page.lines) if number not in others]
    if not has_other_forms(page.text):  # true for most pages: a search for a year spares nearly all lines
        return [line.text for line in lines if _has_year(line.text) and _is_short(line)]
    texts = (in_figures(line.text, page.is_traditional) for line in lines if _is_short(line))
    return [text for text in texts if _has_year(text)]


def _has_year(text: str) -> bool:
    return "20" in text or "19" in text


def _strong(page: ParsedPage, near: Sequence[str], texts: Sequence[str]) -> Sourced[DateOrTime] | None:
    """Return the first date of metadata and labels, with the time that later evidence gives for the same date.

    If metadata have a date alone and a label near the headline another one with a time, the label is right: some
    templates declare the day of the last edit.
    """
    strong = _moments(page, chain(_metadata(page), _visible(near, texts), _near_modified(near)))
    first = next(strong, None)
    if first is None or isinstance(first.value, dt.datetime):
        return first
    date = china_date(first.value)
    exact = (each for each in strong if isinstance(each.value, dt.datetime) and china_date(each.value) == date)
    labelled = (Sourced(text, "info-line") for line in near for text in _labelled(line))
    printed = next((each for each in _moments(page, labelled) if isinstance(each.value, dt.datetime)), first)
    return next(exact, first if first.origin == "info-line" else printed)


def _inexact(page: ParsedPage, near: Sequence[str], others: frozenset[int]) -> Sourced[DateOrTime] | None:
    """Return the date of the URL, of a date block or of words such as 昨天 09:30, with the time that the words give."""
    from_url = url_date(page.url, page.captured_on)
    words = next(relative(page, near), None)
    if words and from_url and china_date(words.value) != from_url:
        words = None
    return words or (Sourced(from_url, "url") if from_url else date_block(page, others))


def in_scripts(page: ParsedPage) -> Sourced[DateOrTime] | None:
    """Return the time of publication in the scripts of a page that also holds its text there, if it has only one."""
    values = unique_values(page.html, SCRIPT_KEYS)
    moments = list(_moments(page, (Sourced(value, "script") for value in values)))
    return moments[0] if len({china_date(each.value) for each in moments}) == 1 else None


def modified(page: ParsedPage, near_lines: Sequence[str]) -> Sourced[DateOrTime] | None:
    """Return when the article was last modified according to the page."""
    return next(_moments(page, [*_modified_metadata(page), *_near_modified(near_lines)]), None)


def _near_modified(near_lines: Sequence[str]) -> Iterator[Sourced[str]]:
    for text in near_lines:
        label = _MODIFIED.search(text)
        if label and not _FOOTER.search(text):
            yield Sourced(text[label.end() :], "info-line")


def _moments(page: ParsedPage, texts: Iterable[Sourced[str]]) -> Iterator[Sourced[DateOrTime]]:
    for text, origin in texts:
        value = first_datetime(text, page.captured_on)
        if isinstance(value, dt.datetime) and value > page.captured_at + MAX_CLOCK_LEAD:
            value = china_date(value)
        if value:
            yield Sourced(value, origin)


def _metadata(page: ParsedPage) -> Iterator[Sourced[str]]:
    yield from page.select_texts("recipe:", *page.recipe.published)
    yield from page.meta(*PUBLISHED_TAGS)
    for name in ("display_publish_time", "created_at"):
        yield Sourced(_timestamp_text(page.gkmlpt_post.get(name)), f"_CONFIG:{name}")
    yield from page.founder("date")
    for name in ("datePublished", "pubDate"):
        yield Sourced(str(page.linked_data.get(name) or ""), f"json-ld:{name}")
    yield from page.select_texts("", *DATE_SELECTORS)
    yield from _wechat_times(page)


def _wechat_times(page: ParsedPage) -> Iterator[Sourced[str]]:
    """Yield the times in the script of a WeChat article, which puts one of them into `#publish_time`."""
    if WECHAT_BODY in page.markup_words:
        yield from page.select_texts("", "#publish_time")
        for found in _WECHAT_TIME.finditer(page.html):
            yield Sourced(found["call"] or found["value"], f"script:{found['name'] or 'publish_time'}")


def _timestamp_text(value: object) -> str:
    """Return a Unix timestamp in seconds as ISO 8601, a string unchanged, and an empty string for anything else."""
    if isinstance(value, int) and 0 < value < 1 << 33:
        return dt.datetime.fromtimestamp(value, CHINA).isoformat()
    return value if isinstance(value, str) else ""


def _visible(near_lines: Sequence[str], texts: Sequence[str]) -> Iterator[Sourced[str]]:
    """Yield the dates of the lines near the headline, first those with a label, then labelled dates anywhere."""
    near = [text for text in near_lines if not _FOOTER.search(text)]
    yield from (Sourced(text, "info-line") for line in near for text in _labelled(line))
    yield from (Sourced(line, "info-line") for line in near if is_info_line(line) and not _MODIFIED.search(line))
    yield from (Sourced(text, "label") for line in texts for text in _labelled(line))


def _is_short(line: Line) -> bool:
    """Return whether a line is short and has figures or numerals, and is not the page's footer."""
    return line.hanzi <= MAX_INFO_HANZI and bool(_HAS_NUMBER.search(line.text)) and not _FOOTER.search(line.text)


def _labelled(line: str) -> Iterator[str]:
    line = line.replace("\t", " ")
    yield from (line[label.end() :] for label in _PUBLISHED.finditer(line))
    yield from (found[0] for found in DATETIME.finditer(line) if _LABEL_AFTER.match(line, found.end()))


def _modified_metadata(page: ParsedPage) -> Iterator[Sourced[str]]:
    yield from page.meta(*MODIFIED_TAGS)
    for name in ("dateModified", "upDate"):
        yield Sourced(str(page.linked_data.get(name) or ""), f"json-ld:{name}")


def _weak(page: ParsedPage, texts: Sequence[str]) -> Iterator[Sourced[str]]:
    yield from _modified_metadata(page)
    for pattern in (_PLAIN_LABEL, _MODIFIED, _ISSUED):
        for text in texts:
            label = pattern.search(text)
            if label:
                yield Sourced(text[label.end() :], "label")
    yield from page.meta(*GENERATED_TAGS)


def _lone_date(page: ParsedPage, others: frozenset[int]) -> Sourced[DateOrTime] | None:
    """Return the date of a line that is nothing else: the first with a time or a medium's name, else the last date."""
    own = (line for number, line in enumerate(page.lines) if number not in others and not line.link_chars)
    texts = [line.text for line in own if len(line.text) <= MAX_LONE_DATE_CHARS]
    cells = (cell for text in texts for cell in text.split(CELL_MARK))
    matches = ((cell, found) for cell in cells if (found := DATETIME.match(cell)))
    short = (found for cell, found in matches if count_hanzi(cell[found.end() :]) <= MAX_MEDIUM_HANZI)
    named = [found for found in short if found["H"] or found.string.endswith(("报", "网", "社"))]
    exact = next(_moments(page, [Sourced(found[0], "lone-date") for found in named]), None)
    dates = [value for text in texts if (value := whole_date(text, page.captured_on))]
    return exact or (Sourced(dates[-1], "sign-off") if dates else None)
