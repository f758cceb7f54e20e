"""Finds what only official pages have: the disclosure table (信息公开)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.model import Document
from pipelines.parse.extract.datetimes import china_date, first_datetime
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.page import ParsedPage, Sourced, fold
from pipelines.parse.extract.tree import remove_spaces

_LABELS_BY_FIELD = {
    "index_number": "索引号 索取号 信息索引号 信息索引",
    "issuer": "发布机构 发文机关 发文机构 发文单位 发布单位 公开主体 制发机关 制定机关 公开单位 责任部门",
    "written_on": "成文日期 成文时间 发文日期 发文时间 生成日期 制发日期 印发日期",
    "document_number": "发文字号 文件编号 发文号 文号",
    "subject": "信息名称 文件名称 文件标题 名称 标题",
    "keywords": "主题词 关键词",
}
"""Labels of the table that the disclosure rules of 2008 and 2019 require, without the spaces that pad them."""

FIELDS_BY_LABEL = {label: field for field, labels in _LABELS_BY_FIELD.items() for label in labels.split()}

OTHER_LABELS = (
    "主题分类|信息分类|体裁分类|组配分类|内容分类|分类|服务对象|发布日期|发布时间|公开日期|公开方式|公开范围|公开时限|公开形式"
    "|公开程序|公开类别|生效日期|生效时间|实施日期|废止日期|失效日期|失效时间|有效性|有效期|效力状态|时效|文件状态|是否有效"
    "|内容概述|信息来源|来源|语种|统一编号|编号|载体类型|著录日期|信息格式|浏览次数|点击率"
)
"""Labels of other cells in the table; each ends the value before it."""

MAX_TABLE_LINE_CHARS = 400
"""Characters of the longest line of such a table: the whole table, with a summary, in one line."""

MAX_TABLE_LINES = 24
"""Lines between the first and the last label of such a table: a dozen labels, with the values on lines of their own."""

MIN_LABELS = 2
"""Minimum number of known labels of a disclosure table: info lines may also have one, such as 标题： or 发布机构：."""

_PADDED_LABELS = "|".join(
    r"[\s　]*".join(label) for label in sorted([*FIELDS_BY_LABEL, *OTHER_LABELS.split("|")], key=len, reverse=True)
)
_BARE_LABELS = "|".join(label for label in FIELDS_BY_LABEL if len(label) > 2 or label == "文号")
_LABEL = re.compile(
    rf"""
    (?<![\u4e00-\u9fff])(?P<label>{_PADDED_LABELS})\s*(?:[:：\]】]\s*|(?=[\t\n])|$)  # before a colon, bracket, cell end
    | ^(?P<bare>{_BARE_LABELS})(?=[\w〔(（])  # directly before its value
    """,
    re.VERBOSE | re.MULTILINE,
)

_EMPTY_VALUES = ("无", "暂无", "-", "/", "—")
_NUMBER_LABEL = re.compile(r"索[\s　]*[引取][\s　]*号|文[\s　]*号|字[\s　]*号|文件编号|信息索引")


def find_document(page: ParsedPage, title: str | None) -> Sourced[Document] | None:
    """Return the disclosure table, with labels in cells, in lists or in one line; None if there is none."""
    fields: dict[str, str] = {}
    for label, value in _labelled_values(page.lines):
        field = FIELDS_BY_LABEL.get(remove_spaces(label))
        is_headline = field != "subject" and fold(value) == fold(title or "")
        if field and value and value not in _EMPTY_VALUES and not is_headline:
            fields.setdefault(field, value)
    origin = "disclosure-table" if fields else "_CONFIG"
    fields = {**_gkmlpt_fields(page), **fields}
    if len(fields) < MIN_LABELS or not {"index_number", "document_number"} & fields.keys():
        return None
    written = first_datetime(fields.pop("written_on", ""), page.captured_on)
    return Sourced(Document(written_on=china_date(written) if written else None, **fields), origin)


def _gkmlpt_fields(page: ParsedPage) -> dict[str, str]:
    """Return the fields of the document in gkmlpt's script."""
    keys = {"identifier": "index_number", "publisher": "issuer", "document_number": "document_number"}
    values = {field: page.gkmlpt_post.get(key) for key, field in keys.items()}
    return {field: value.strip() for field, value in values.items() if isinstance(value, str) and value.strip()}


def _labelled_values(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Yield the labels and values near the line with the label of a number, from cells, list items or one text."""
    texts = [line.text if len(line.text) <= MAX_TABLE_LINE_CHARS else "" for line in lines]
    numbered = [number for number, text in enumerate(texts) if _NUMBER_LABEL.search(text) and _LABEL.search(text)]
    if not numbered:
        return
    text = "\n".join(texts[max(0, numbered[0] - MAX_TABLE_LINES) : numbered[0] + MAX_TABLE_LINES])
    labels = list(_LABEL.finditer(text))
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        value = text[label.end() : following.start() if following else len(text)]
        cells = (cell.strip(" 　") for cell in re.split(r"[\t\n]", value))
        yield label["label"] or label["bare"], next((cell for cell in cells if cell), "")
