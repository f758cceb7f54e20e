"""The labels of the disclosure table of official documents, and how they are recognised in a text."""

from __future__ import annotations

import re
from typing import NamedTuple

LABELS_BY_FIELD = {
    "index_number": "索引号 索取号 信息索引号 信息索引",
    "registration_number": "统一编号",
    "issuer": "发布机构 发布机关 发文机关 发文机构 发文单位 发文部门 发布单位 发布部门 公布机关 公开主体 制发机关"
    " 制定机关 公开单位 责任部门",
    "written_on": "成文日期 成文时间 发文日期 发文时间 生成日期 制发日期 印发日期",
    "document_number": "发文字号 文件编号 发文文号 公文文号 文件文号 发文号 文号",
    "subject": "信息名称 文件名称 文件标题 名称 标题",
    "keywords": "主题词 关键词",
    "effective_on": "实施日期 实施时间 施行日期 施行时间 生效日期 生效时间",
    "expires_on": "失效日期 失效时间 废止日期 废止时间 有效期至",
    "status": "文件状态 效力状态 有效状态 时效状态 有效性 时效性 时效 是否有效",
}
"""Labels of the table that the disclosure rules of 2008 and 2019 require, without the spaces that pad them. All fields
but `registration_number` are attributes of `Document`."""

FIELDS_BY_LABEL = {label: field for field, labels in LABELS_BY_FIELD.items() for label in labels.split()}

OTHER_LABELS = (
    "主题分类|信息分类|体裁分类|组配分类|内容分类|分类|服务对象|发布日期|发布时间|公布日期|公开日期|公开方式|公开范围|公开时限"
    "|公开形式|公开程序|公开类别|有效期|内容概述|信息来源|来源|语种|编号|载体类型|著录日期|信息格式|浏览次数|点击率|点击数"
    "|公文种类|文件类型|发文年份|责任编辑"
)
"""Labels of other cells in the table; each ends the value before it."""

NUMBER_FIELDS = frozenset(["index_number", "registration_number", "document_number"])
"""Fields that only official documents have: one of their labels shows where a disclosure table can be."""

_SORTED = sorted([*FIELDS_BY_LABEL, *OTHER_LABELS.split("|")], key=len, reverse=True)
_PADDED = "|".join(r"[\s　]*".join(label) for label in _SORTED)
_BARE = "|".join(label for label in _SORTED if label in FIELDS_BY_LABEL and (len(label) > 2 or label == "文号"))
_LABEL = re.compile(
    rf"""
    (?<![\u4e00-\u9fff])(?P<label>{_PADDED})\s*(?:[:：\]】]\s*|$)  # before a colon, a bracket or the end
    | ^(?P<bare>{_BARE})(?=[\w〔(（])                              # directly before its value
    """,
    re.VERBOSE,
)
NUMBER_HINT = re.compile(
    "|".join(
        r"[\s　]*".join(label) for field in sorted(NUMBER_FIELDS) for label in reversed(LABELS_BY_FIELD[field].split())
    )
)
"""Labels of numbers in any text: a quick test."""

_LABEL_ONLY = re.compile(rf"\W*(?:(?:{_PADDED})\W*|[\u4e00-\u9fff\s]{{2,8}}[:：]\s*)")
"""A known label, or another short word with a colon."""

_NEXT_LABEL = re.compile(rf"(?:{_PADDED})\s*[:：]|\s[\u4e00-\u9fff]{{2,6}}\s*[:：](?!\d)")
"""A known label with its colon, or another short word with a colon after a space: not a part of the value before it."""

_LABELLED = re.compile(r"\W*[\u4e00-\u9fff][\u4e00-\u9fff\s]{1,7}\s*[:：]")
"""A text that begins with a label and its colon."""

_TOOL = re.compile(
    r"""
    (?:^|\s|(?=[【\[（(])) [【\[（(|｜\s]*
    (?: 打\s?印 | 关\s?闭 | 收\s?藏 | 分\s?享 | 下\s?载 | 纠\s?错 | 导\s?出 | 字\s?[体号]\s*(?:大小)?\s*[:：【\[\s大]
      | 大\s+中\s+小 | 扫一扫 | 浏览 | 点击 | 视力保护 | 语音播报 | 我要纠错 | 复制 )
    """,
    re.VERBOSE,
)
"""The beginning of page tools, which stand beside or below the table."""

_EMPTY = frozenset(["无", "暂无", "-", "--", "/", "—", "——", "null", "undefined"])


class Label(NamedTuple):
    """A label in a text: the word without spaces, and where it begins and its value begins."""

    word: str
    start: int
    end: int


def labels_in(text: str) -> list[Label]:
    """Return the known labels in a text that is a cell or a part of one.

    >>> [label.word for label in labels_in("文　号：临水〔2022〕8号 有效性：有效")]
    ['文号', '有效性']
    """
    return [
        Label("".join((found["label"] or found["bare"]).split()), found.start(), found.end())
        for found in _LABEL.finditer(text)
    ]


def is_label(text: str) -> bool:
    """Return whether a text is only a label, known or not.

    >>> is_label("【文　号】"), is_label("发文种类："), is_label("临水〔2022〕8号")
    (True, True, False)
    """
    return bool(_LABEL_ONLY.fullmatch(text.strip()))


def begins_with_label(text: str) -> bool:
    """Return whether a text begins with a label and its colon."""
    return bool(_LABELLED.match(text))


def clean_value(text: str) -> str:
    """Return a value without the labels, the tools and the marks around it; empty if nothing is left.

    >>> clean_value("临水〔2022〕8号 【打印】【字体：大 中 小】"), clean_value("【打印】"), clean_value("主题分类：")
    ('临水〔2022〕8号', '', '')
    """
    value = " ".join(text.split())
    for pattern in (_NEXT_LABEL, _TOOL):
        found = pattern.search(value)
        value = value[: found.start()] if found else value
    value = value.strip(" :：|｜;；,，")
    return "" if value in _EMPTY or is_label(value) else value
