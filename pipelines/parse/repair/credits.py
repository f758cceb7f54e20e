"""Credit lines: lines of a template that name an article's source, time and people after labels (来源：, 编辑：)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from attrs import evolve, frozen

from pipelines.model import DateOrTime, Person
from pipelines.parse.names import is_person
from pipelines.text.script import own_characters, simplified_copy
from pipelines.times import CHINA

MAX_LINE_CHARS = 120
"""Length of the longest credit line, in characters: one with source, time, three people and a counter has about 80."""


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_LABELS_BY_KIND = {
    "source": "信息来源 消息来源 稿件来源 文章来源 本文来源 新闻来源 内容来源 来源 稿源 出处 供稿单位 来稿单位",
    "published": "发布时间 发布日期 发表时间 发表日期 刊登时间 刊登日期 发稿时间 时间 日期",
    "modified": "更新时间 最后更新 修改时间",
    "author": "作者 撰文 撰稿 文字 文/图 图/文 图文",
    "reporter": "本报记者 见习记者 全媒体记者 记者",
    "correspondent": "通讯员",
    "editor": "责任编辑 责任编审 网络编辑 值班编辑 编辑 责编"
    " 网编 主编 审核 初审 复审 终审 一审 二审 三审"
    " 审签 签发 监制 录入",
    "photographer": "摄影 供图",
    "proofreader": "校对 审校",
    "views": "浏览次数 浏览量 浏览数 浏览 点击次数 点击数 点击量 点击率"
    " 点击 阅读次数 阅读量 阅读数 阅读"
    " 访问次数 访问量 人气 点赞",
    "size": "字体 字号 字体大小",
}
"""Labels by the kind of value that follows them. Kinds are fields of an article, or roles of people."""

KINDS = {label: kind for kind, labels in _LABELS_BY_KIND.items() for label in labels.split()}
ROLES = ("author", "reporter", "correspondent", "editor", "photographer", "proofreader")

_LABELS_INSIDE = [label for label, kind in KINDS.items() if len(label) > 2 or kind == "editor"]
"""Labels that may also follow another value without a space: 作者：何榕责编：郑凯瑜."""

_LABEL = re.compile(rf"(?:(?<![\u4e00-\u9fff])(?:{_alternatives(KINDS)})|{_alternatives(_LABELS_INSIDE)})\s*[:：]")
_EDITOR_WITHOUT_COLON = re.compile(
    r"[（(【\[]?\s*(责任编辑|责编|责任校对)[ \u3000]+([\u4e00-\u9fff]{2,4})\s*[）)】\]]?"
)
_TIME = re.compile(
    r"""
    ((?:19|20)\d\d) \s* [-/.年] \s*
    (1[0-2]|0?[1-9]) \s* [-/.月] \s*
    (3[01]|[12]\d|0?[1-9]) 日?
    (?: [T\s\u3000]* ([01]?\d|2[0-3]) \s* [:：时] \s* ([0-5]\d) (?: \s* [:：分] \s* ([0-5]\d) 秒? | 分 )? )?
    """,
    re.VERBOSE,
)
"""Year, month and day, with or without a time: groups for year, month, day, hour, minute, second."""

_COLON = re.compile("[:：]")
_MAY_BE_CREDITS = re.compile("[:：责]")
"""Every credit line has a colon, or the name of an editor without one."""

_EVENT = re.compile("时间|日期")
"""Labels that, alone in a line, give the time of an announced event and not of the article."""

_NAME = r"(?:[\u4e00-\u9fff]{2,8}(?:·[\u4e00-\u9fff]{1,8})?|[A-Za-z][A-Za-z .]{1,20})"
_NOT_NAMES = frozenset(["佚名", "未知", "匿名", "不详", "本站", "网络"])
_BETWEEN_NAMES = re.compile(r"[、，,;；/]\s*|(?<![A-Za-z])[\s\u3000]+")
_VALUES = {
    "source": re.compile(r"[^\s，。！？；:：|]{2,30}(?:[ \u3000][^\s，。！？；:：|]{2,12}){0,2}"),
    "people": re.compile(rf"{_NAME}(?:[、，,;；/\s\u3000]+{_NAME}){{0,5}}"),
    "views": re.compile(r"(?:\d[\d,]*|加载中|loading)?\s*\.*\s*[次人]?", re.IGNORECASE),
    "size": re.compile(r"[\s大中小A+\-|【】\[\]（）()]*"),
}
"""What the value of a label must look like, by its kind."""

_EDGES = " \t\u3000（()）【】[]〖〗|｜丨/／-—·　"
_TOOLS = re.compile(
    r"""
    (?: [【\[（(\s|]*
        (?: 打印(?:本[页文])? | 列印 | 关闭(?:窗口|本页)? | 收藏(?:本[页文])? | 分享到? | 复制链接
          | (?:我要)?纠错
          | 字[体号][:：]?\s*[大中小\s]*  # font size
          | 扫一扫.{0,12}                      # QR code
        )
        [】\]）)\s|:：]*
    )+
    """,
    re.VERBOSE,
)
"""Links of a template to print, close, share or resize a page."""


@frozen(kw_only=True)
class CreditField:
    """One field of a credit line: `kind` is a field of an article or a role, `value` what follows the label."""

    kind: str
    value: str


@frozen(kw_only=True)
class Credits:
    """What the credit lines of a text say about it."""

    people: tuple[Person, ...] = ()
    source: str | None = None
    published_at: DateOrTime | None = None
    modified_at: DateOrTime | None = None


def credit_fields(line: str) -> tuple[CreditField, ...]:
    """Return the fields of a credit line; none for a line that contains anything else than labelled fields and tools.

    >>> [(field.kind, field.value) for field in credit_fields("2022-03-20 09:13 来源：市府办 责编：李华 浏览量：")]
    [('published', '2022-03-20 09:13'), ('source', '市府办'), ('editor', '李华'), ('views', '')]
    >>> credit_fields("来源：群众的建议，已有三成落实。")
    ()
    """
    copy = simplified_copy(line)
    fields = _valid_fields(copy)
    return (
        tuple(evolve(each, value=own_characters(each.value, copy, line)) for each in fields) if copy != line else fields
    )


def _valid_fields(line: str) -> tuple[CreditField, ...]:
    """Return the fields of a simplified credit line."""
    if not _MAY_BE_CREDITS.search(line):
        return ()
    editor = _EDITOR_WITHOUT_COLON.fullmatch(line.strip())
    if editor:
        return (CreditField(kind=KINDS.get(editor[1], "proofreader"), value=editor[2]),)
    fields = tuple(_fields(line)) if len(line) <= MAX_LINE_CHARS else ()
    is_event = len(fields) == 1 and _EVENT.match(line.strip(_EDGES))
    return fields if all(map(_is_valid, fields)) and not is_event else ()


def _fields(line: str) -> Iterator[CreditField]:
    """Yield the value after each label, and a time before the first label.

    A date alone in a line is not a field: it is the end of a letter.
    """
    labels = list(_LABEL.finditer(line))
    opening = _TOOLS.sub("", line[: labels[0].start()] if labels else line).strip(_EDGES)
    if opening and (labels or _COLON.search(opening)):
        yield CreditField(kind="published", value=opening)
    for label, following in zip_longest(labels, labels[1:]):
        value = line[label.end() : following.start() if following else len(line)].strip(_EDGES)
        yield from _without_time(KINDS[_COLON.sub("", label[0]).strip()], value)


def read_credits(lines: Iterable[str]) -> Credits:
    """Return what the credit lines among `lines` say: the first source and the first times, and all people.

    >>> read_credits(["（责任编辑：李华）", "来源：市住建局"]).source
    '市住建局'
    """
    fields = [field for line in lines for field in credit_fields(line.strip())]
    first = {field.kind: field.value for field in reversed(fields) if field.value}
    people = [
        Person(name=name.strip(), role=field.kind)
        for field in fields
        if field.kind in ROLES
        for name in _BETWEEN_NAMES.split(field.value)
        if is_person(simplified_copy(name.strip()))
        or (field.kind == "correspondent" and simplified_copy(name.strip()) not in _NOT_NAMES)
    ]
    return Credits(
        people=tuple(dict.fromkeys(people)),
        source=first.get("source"),
        published_at=parse_moment(simplified_copy(first.get("published", ""))),
        modified_at=parse_moment(simplified_copy(first.get("modified", ""))),
    )


def parse_moment(text: str) -> DateOrTime | None:
    """Return the time (in China) or the date with which a text begins, or None.

    >>> parse_moment("2021/12/13 22:23:10").isoformat()
    '2021-12-13T22:23:10+08:00'
    """
    found = _TIME.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
    try:
        date = dt.date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
    if hour is None:
        return date
    return dt.datetime.combine(date, dt.time(hour, minute or 0, second or 0), CHINA)


def _without_time(kind: str, value: str) -> Iterator[CreditField]:
    """Yield the value of a label without tools; a time without a label at its end is yielded first, as a field."""
    value = _TOOLS.sub("", value).strip(_EDGES) if kind not in ("size", "views") else value
    time = _TIME.search(value) if kind not in ("published", "modified") else None
    if time and time.end() == len(value):
        yield CreditField(kind="published", value=time[0])
        value = value[: time.start()].strip(_EDGES)
    yield CreditField(kind=kind, value=value)


def _is_valid(field: CreditField) -> bool:
    """Return whether the value of a field looks as its kind requires."""
    if field.kind in ("published", "modified"):
        return bool(_TIME.fullmatch(field.value))
    if field.kind == "size":
        return bool(_VALUES["size"].fullmatch(_TOOLS.sub("", field.value)))
    return bool(_VALUES["people" if field.kind in ROLES else field.kind].fullmatch(field.value))
