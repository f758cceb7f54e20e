"""What official pages show in tables and trails: the disclosure table and the way down to the column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from pipelines.model import Document
from pipelines.parse.extract.datetimes import day, moment
from pipelines.parse.extract.lines import Line, tidy
from pipelines.parse.extract.page import Page, Sourced, fold
from pipelines.parse.extract.tree import squeeze

_LABELS_BY_FIELD = {
    "index_number": "索引号 索取号 信息索引号 信息索引",
    "issuer": "发布机构 发文机关 发文机构 发文单位 发布单位 公开主体 制发机关 制定机关 公开单位 责任部门",
    "written_on": "成文日期 成文时间 发文日期 发文时间 生成日期 制发日期 印发日期",
    "document_number": "发文字号 文件编号 发文号 文号",
    "subject": "信息名称 文件名称 文件标题 名称 标题",
    "keywords": "主题词 关键词",
}
"""Labels of the table that the disclosure rules of 2008 and 2019 ask for, without the spaces that pad them."""

FIELDS = {label: field for field, labels in _LABELS_BY_FIELD.items() for label in labels.split()}

OTHERS = (
    "主题分类|信息分类|体裁分类|组配分类|内容分类|分类|服务对象|发布日期|发布时间|公开日期|公开方式|公开范围|公开时限|公开形式"
    "|公开程序|公开类别|生效日期|生效时间|实施日期|废止日期|失效日期|失效时间|有效性|有效期|效力状态|时效|文件状态|是否有效"
    "|内容概述|信息来源|来源|语种|统一编号|编号|载体类型|著录日期|信息格式|浏览次数|点击率"
)
"""Labels that stand beside them and end a value."""

LONGEST = 400
"""Characters of the longest line of such a table: all of it in one line with a summary."""

SPREAD = 24
"""Lines between the first and the last of such a table: a dozen labels, each with its value on a line of its own."""


LEAST = 2
"""Labels from which lines are a disclosure table: 标题： or 发布机构： alone also stand in info lines."""

_PADDED = [r"[\s　]*".join(label) for label in sorted([*FIELDS, *OTHERS.split("|")], key=len, reverse=True)]
_LABEL = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<label>{'|'.join(_PADDED)})\s*(?:[:：\]】]\s*|(?=[\t\n])|$)"
    rf"|^(?P<bare>{'|'.join(label for label in FIELDS if len(label) > 2 or label == '文号')})(?=[\w〔(（])",
    re.MULTILINE,
)
"""A label with its colon, bracket or cell's end, or one that opens a line before its value."""

_NOTHING = ("无", "暂无", "-", "/", "—")
_NUMBERED = re.compile(r"索[\s　]*[引取][\s　]*号|文[\s　]*号|字[\s　]*号|文件编号|信息索引")
_TRAIL = re.compile(
    r"^(?:.{0,6}(?:当前|现在|所在|當前|您的?)\s*(?:的?位置|所在)?.{0,4}?[:：]?\s*)?(?P<path>首\s?[页頁].*)$"
    r"|(?:当前|现在|所在)的?位置\s*[:：]?\s*(?P<other>.+)$"
)
_TRAILS = re.compile("crumb|position|location|dqwz|weizhi|curpos|lujing")
MOST_TRAILS = 5
"""Elements named as a trail that are looked at: a page has one, and boxes with position in their name."""

MOST_PIECES = 30
"""Texts of a trail: six steps with their arrows make a dozen."""

LONGEST_STEP = 30
"""Characters of the longest column's name: a headline behind the last arrow has more."""

_HINT = re.compile(r"首\s?[页頁]|位置")
_STEP = re.compile(r"\s*(?:>+|＞+|»|›|→|/|\\|>>|-&gt;|→)\s*|\s+-\s+")
_HOME = re.compile(r"^(?:(?:网站)?首\s?[页頁]|主页|正文|内容|详情|.{0,12}(?:门户网站|政府网))$")


def document(page: Page, title: str | None) -> Sourced[Document] | None:
    """Return the disclosure table, whether its labels stand in cells, lists or one line; None where there is none."""
    found: dict[str, str] = {}
    for label, value in _pairs(page.lines):
        field = FIELDS.get(squeeze(label))
        is_headline = field != "subject" and fold(value) == fold(title or "")
        if field and value and value not in _NOTHING and not is_headline:
            found.setdefault(field, value)
    posted = _posted(page)
    origin = "disclosure-table" if found else "_CONFIG"
    found = {**posted, **found}
    if len(found) < LEAST or not {"index_number", "document_number"} & found.keys():
        return None
    written = moment(found.pop("written_on", ""), page.latest)
    return Sourced(Document(written_on=day(written) if written else None, **found), origin)


def _posted(page: Page) -> dict[str, str]:
    """Return what gkmlpt's script says of the document."""
    names = {"identifier": "index_number", "publisher": "issuer", "document_number": "document_number"}
    named = {field: page.detail.get(name) for name, field in names.items()}
    return {field: value.strip() for field, value in named.items() if isinstance(value, str) and value.strip()}


def _pairs(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Yield labels and values of the lines around the one that has a number's label: cells, items or one text."""
    short = [line.text if len(line.text) <= LONGEST else "" for line in lines]
    numbered = [number for number, text in enumerate(short) if _NUMBERED.search(text) and _LABEL.search(text)]
    if not numbered:
        return
    text = "\n".join(short[max(0, numbered[0] - SPREAD) : numbered[0] + SPREAD])
    labels = list(_LABEL.finditer(text))
    for found, following in zip(labels, [*labels[1:], None], strict=True):
        value = text[found.end() : following.start() if following else len(text)]
        yield (
            found["label"] or found["bare"],
            next((part.strip(" 　") for part in re.split(r"[\t\n]", value) if part.strip(" 　")), ""),
        )


def column(page: Page, title: str | None) -> Sourced[tuple[str, ...]] | None:
    """Return the way from the home page down to the article's column, without home and headline."""
    shown = (line.text for line in page.lines if len(line.text) < 120 and _HINT.search(line.text))
    for trail in chain(shown, _marked_trails(page)):
        path = _path(trail, title)
        if path:
            return Sourced(path, "breadcrumb")
    for name, origin in (*page.meta("ColumnName"), *page.properties("nodename")):
        return Sourced((name,), origin)
    return None


def _path(trail: str, title: str | None) -> tuple[str, ...]:
    found = _TRAIL.match(trail)
    steps = [step.strip(" :：") for step in _STEP.split((found["path"] or found["other"] or "") if found else "")]
    name = fold(title or "")
    path = tuple(step for step in steps if step and not _HOME.match(step) and (not name or fold(step) != name))
    return path if len(steps) > 1 and max(map(len, path), default=0) <= LONGEST_STEP else ()


def _marked_trails(page: Page) -> Iterator[str]:
    """Yield the texts of elements that are named as a trail, step by step: a list has each on its own line."""
    for element in page.called(_TRAILS)[:MOST_TRAILS]:
        pieces = [tidy(text) for _, text in zip(range(MOST_PIECES), element.itertext(), strict=False)]
        yield ">".join(piece for piece in pieces if piece)
