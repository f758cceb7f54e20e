"""Pure. Lines of the page's frame that stand in the text: paging, tools, counters, credits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from pipelines.model import Person
from pipelines.repair.edits import Edit, Repaired, apply

LONGEST = 100
"""Characters of the longest furniture line: two neighbours' headlines in 上一篇 and 下一篇; a paragraph is longer."""

EDGE = 4
"""Lines from either end among which credits stand; one in the middle of a text belongs to a picture or a column."""

_COLON = r"\s*[:：]\s*"
_FRAME = (
    r"(?:您?当前的?位置|您?(?:现在|所在)的?位置|所在位置|當前位置)" + _COLON + r".*",
    r"(?:网站)?首[页頁]\s*(?:>|»|›|/|→)\s*\S.*",
    r"(?:上|下|前|后|後)一?[篇条條页頁版](?:\s*[:：]\s*.*|\s+(?:上|下|前|后)一?[篇条页版].*)?",
    r"[【\[〖(（]?\s*字[体號号體]\s*[:：]?\s*[大中小 　A+\-\s]*[】\]〗)）]?[\s打印关闭窗口分享到：:【】\[\]]*",
    r"[【\[\s]*(?:打印(?:本页)?|关闭(?:窗口|本页)?|返回(?:顶部|列表)?|收藏(?:本页)?|分享(?:到)?|复制链接|我要纠错)"
    r"[】\]:：\s]*(?:打印|关闭|收藏|微信|微博|QQ空间|顶部|[\s|【】\[\]])*",
    r"(?:扫一扫|扫描二维码).{0,30}",
    r"[【\[(（]?(?:浏览|瀏覽|点击|阅读|访问|人气)(?:次数|量|数|率)?\s*[:：]\s*(?:\d[\d,]*|加载中|loading)?\s*次?[】\])）]?",
    r"(?:相[关關])?附件(?:下载|下載)?\s*[:：]",
    r"-{4,}分隔线-{4,}|[|｜]",
)
_FURNITURE = re.compile("|".join(f"(?:{pattern})" for pattern in _FRAME), re.IGNORECASE)
_EDITOR = re.compile(
    r"[【\[(（\s]*(?P<label>责任编辑|責任編輯|责编|网络编辑|值班编辑|编辑|編輯|校对|审核|作者|记者)"
    + _COLON
    + r"(?P<names>[A-Za-z\u4e00-\u9fff·]{2,8}(?:[、,，;；\s]+[\u4e00-\u9fff·]{2,4})*)[】\])）\s]*"
)
_SOURCE = re.compile(
    r"[【\[(（\s]*(?:(?:信息|稿件|文章|本文)?来源|來源|稿源)" + _COLON + r"(?P<source>[^\s，。:：]{2,30}?)[】\])）\s]*"
)
_ROLES = {"作者": "author", "记者": "reporter", "校对": "proofreader"}


@frozen(kw_only=True)
class Credits:
    """What dropped lines say of the article's origin."""

    people: tuple[Person, ...] = ()
    source: str | None = None


def drop_furniture(text: str) -> Repaired:
    """Drop whole lines that belong to the page's frame, or name only its editor or source.

    >>> drop_furniture("市住建局召开会议。\\n责任编辑：李华\\n上一篇：无　下一篇：无").text
    '市住建局召开会议。'
    """
    dropped = _dropped([line for _, line in _lines(text)])
    runs: list[tuple[int, int]] = []
    for number, (start, line) in enumerate(_lines(text)):
        if number in dropped:
            first = runs.pop()[0] if runs and runs[-1][1] == start else start
            runs.append((first, start + len(line) + 1))
    # a line's break goes with it: the one behind it, or at the end of the text the one before
    ends = [(start if end <= len(text) else max(0, start - 1), min(end, len(text))) for start, end in runs]
    return apply(text, [Edit(start=start, end=end) for start, end in ends])


def named_in(text: str) -> Credits:
    """Return whom and what the lines name that `drop_furniture` drops.

    >>> named_in("（责任编辑：李华）\\n来源：市住建局").source
    '市住建局'
    """
    lines = [line.strip() for _, line in _lines(text)]
    people = [
        Person(name=name, role=_ROLES.get(found["label"], "editor"))
        for line in lines
        if (found := _EDITOR.fullmatch(line))
        for name in re.split(r"[、,，;；\s]+", found["names"])
    ]
    source = next((found["source"] for line in lines if (found := _SOURCE.fullmatch(line))), None)
    return Credits(people=tuple(dict.fromkeys(people)), source=source)


def _dropped(lines: list[str]) -> set[int]:
    """Return which lines are furniture, credits until none stands at an end of what is kept."""
    dropped = {number for number, line in enumerate(lines) if _matches(line, _FURNITURE)}
    while True:
        kept = [number for number, line in enumerate(lines) if line.strip() and number not in dropped]
        credited = {number for number in [*kept[:EDGE], *kept[-EDGE:]] if _matches(lines[number], _EDITOR, _SOURCE)}
        if not credited:
            return dropped
        dropped |= credited


def _matches(line: str, *patterns: re.Pattern[str]) -> bool:
    return len(line) <= LONGEST and any(pattern.fullmatch(line.strip()) for pattern in patterns)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1
