"""The rule `drop-stubs`: paywall notices, which a page prints in place of the text that it withholds.

Examples: 登录后阅读全文, （全文共4031字，当前仅显示2036字）, 展开全文.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from pipelines.parse.repair.edits import Repaired, apply_edits, lines_of, remove_spans
from pipelines.text.script import simplified_copy

MAX_OFFER_CHARS = 60
"""Length of the longest offer, in characters: two clauses such as 本文为付费内容，购买后可阅读全文 with a price have
about 40."""


def _alternatives(words: str) -> str:
    return "|".join(sorted((word.replace("NT$", r"NT\$") for word in words.split()), key=len, reverse=True))


_ALL = _alternatives("全文 全部 完整 原文 正文 其余 剩余 余下 剩下 后续 隐藏 更多 继续") + r"|\d+(?:\.\d+)?\s*[%％]"
_READ = _alternatives("阅读 阅览 查看 查阅 浏览 观看 畅读 试读 预览 显示 可见 未读 看 读")
_PAYWALL = _alternatives("登录 登陆 登入 注册 订阅 购买 付费 支付 收费 充值 储值 会员 VIP 解锁 打赏 权限")
_ACCESS = _alternatives("APP 客户端 公众号 微信 扫码 扫描 二维码 下载 打开 关注 展开 点击")
_FILLER = (
    _alternatives(
        "抱歉 对不起 尊敬 用户 使用者 读者 正式 普通 高级 进行 立即 马上"
        " 这里 按此 当前 以下 以上 内容 部分 信息 文章 文档 新闻 全站 本站 本文 该文 付款"
        " 会籍 专享 专属 免费 没有 尚未 还有 开通 成为 加入 升级 获取"
        " 获得 使用 提示 文字 确认 确定 结束 积分 金币 NT$"
    )
    + "|[请先您你需须要应将后即可以才方能得仅只限供为是由属共再已在该此本各和及或并与的了呢"
    r"吗吧完未字元点￥¥$每月年日\d\s,，、。.!！?？…:：;；|>»→↓▼-]"
)
_OFFER = re.compile(rf"(?>(?:{_ALL}|{_READ}|{_PAYWALL}|{_ACCESS}|{_FILLER})+)", re.IGNORECASE)
"""A clause that consists only of words of an offer. The group is atomic because the words overlap: any other text must
fail without backtracking."""

_HAS_PAYWALL = re.compile(_PAYWALL, re.IGNORECASE)
_HAS_ALL = re.compile(_ALL)
_HAS_READ = re.compile(f"{_READ}|{_ALL}|信息|内容")
_HAS_TERMS = re.compile(f"{_ALL}|[请需须后仅只限可即您你此本]|以下|尚未|专[享属]|结束")
"""Words that distinguish an offer from the name of a business: 请付费阅读 is an offer, 付费阅读 is not."""

_BUTTON = re.compile(
    rf"(?:{_ACCESS}|这里|以)*(?:展开|查看|阅读)?(?:[剩余下的]{{2,3}}|全部|更多)?"
    r"(?:全文|内容|阅读)?(?:\d+\s*[%％])?[>»↓▼\s]*",
    re.IGNORECASE,
)
"""A button that shows the rest of a text: 点击展开全文, 展开剩余50%."""

_NAMES_REST = re.compile("展开|全文|余|全部")
"""What such a button must name, because `_BUTTON` also matches parts of it."""

_COUNT = r"\s*(\d[\d,，]*)\s*个?汉?字"
_OMITTED = re.compile("(?:省略|隐藏|略去|未显示|剩余|还有|余下|尚有)[了约]?" + _COUNT)
_FULL = re.compile("(?:全文|全篇|本文|原文|文章)[共约总计有字数:：]{1,4}" + _COUNT)
_SHOWN = re.compile("(?:显示|展示|可[见读]|预览|试读)[了约]?前?" + _COUNT)
"""Numbers of characters that a notice states: omitted, in the full text, and shown."""

_COUNT_BEGINNING = re.compile(r"[（(]?(?:未完|全文|全篇|本文|原文)")
_FOR_WHOM = re.compile(f"{_PAYWALL}|完整.?(?:阅读|查看)|(?:阅读|查看)[全完]", re.IGNORECASE)

_DOTS = r"[ \t\u3000]{0,9}(?:…|\.{2}|。{2}|·{3})[….。·]{0,30}[ \t\u3000]{0,9}"
_BRACKET = re.compile(
    rf"(?:{_DOTS})?[（(【\[〔](?P<content>[^（()）【】〔〕\[\]]{{4,160}})(?:[）)】\]〕]|$)(?:{_DOTS})?", re.MULTILINE
)
_NOTICE_START = re.compile(rf"^[ \t\u3000]*|{_DOTS}|(?<=[。！？!?])[”」』）)]?")
"""Where in a line a notice may begin: at the beginning of the line, after dots, or after a sentence."""

_CLOSING = ("”", "」", "』", "）", ")")
_EDGES = " \t\n\u3000….。·"
_HINTS = (
    *("全文", "省略", "隐藏", "展开", "剩余", "余下", "登录", "登陆", "登入", "会员", "订阅", "购买", "付费", "收费"),
    *("支付", "VIP", "未完", "解锁", "权限", "充值", "储值", "注册"),
)
"""Every notice contains one of these. Searching for words one by one is much faster than for any of them with a regular
expression."""


@frozen(kw_only=True)
class MissingText:
    """What paywall notices say: whether text is missing, whether it is behind a paywall or login, how many characters.

    `omitted`, `full` and `shown` are numbers of characters: left out, in the full text, and on the page.
    """

    truncated: bool = False
    paywall: bool = False
    omitted: int | None = None
    full: int | None = None
    shown: int | None = None


def drop_stubs(text: str) -> Repaired:
    """Remove paywall notices; sentences about such offers stay.

    A notice is a line, a bracket, or the end of a line after its last sentence or after dots. It consists of an offer
    to read the rest, or it states how many characters are omitted and for whom, or how many of how many are shown.

    >>> drop_stubs("各专班分工负责，\\n……(某网省略725字,正式会员可完整阅读)……\\n充分发挥作用。登录后阅读全文").text
    '各专班分工负责，\\n充分发挥作用。'
    """
    return apply_edits(text, remove_spans(text, _notice_spans(simplified_copy(text))))


def missing_text(text: str, below: Iterable[str] = ()) -> MissingText:
    """Return what paywall notices say: those that `drop_stubs` removes from a text, and those in the lines below it.

    A button that shows the rest counts only at the end of the text: elsewhere it expands a part that is on the page.

    >>> missing_text("新春走基层……（未完，全文共4031字，当前仅显示2036字）").full
    4031
    """
    text, below = simplified_copy(text), map(simplified_copy, below)
    removed = [text[start:end] for start, end in _notice_spans(text)]
    notices = [notice for notice in removed if not _is_button(notice) or text.rstrip().endswith(notice.strip())]
    notices += [line for line in below if _HAS_PAYWALL.search(line) and _HAS_ALL.search(line) and _is_offer(line)]
    omitted, full, shown = (
        [int(re.sub("[,，]", "", count)) for notice in notices for count in pattern.findall(notice)]
        for pattern in (_OMITTED, _FULL, _SHOWN)
    )
    return MissingText(
        truncated=bool(notices),
        paywall=any(_HAS_PAYWALL.search(notice) for notice in notices),
        omitted=sum(omitted) or None,
        full=max(full, default=None),
        shown=max(shown, default=None),
    )


def _notice_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of paywall notices in the simplified copy of a text, in order.

    The text is searched again without those found: a notice before another one is recognised only without the latter.
    """
    spans: list[tuple[int, int]] = []
    while _may_contain_notice(text) and (found := list(_find_notices(text))):
        spans += found
        removed = {position for start, end in found for position in range(start, end)}
        text = "".join(" " if at in removed and char != "\n" else char for at, char in enumerate(text))
    return sorted(spans)


def _find_notices(text: str) -> Iterator[tuple[int, int]]:
    for bracket in _BRACKET.finditer(text):
        content = bracket["content"]
        if _states_count(content) or (_HAS_PAYWALL.search(content) and _is_offer(content)):
            yield bracket.span()
    hints = [word for word in _HINTS if word in text]
    for start, line in lines_of(text):
        if any(word in line for word in hints):
            for opening in _NOTICE_START.finditer(line):
                if _is_offer(line[opening.end() :]) or _is_count(line[opening.end() :]):
                    notice_start = opening.end() if opening[0] in _CLOSING else opening.start()
                    yield start + notice_start, start + len(line)
                    break


def _may_contain_notice(text: str) -> bool:
    return any(word in text for word in _HINTS)


def _states_count(words: str) -> bool:
    """Return whether words state how much is omitted and for whom, or how much of how much is shown."""
    return bool((_OMITTED.search(words) and _FOR_WHOM.search(words)) or (_FULL.search(words) and _SHOWN.search(words)))


def _is_count(words: str) -> bool:
    return len(words.strip()) <= MAX_OFFER_CHARS and bool(_COUNT_BEGINNING.match(words)) and _states_count(words)


def _is_offer(clause: str) -> bool:
    """Return whether a clause only offers the rest of a text: for payment, membership or login, or behind a button."""
    words = clause.strip(_EDGES)
    if not 2 <= len(words) <= MAX_OFFER_CHARS or not _OFFER.fullmatch(words):
        return False
    if not _HAS_PAYWALL.search(words):
        return _is_button(words)
    return bool(_HAS_READ.search(words) and _HAS_TERMS.search(words))


def _is_button(clause: str) -> bool:
    words = clause.strip(_EDGES)
    return bool(_BUTTON.fullmatch(words) and _NAMES_REST.search(words))
