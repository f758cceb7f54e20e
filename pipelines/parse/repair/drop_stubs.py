"""Paywall and preview stubs: what a page says in place of the text that it keeps back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from pipelines.parse.repair.edits import Repaired, apply, cut, lines_of

LONGEST = 60
"""Characters of the longest offer: two clauses such as 本文为付费内容，购买后可阅读全文 with a price have about 40."""


def _any(words: str) -> str:
    return "|".join(sorted((word.replace("NT$", r"NT\$") for word in words.split()), key=len, reverse=True))


_ALL = (
    _any("全文 全部 完整 原文 正文 其余 其餘 剩余 剩餘 余下 餘下 剩下 后续 後續 隐藏 隱藏 更多 继续 繼續")
    + r"|\d+(?:\.\d+)?\s*[%％]"
)
_READ = _any(
    "阅读 閱讀 阅览 閱覽 查看 查阅 查閱 浏览 瀏覽 观看 觀看 畅读 暢讀"
    " 试读 試讀 预览 預覽 显示 顯示 可见 可見 未读 未讀 看 读 讀"
)
_WALL = _any(
    "登录 登錄 登陆 登陸 登入 注册 註冊 註册 注冊 订阅 訂閱 购买 購買 付费 付費 支付"
    " 收费 收費 充值 储值 儲值 会员 會員 VIP 解锁 解鎖 打赏 打賞 权限 權限"
)
_DOOR = _any(
    "APP 客户端 客戶端 公众号 公眾號 微信 扫码 掃碼 扫描 掃描 二维码 二維碼 下载 下載"
    " 打开 打開 关注 關注 展开 展開 点击 點擊"
)
_GLUE = (
    _any(
        "抱歉 对不起 對不起 尊敬 用户 用戶 使用者 读者 讀者 正式 普通 高级 高級 进行 進行 立即 马上 馬上"
        " 这里 這裡 按此 当前 當前 以下 以上 内容 內容 部分 信息 文章 文档 文檔 新闻 新聞 全站 本站 本文 该文 該文 付款"
        " 会籍 會籍 专享 專享 专属 專屬 免费 免費 没有 沒有 尚未 还有 還有 开通 開通 成为 成為 加入 升级 升級 获取 獲取"
        " 获得 獲得 使用 提示 文字 确认 確認 确定 確定 结束 結束 积分 積分 金币 金幣 NT$"
    )
    + "|[请請先您你需须須要应應将將后後即可以才方能得仅僅只限供为為是由属屬共再已在该該此本各和及或并並与與的了呢"
    r"吗嗎吧完未字元点點￥¥$每月年日\d\s,，、。.!！?？…:：;；|>»→↓▼-]"
)
_OFFER = re.compile(rf"(?>(?:{_ALL}|{_READ}|{_WALL}|{_DOOR}|{_GLUE})+)", re.IGNORECASE)
"""Atomic: the words overlap, and what is no offer must fail at once."""

_HAS_WALL = re.compile(_WALL, re.IGNORECASE)
_HAS_ALL = re.compile(_ALL)
_HAS_READ = re.compile(f"{_READ}|{_ALL}|信息|[内內]容")
_HAS_TERMS = re.compile(f"{_ALL}|[请請需须須后後仅僅只限可即您你此本]|以下|尚未|[专專][享属屬]|[结結]束")
"""What tells an offer from the name of a trade: 付费阅读 is one, 请付费阅读 is none."""

_BUTTON = re.compile(
    rf"(?:{_DOOR}|[这這][里裡]|以)*(?:[展][开開]|查看|[阅閱][读讀])?(?:[剩余餘下的]{{2,3}}|全部|更多)?"
    r"(?:全文|[内內]容|[阅閱][读讀])?(?:\d+\s*[%％])?[>»↓▼\s]*",
    re.IGNORECASE,
)
_BEHIND_BUTTON = re.compile("展[开開]|全文|[余餘]|全部")

_COUNT = r"\s*(\d[\d,，]*)\s*[个個]?[汉漢]?字"
_OMITTED = re.compile("(?:省略|[隐隱]藏|略去|未[显顯]示|剩[余餘]|[还還]有|[余餘]下|尚有)[了约約]?" + _COUNT)
_FULL = re.compile("(?:全文|全篇|本文|原文|文章)[共约約总總计計有字数數:：]{1,4}" + _COUNT)
_SHOWN = re.compile("(?:[显顯]示|展示|可[见見读讀]|[预預][览覽]|[试試][读讀])[了约約]?前?" + _COUNT)
_COUNTED = re.compile(r"[（(]?(?:未完|全文|全篇|本文|原文)")
_FOR_WHOM = re.compile(f"{_WALL}|完整.?(?:[阅閱][读讀]|查看)|(?:[阅閱][读讀]|查看)[全完]", re.IGNORECASE)

_DOTS = r"[ \t\u3000]{0,9}(?:…|\.{2}|。{2}|·{3})[….。·]{0,30}[ \t\u3000]{0,9}"
_BRACKET = re.compile(
    rf"(?:{_DOTS})?[（(【\[〔](?P<said>[^（()）【】〔〕\[\]]{{4,160}})(?:[）)】\]〕]|$)(?:{_DOTS})?", re.MULTILINE
)
_OPENING = re.compile(rf"^[ \t\u3000]*|{_DOTS}|(?<=[。！？!?])[”」』）)]?")
_CLOSING = ("”", "」", "』", "）", ")")
_EDGES = " \t\n\u3000….。·"
_HINTS = (
    *("全文", "省略", "隐藏", "隱藏", "展开", "展開", "剩余", "剩餘", "余下"),
    *("餘下", "登录", "登錄", "登陆", "登陸", "登入", "会员", "會員", "订阅"),
    *("訂閱", "购买", "購買", "付费", "付費", "收费", "收費", "支付", "VIP"),
    *("未完", "解锁", "解鎖", "权限", "權限", "充值", "儲值", "注册", "註冊"),
)
"""What no stub lacks: looking for words one by one is much faster than for any of them with a pattern."""


@frozen(kw_only=True)
class Missing:
    """What stubs say: that text is missing, that it is for those who pay or log in, and how many characters."""

    truncated: bool = False
    paywall: bool = False
    omitted: int | None = None
    full: int | None = None
    shown: int | None = None


def drop_stubs(text: str) -> Repaired:
    """Take out what a page says in place of the text that it keeps back; sentences about such offers stay.

    A stub is a line, a bracket, or what follows the last sentence or the dots of a line, in which nothing is said but
    an offer of the rest; or it tells how many characters are left out and for whom, or how many of how many are shown.

    >>> drop_stubs("各专班分工负责，\\n……(某网省略725字,正式会员可完整阅读)……\\n充分发挥作用。登录后阅读全文").text
    '各专班分工负责，\\n充分发挥作用。'
    """
    return apply(text, cut(text, _extents(text)))


def missing(text: str, below: Iterable[str] = ()) -> Missing:
    """Return what the stubs say that `drop_stubs` takes out of a text, and those among the lines below it.

    A button that opens the rest counts only where nothing stands behind it: elsewhere it folds what is there.

    >>> missing("新春走基层……（未完，全文共4031字，当前仅显示2036字）").full
    4031
    """
    stubs = [text[start:end] for start, end in _extents(text)]
    said = [stub for stub in stubs if not _is_button(stub) or text.rstrip().endswith(stub.strip())]
    said += [line for line in below if _HAS_WALL.search(line) and _HAS_ALL.search(line) and _is_offer(line)]
    omitted, full, shown = (
        [int(re.sub("[,，]", "", count)) for stub in said for count in pattern.findall(stub)]
        for pattern in (_OMITTED, _FULL, _SHOWN)
    )
    return Missing(
        truncated=bool(said),
        paywall=any(_HAS_WALL.search(stub) for stub in said),
        omitted=sum(omitted) or None,
        full=max(full, default=None),
        shown=max(shown, default=None),
    )


def _extents(text: str) -> list[tuple[int, int]]:
    """Return where stubs stand, in order, also those that are told only once others behind them are gone."""
    extents: list[tuple[int, int]] = []
    while _is_hinted(text) and (found := list(_found(text))):
        extents += found
        gone = {place for start, end in found for place in range(start, end)}
        text = "".join(" " if at in gone and char != "\n" else char for at, char in enumerate(text))
    return sorted(extents)


def _found(text: str) -> Iterator[tuple[int, int]]:
    for bracket in _BRACKET.finditer(text):
        if _is_counted(bracket["said"]) or (_HAS_WALL.search(bracket["said"]) and _is_offer(bracket["said"])):
            yield bracket.span()
    hints = [word for word in _HINTS if word in text]
    for start, line in lines_of(text):
        if any(word in line for word in hints):
            for opening in _OPENING.finditer(line):
                if _is_offer(line[opening.end() :]) or _is_count(line[opening.end() :]):
                    closed = opening.end() if opening[0] in _CLOSING else opening.start()
                    yield start + closed, start + len(line)
                    break


def _is_hinted(text: str) -> bool:
    return any(word in text for word in _HINTS)


def _is_counted(said: str) -> bool:
    """Tell a bracket that says how much was left out, and for whom, or how much of how much is shown."""
    return bool((_OMITTED.search(said) and _FOR_WHOM.search(said)) or (_FULL.search(said) and _SHOWN.search(said)))


def _is_count(said: str) -> bool:
    return len(said.strip()) <= LONGEST and bool(_COUNTED.match(said)) and _is_counted(said)


def _is_offer(said: str) -> bool:
    """Tell words that do nothing but offer the rest: for money, membership or a login, or behind a button."""
    words = said.strip(_EDGES)
    if not 2 <= len(words) <= LONGEST or not _OFFER.fullmatch(words):
        return False
    if not _HAS_WALL.search(words):
        return _is_button(words)
    return bool(_HAS_READ.search(words) and _HAS_TERMS.search(words))


def _is_button(said: str) -> bool:
    words = said.strip(_EDGES)
    return bool(_BUTTON.fullmatch(words) and _BEHIND_BUTTON.search(words))
