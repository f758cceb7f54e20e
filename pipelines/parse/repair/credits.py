"""Lines that name an article's source, time and people behind labels, as templates print them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from attrs import frozen

from pipelines.model import Moment, Person
from pipelines.times import CHINA

LONGEST = 120
"""Characters of the longest line of credits: source, time, three people and a counter have about 80."""


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_LABELS_BY_KIND = {
    "source": "信息来源 消息来源 稿件来源 文章来源 本文来源 新闻来源 内容来源 来源 來源"
    " 信息來源 文章來源 消息來源 稿源 出处 出處 供稿单位 来稿单位",
    "published": "发布时间 发布日期 發佈時間 發布時間 發布日期 發佈日期 发表时间 发表日期"
    " 發表時間 刊登时间 刊登日期 发稿时间 时间 時間 日期",
    "modified": "更新时间 更新時間 最后更新 最後更新 修改时间",
    "author": "作者 撰文 撰稿 文字 文/图 图/文 图文",
    "reporter": "本报记者 见习记者 全媒体记者 记者 記者",
    "correspondent": "通讯员 通訊員",
    "editor": "责任编辑 責任編輯 责任编审 网络编辑 網絡編輯 值班编辑 编辑 編輯 责编 責編"
    " 网编 主编 审核 審核 初审 复审 终审 一审 二审 三审"
    " 审签 签发 監製 监制 录入",
    "photographer": "摄影 攝影 供图 供圖",
    "proofreader": "校对 校對 审校",
    "views": "浏览次数 瀏覽次數 浏览量 浏览数 浏览 瀏覽 点击次数 点击数 点击量 點擊次數 点击率"
    " 点击 點擊 阅读次数 阅读量 阅读数 阅读 閱讀"
    " 访问次数 访问量 人气 人氣 点赞",
    "size": "字体 字體 字号 字號 字体大小",
}
"""Labels by what stands behind them; the names of kinds are the model's fields and roles."""

KINDS = {label: kind for kind, labels in _LABELS_BY_KIND.items() for label in labels.split()}
ROLES = ("author", "reporter", "correspondent", "editor", "photographer", "proofreader")

_GLUED = [label for label, kind in KINDS.items() if len(label) > 2 or kind == "editor"]
"""Labels that also stand right behind another value: 作者：何榕责编：郑凯瑜."""

_LABEL = re.compile(rf"(?:(?<![\u4e00-\u9fff])(?:{_any(KINDS)})|{_any(_GLUED)})\s*[:：]")
_UNCOLONED = re.compile(r"[（(【\[]?\s*(责任编辑|責任編輯|责编|责任校对)[ \u3000]+([\u4e00-\u9fff]{2,4})\s*[）)】\]]?")
_TIME = re.compile(
    r"((?:19|20)\d\d)\s*[-/.年]\s*(1[0-2]|0?[1-9])\s*[-/.月]\s*(3[01]|[12]\d|0?[1-9])日?"
    r"(?:[T\s\u3000]*([01]?\d|2[0-3])\s*[:：时時]\s*([0-5]\d)(?:\s*[:：分]\s*([0-5]\d)秒?|分)?)?"
)
_COLON = re.compile("[:：]")
_EVENT = re.compile("时间|時間|日期")
"""Labels that date what a notice announces, unless other fields stand beside them."""

_NAME = r"(?:[\u4e00-\u9fff]{2,8}(?:·[\u4e00-\u9fff]{1,8})?|[A-Za-z][A-Za-z .]{1,20})"
_NOBODY = frozenset(["佚名", "未知", "匿名", "不详", "不詳", "本站", "网络", "網絡"])
_BETWEEN_NAMES = re.compile(r"[、，,;；/]\s*|(?<![A-Za-z])[\s\u3000]+")
_VALUES = {
    "source": re.compile(r"[^\s，。！？；:：|]{2,30}(?:[ \u3000][^\s，。！？；:：|]{2,12}){0,2}"),
    "people": re.compile(rf"{_NAME}(?:[、，,;；/\s\u3000]+{_NAME}){{0,5}}"),
    "views": re.compile(r"(?:\d[\d,]*|加载中|loading)?\s*\.*\s*[次人]?", re.IGNORECASE),
    "size": re.compile(r"[\s大中小A+\-|【】\[\]（）()]*"),
}
_EDGES = " \t\u3000（()）【】[]〖〗|｜丨/／-—·　"
_TOOLS = re.compile(
    r"(?:[【\[（(\s|]*(?:打印(?:本[页文])?|列印|关闭(?:窗口|本页)?|關閉|收藏(?:本[页文])?|分享到?|我要纠错|复制链接|字[体號号體][:：]?\s*[大中小\s]*"
    r"|扫一扫.{0,12})[】\]）)\s|:：]*)*"
)


@frozen(kw_only=True)
class Credit:
    """One labelled field of a line: the model's name of the field or role, and what stands behind the label."""

    kind: str
    value: str


@frozen(kw_only=True)
class Credits:
    """What lines of credits say of an article."""

    people: tuple[Person, ...] = ()
    source: str | None = None
    published_at: Moment | None = None
    modified_at: Moment | None = None


def credits_in(line: str) -> tuple[Credit, ...]:
    """Return the fields of a line that has nothing but labelled fields, a time and tools; none of any other line.

    >>> [(credit.kind, credit.value) for credit in credits_in("2022-03-20 09:13 来源：市府办 责编：李华 浏览量：")]
    [('published', '2022-03-20 09:13'), ('source', '市府办'), ('editor', '李华'), ('views', '')]
    >>> credits_in("来源：群众的建议，已有三成落实。")
    ()
    """
    bare = _UNCOLONED.fullmatch(line.strip())
    if bare:
        return (Credit(kind=KINDS.get(bare[1], "proofreader"), value=bare[2]),)
    told = tuple(_fields(line)) if len(line) <= LONGEST else ()
    return told if all(map(_is_valid, told)) and not (len(told) == 1 and _EVENT.match(line.strip(_EDGES))) else ()


def _fields(line: str) -> Iterator[Credit]:
    """Yield what stands behind each label, and a time before the first one; a bare day closes a letter and is none."""
    labels = list(_LABEL.finditer(line))
    opening = (line[: labels[0].start()] if labels else line).strip(_EDGES)
    if opening and (labels or _COLON.search(opening)):
        yield Credit(kind="published", value=opening)
    for label, following in zip_longest(labels, labels[1:]):
        value = line[label.end() : following.start() if following else len(line)].strip(_EDGES)
        yield from _read(KINDS[_COLON.sub("", label[0]).strip()], value)


def named_in(lines: Iterable[str]) -> Credits:
    """Return what lines of credits say of an article: the first source and time, and everybody.

    >>> named_in(["（责任编辑：李华）", "来源：市住建局"]).source
    '市住建局'
    """
    told = [credit for line in lines for credit in credits_in(line.strip())]
    first = {credit.kind: credit.value for credit in reversed(told) if credit.value}
    people = [
        Person(name=name.strip(), role=credit.kind)
        for credit in told
        if credit.kind in ROLES
        for name in _BETWEEN_NAMES.split(credit.value)
        if name not in _NOBODY
    ]
    return Credits(
        people=tuple(dict.fromkeys(people)),
        source=first.get("source"),
        published_at=moment(first.get("published", "")),
        modified_at=moment(first.get("modified", "")),
    )


def moment(text: str) -> Moment | None:
    """Return the time or day that a text begins with, in China's time, or None.

    >>> moment("2021/12/13 22:23:10").isoformat()
    '2021-12-13T22:23:10+08:00'
    """
    found = _TIME.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
    try:
        on = dt.date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
    if hour is None:
        return on
    return dt.datetime.combine(on, dt.time(hour, minute or 0, second or 0), CHINA)


def _read(kind: str, value: str) -> Iterator[Credit]:
    """Yield a label's value, and the bare time that stands behind it if one does."""
    value = _TOOLS.sub("", value).strip(_EDGES) if kind not in ("size", "views") else value
    behind = _TIME.search(value) if kind not in ("published", "modified") else None
    if behind and behind.end() == len(value):
        yield Credit(kind="published", value=behind[0])
        value = value[: behind.start()].strip(_EDGES)
    yield Credit(kind=kind, value=value)


def _is_valid(credit: Credit) -> bool:
    if credit.kind in ("published", "modified"):
        return bool(_TIME.fullmatch(credit.value))
    if credit.kind == "size":
        return bool(_VALUES["size"].fullmatch(_TOOLS.sub("", credit.value)))
    return bool(_VALUES["people" if credit.kind in ROLES else credit.kind].fullmatch(credit.value))
