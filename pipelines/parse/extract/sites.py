"""The names of sites, offices and columns that stand around a headline."""

from __future__ import annotations

import re

from pipelines.parse.extract.meta_tags import plain
from pipelines.parse.extract.page import Page, fold
from pipelines.parse.extract.tree import hanzi

_HARD = re.compile(r"\s*(?:_+|\||｜|丨|»|>|::|\s[-–—]+\s)\s*")
_SOFT = re.compile(r"\s*(?:(?<![-–—－])[-–—－](?![-–—－])|[-–—－]{2,})\s*(?=(?P<tail>[^-–—－]{2,40})$)")
_SITE_FIRST = re.compile(r"(?P<head>[^-–—－_|]{3,20}?)\s*[-–—－]\s*(?=[^-–—－])")
_ODD_ENDS = re.compile(r"^[\s_|｜丨\-－—–»>:：·]+|[\s_|｜丨\-－—–»>·]+$")
MEDIA = re.compile(
    r"(?:网|網|网站|在线|频道|门户|政府|信息港|数字报|电子报|客户端|日报|晚报|报社|电视台|融媒体中心|公开平台|首页)$"
)
OFFICE = re.compile(
    rf"{MEDIA.pattern}|(?:局|厅|委|委员会|办公室|中心|公司|集团|学院|大学|医院)$"
    r"|^.{0,4}(?:新闻|要闻|动态|公告|公示|通知|正文|详情|内容)$"
)
_COLUMN = re.compile(
    r"^(?:.{2}(?:要闻|动态|新闻|概况)|通知公告|公示公告|公告公示|(?:政务|信息|政府信息)公开|新闻中心|政策(?:文件|法规|解读)|媒体(?:聚焦|关注)"
    r"|(?:文章|信息|新闻)?(?:详情|正文|内容|详细)页?)$"
)


def is_site(text: str, page: Page) -> bool:
    """Tell the name of the page's site, or of a column."""
    folded = fold(text)
    return folded in page.names or bool(_COLUMN.match(folded))


def without_site(name: str, page: Page) -> str:
    """Return a declared title without the names of site and column around it.

    Of what separators part, the first is the headline, unless it ends like the name of an office, a site or a column,
    or a later part has twice as many hanzi.
    """
    text = plain(name)
    for site in (page.site_name, *(column for column, _ in page.meta("ColumnName"))):
        apart = text.removesuffix(site)
        if apart != text and _ODD_ENDS.sub("", apart) not in ("", apart):
            text = _ODD_ENDS.sub("", apart)
    opened = _SITE_FIRST.match(text)
    if opened and MEDIA.search(opened["head"]):
        text = text[opened.end() :]
    soft = _SOFT.search(text)
    if soft and (MEDIA if len(soft[0].strip()) > 1 else OFFICE).search(soft["tail"]):
        text = text[: soft.start()]
    parts = [part for part in (_ODD_ENDS.sub("", part) for part in _HARD.split(text)) if part]
    heads = [part for part in parts if not OFFICE.search(part) and not is_site(part, page)] or parts[:1]
    if not heads:
        return text
    longest = max(heads, key=hanzi)
    return longest if hanzi(longest) >= 2 * hanzi(heads[0]) else heads[0]
