"""Recognises the names of sites, offices and columns around a headline, and removes them from a page title."""

from __future__ import annotations

import re

from pipelines.parse.extract.meta_tags import plain_text
from pipelines.parse.extract.page import ParsedPage, fold
from pipelines.parse.extract.tree import count_hanzi

_SEPARATOR = re.compile(r"\s*(?:_+|\||｜|丨|»|>|::|\s[-–—]+\s)\s*")
"""A character that always separates the headline from other names."""

_LAST_DASH = re.compile(
    r"""
    \s*(?:(?<![-–—－])[-–—－](?![-–—－])|[-–—－]{2,})\s*  # one dash, or several
    (?=(?P<tail>[^-–—－]{2,40})$)                         # the text after it
    """,
    re.VERBOSE,
)
"""A dash, which may separate the headline from a name and may also be part of the headline."""

_FIRST_DASH = re.compile(r"(?P<head>[^-–—－_|]{3,20}?)\s*[-–—－]\s*(?=[^-–—－])")
_SEPARATORS_AT_ENDS = re.compile(r"^[\s_|｜丨\-－—–»>:：·]+|[\s_|｜丨\-－—–»>·]+$")

SITE_ENDS = "网|网站|在线|频道|门户|政府|信息港|数字报|电子报|客户端|日报|晚报|报社|电视台|融媒体中心|公开平台|首页"
OFFICE_ENDS = "局|厅|委|委员会|办公室|中心|公司|集团|学院|大学|医院"
SITE_NAME = re.compile(rf"(?:{SITE_ENDS})$")
"""A text that ends like the name of a site or a medium."""

OFFICE_NAME = re.compile(
    rf"""
    (?:{SITE_ENDS})$
    | (?:{OFFICE_ENDS})$
    | ^.{{0,4}}(?:新闻|要闻|动态|公告|公示|通知|正文|详情|内容)$  # 市内新闻, 通知公告
    """,
    re.VERBOSE,
)
"""A text that ends like the name of a site, a medium or an office, or that is the name of a column."""

_COLUMN_NAME = re.compile(
    r"""
    ^(?:
        .{2}(?:要闻|动态|新闻|概况)                      # 临江要闻, 部门动态
        | 通知公告 | 公示公告 | 公告公示
        | (?:政务|信息|政府信息)公开 | 新闻中心
        | 政策(?:文件|法规|解读) | 媒体(?:聚焦|关注)
        | (?:文章|信息|新闻)?(?:详情|正文|内容|详细)页?  # 正文, 新闻详情页
    )$
    """,
    re.VERBOSE,
)


def is_site_or_column(text: str, page: ParsedPage) -> bool:
    """Return whether a text is the name of the page's site or of a column."""
    folded = fold(text)
    return folded in page.site_and_column_names or bool(_COLUMN_NAME.match(folded))


def without_site(name: str, page: ParsedPage) -> str:
    """Return a page title without the names of site and column around it.

    Of the parts between separators the first is the headline, unless it ends like the name of an office, a site or a
    column, or a later part has twice as many Chinese characters.
    """
    text = plain_text(name)
    for site in (page.site_name, *(column for column, _ in page.meta("ColumnName"))):
        shorter = text.removesuffix(site)
        if shorter != text and _SEPARATORS_AT_ENDS.sub("", shorter) not in ("", shorter):
            text = _SEPARATORS_AT_ENDS.sub("", shorter)
    first_dash = _FIRST_DASH.match(text)
    if first_dash and SITE_NAME.search(first_dash["head"]):
        text = text[first_dash.end() :]
    last_dash = _LAST_DASH.search(text)
    if last_dash and (SITE_NAME if len(last_dash[0].strip()) > 1 else OFFICE_NAME).search(last_dash["tail"]):
        text = text[: last_dash.start()]
    parts = [part for part in (_SEPARATORS_AT_ENDS.sub("", part) for part in _SEPARATOR.split(text)) if part]
    others = [part for part in parts if not OFFICE_NAME.search(part) and not is_site_or_column(part, page)]
    candidates = others or parts[:1]
    if not candidates:
        return text
    longest = max(candidates, key=count_hanzi)
    return longest if count_hanzi(longest) >= 2 * count_hanzi(candidates[0]) else candidates[0]
