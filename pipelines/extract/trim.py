"""Pure. What a container holds besides the article taken off its two ends: headline, info line, tools; what follows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.extract.lines import Line
from pipelines.extract.tree import hanzi, squeeze

SHORT = 60
"""Hanzi of the longest line that can be a label: info lines with three editors have about 45."""

TAIL_FROM = 0.4
"""Share of the text before which no tail begins: boxes of related links stand at the top of some articles."""

LINKED = 0.7
"""Share of link text from which a line is a link."""

LINK_RUN = 3
"""Lines that are links one after another from which they are a list: articles name two sources in a row at most."""

_OPEN = r"^[\s【\[（(|>»▶■●◆\-]*"
_FOLLOWS = re.compile(
    _OPEN + r"(?:相[关關](?:阅读|閱讀|新闻|新聞|链接|連結|推荐|文章|报道|報導|稿件|专题|信息|内容|解读|政策)"
    r"|延伸(?:阅读|閱讀)|推[荐薦](?:阅读|閱讀|新闻|新聞|文章|内容)"
    r"|[热熱][门門点點](?:推荐|文章|评论|新闻|新聞|排行|内容|专题)|精彩推[荐薦]|猜你喜欢|为[您你]推荐"
    r"|更多[^，。]{0,8}(?:新闻|新聞|文章|阅读|精彩|资讯|>)"
    r"|网友评论|網友評論|最新评论|发表评论|發表評論|我要评论|我要評論|我来说两句|评论\(|評論\(|(?:特别|平台|免责"
    r"|版权|版權|风险)[声聲]明|版[权權]与?(?:免责|所有)|copyright"
    r"|阅读剩余|返回(?:首[页頁]|列表)|(?:责任|責任)?(?:编辑|編輯)[：:]?$|主办单位|网站地图|关于我们|联系我们"
    r"|.{0,3}ICP备|分享到|分享至|看过本文|您可能|文章排行|[点點][击擊]排行|[今本]日推荐|频道推荐)",
    re.IGNORECASE,
)
_TOOL = re.compile(
    _OPEN + r"(?:分享(?:到|至|:|：|$)|打印(?:本[页頁]|本文)?[\s】\]]*|列印|关闭(?:窗口)?[\s】\]]*$|扫一扫|返回(?:首页"
    r"|顶部|列表)|\+1$|纠错|【?纠错|阅读剩余|字[号體体][：:︰]?|調整字體|收藏(?:本文)?$|评论$|推荐$|轉寄|转发"
    r"|點閱|复制链接|转播到|微信$|微博$|QQ空间|人人网|开心网|更多$|我要(?:评论|纠错|分享)|[大中小\sA+\-TT|]+$"
    r"|https?://\S+$|播报文章|语音播报)"
)
_HEAD = re.compile(
    r"(?:首[页頁]|当前位置|現在位置|现在位置|您(?:所在|现在|現在|当前)?的?位置|来源[：:]|來源[：:]|来源于|稿源"
    r"|作者[：:]|记者[：:]|编辑[：:]|时间[：:]|時間[：:]|日期[：:]|发布(?:日期|时间|于)|发稿时间|更新时间"
    r"|更新[：:]|信息来源|文章来源|浏览|瀏覽|阅读[：:量次]|点击"
    r"|图集|登录|注册|字[号体體]|消息来源|\d+人参与|我要评论|(?:19|20)\d\d[-年/.]\s?\d{1,2}[-月/.]\s?\d{1,2}日?)"
)
ATTACHED = re.compile(r"^附件|\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！？…”；][\s）)」』]*$")


def trim(found: Sequence[Line], title: str | None) -> list[Line]:
    """Return the article's own lines: lists of links, what stands over the text, and what follows it are left out."""
    kept = _without_lists([line for line in found if not _is_tool(line)])
    return _without_tail(_without_head(kept, title))


def is_link(line: Line) -> bool:
    """Tell a line that is all link from a line that holds one; the names of attached files are text."""
    return not ATTACHED.search(line.text) and line.linked > LINKED * max(1, len(line.text))


def _is_tool(line: Line) -> bool:
    return len(line.text) < SHORT and hanzi(line.text) < 30 and bool(_TOOL.match(line.text))


def _without_lists(found: list[Line]) -> list[Line]:
    """Drop runs of lines that are links."""
    out: list[Line] = []
    run: list[Line] = []
    for line in [*found, None]:
        if line and is_link(line):
            run.append(line)
            continue
        out.extend(run if len(run) < LINK_RUN else ())
        run = []
        if line:
            out.append(line)
    return out


def _without_head(found: list[Line], title: str | None) -> list[Line]:
    """Drop breadcrumb, headline and info line from the beginning, as far down as they are labels only."""
    name = squeeze(title or "")
    start = 0
    for number, line in enumerate(found[:HEAD_LINES]):
        text = squeeze(line.text)
        if hanzi(text) >= SHORT or (_SENTENCE_END.search(text) and text != name):
            break
        if text == name or (_HEAD.search(line.text) and not _is_body(line.text)) or is_link(line):
            start = number + 1
    return found[start:]


HEAD_LINES = 12
"""Lines at the beginning that can be labels: headline, subtitle, date, source, author, editor, size and share tools."""


def _is_body(text: str) -> bool:
    """Tell a dateline or the first words of the text from an info line: those have a comma's worth of prose."""
    return hanzi(text) > 25 and "，" in text


def _without_tail(found: list[Line]) -> list[Line]:
    """Cut where a heading begins something else, if most of the text stands before it."""
    total = sum(len(line.text) for line in found)
    before = 0
    for number, line in enumerate(found):
        if before >= TAIL_FROM * total and before > SHORT and hanzi(line.text) < SHORT and _FOLLOWS.match(line.text):
            found = found[:number]
            break
        before += len(line.text)
    while len(found) > 1 and hanzi(found[-1].text) < SHORT and (is_link(found[-1]) or _FOLLOWS.match(found[-1].text)):
        found = found[:-1]
    return found
