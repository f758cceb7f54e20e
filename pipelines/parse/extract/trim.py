"""What a container holds besides the article taken off its two ends: headline, info line, tools; what follows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.tree import squeeze

SHORT = 60
"""Hanzi of the longest line that can be a label: info lines with three editors have about 45."""

HEAD_LINES = 12
"""Lines at the beginning that can be labels: headline, subtitle, date, source, author, editor, size and share tools."""

TAIL_FROM = 0.4
"""Share of the text before which no tail begins: boxes of related links stand at the top of some articles."""

LINKED = 0.7
"""Share of link text from which a line is a link."""

PARAGRAPH = 40
"""Hanzi from which a line is a paragraph of the text and no label or teaser."""

NOTICE = 120
"""Hanzi of the longest notice under an article; terms of use with three clauses have about 100."""

LABEL = 12
"""Hanzi of the longest line that a single word makes a label, such as 分享 or 登录: 欢迎登录市政务服务网办理 has 11."""

LINK_RUN = 3
"""Lines that are links one after another from which they are a list: articles name two sources in a row at most."""

_OPEN = r"^[\s【\[（(|>»▶■●◆\-]*"
_RELATED = re.compile(
    _OPEN + r"(?:相[关關](?:阅读|閱讀|新闻|新聞|链接|連結|推荐|推薦|文章|报道|報導|稿件|专题|專題"
    r"|信息|内容|解读|政策|搜[索尋])|延伸(?:阅读|閱讀)"
    r"|推[荐薦](?:阅读|閱讀|新闻|新聞|文章|内容)|[热熱][门門点點](?:推荐|文章|新闻|新聞|排行|内容|专题)"
    r"|精彩(?:视频|图片|内容)?推[荐薦]|猜[你您]喜[欢歡]|[为為][您你]推[荐薦]|(?:其他人|大家)[也都]在看"
    r"|更多[^，。]{0,8}(?:新闻|新聞|文章|阅读|精彩|资讯|>)|更多[关關][于於])",
    re.IGNORECASE,
)
"""Headings of boxes of links, which also stand in the middle of articles."""

_ENDS = re.compile(
    _OPEN
    + r"(?:网友(?:评论|跟帖|留言)|網友(?:評論|留言)|最[新热]评论|热门评论|\d+条评论|(?:发表|我要)评论|(?:發表|我要)評論"
    r"|我来说两句|评论[(（\d]|評論[(（\d]|(?:特别|特別|平台|免责|免責|版权|版權|风险|風險|重要|本[网站網])[声聲]明"
    r"|[声聲]明[:：]|版[权權]与?(?:免责|所有)|copyright|凡(?:本[网站報报]|是)?(?:注明|註明)"
    r"|以上(?:内容|内容、图片)[^。]{0,20}(?:用户|网友|创作者|作者)[^。]{0,20}(?:上传|发布|提供)"
    r"|這篇新聞讓您|阅读剩余|返回(?:首[页頁]|列表)|(?:责任|責任)?(?:编辑|編輯)[：:]?$|主办单位|网站地图|关于我们"
    r"|联系我们|.{0,3}ICP备|分享到|分享至|看过本文|您可能|文章排行|[点點][击擊]排行|[今本]日推荐|频道推荐"
    r"|(?:有奖|网上|在线)?(?:调查|投票)$|[上下前后後]一[篇条條则則](?:文章|[与與]|\s*[:：]|$))",
    re.IGNORECASE,
)
"""What no article goes on behind: comments, disclaimers, footers, polls."""

_TERMS = re.compile("[声聲]明|[注註]明")
TERMS = 12
"""Characters at the beginning of a line in which 声明 makes it terms of use, which are longer than other headings."""

_RULES = re.compile(r"^\W*凡(?:本[网站網報报]|是)?(?:注明|註明)")
"""Terms of use for whatever a portal prints: short news has more of them than of text."""

_EDITOR = re.compile(r"^\W*(?:责任编辑|責任編輯|责编|责任编审|网络编辑)\s*[:：]\s*[\w·、 ]{2,24}\W*$")
_OWNED = re.compile(r"(?:作品|本文|本稿|本篇)\S{0,8}[权權][益利]?归\S{2,20}所有")
"""Whose rights the work itself is: a line of the article, unlike terms for whatever a site prints."""

_NOTICE = re.compile(
    r"未[经經](?:书面|書面|本[网站報报])?(?:授[权權]|[许許]可|允[许許])\S{0,6}(?:不得|[请請]勿|禁止|严禁)|[请請]勿[转轉][载載]"
    r"|(?:facebook|臉書|google ?plus|twitter).{0,6}(?:專頁|专页|粉絲|page|帳號)"
    r"|^[(（【\s]*\S{2,4}\s?(?:编辑|編輯|编译|編譯)[)）】\s]*$",
    re.IGNORECASE,
)
"""What papers and portals put under every article: terms of use, their pages elsewhere, the editor in brackets."""

_TOOL = re.compile(
    _OPEN
    + r"(?:分享(?:到|至|工具|:|：|$)|打印(?:本[页頁]|本文)?[\s】\]]*|列印|关闭(?:窗口)?[\s】\]]*$|扫一扫|返回(?:首页"
    r"|顶部|列表)|\+1$|纠错|【?纠错|阅读剩余|字[号體体][：:︰]?|調整字體|收藏(?:本文)?$|评论$|推荐$|轉寄|转发"
    r"|點閱|复制链接|转播到|微信$|微博$|QQ空间|人人网|开心网|更多$|我要(?:评论|纠错|分享)|[大中小\sA+\-T|<>‹›«»]+$"
    r"|https?://\S+$|正在加载|自动播放|播报文章|语音播报|有\d+人参与|(?:播报|编辑)$)"
)
_STEPS = r"[\s\d/|<>«».…\[\]上下首末尾前后一共第页頁]*"
_PAGING = re.compile(rf"{_STEPS}[下末尾]一?[页頁]{_STEPS}")
_HEAD = re.compile(
    r"(?:首[页頁]\s*[>»›→/]|当前位置|現在位置|现在位置|您(?:所在|现在|現在|当前)?的?位置|来源[：:]|來源[：:]|来源于|稿源"
    r"|作者[：:]|记者[：:]|编辑[：:]|时间[：:]|時間[：:]|日期[：:]|发布(?:日期|时间|于)|发稿时间|更新时间"
    r"|更新[：:]|信息来源|文章来源|消息来源|[浏瀏][览覽]\S{0,4}[：:]|阅读\S{0,3}[：:]|点击\S{0,3}[：:]|\d+人参与"
    r"|字[号體体]\s?[：:︰【\[大小]|(?:19|20)\d\d[-年/.]\s?\d{1,2}[-月/.]\s?\d{1,2}日?)"
)
_HEAD_WORD = re.compile(r"首[页頁]|浏览|瀏覽|阅读|点击|图集|登录|注册|字[号体體]|我要评论|分享")
"""Words that make a label of a line of LABEL hanzi and are common in longer ones."""

ATTACHED = re.compile(r"^附件|\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！？…”；][\s）)」』]*$")


def trim(found: Sequence[Line], names: Sequence[str]) -> list[Line]:
    """Return the article's own lines: headlines, lists of links, what stands over or behind it are left out."""
    kept = _without_tail(_without_captions([line for line in found if not _is_tool(line)]))
    return _without_notices(_without_head(_without_lists(kept), names))


def _without_captions(found: list[Line]) -> list[Line]:
    """Drop the captions that belong to pictures, unless they say more than the text does: then the news is in them."""
    captions = sum(line.prose for line in found if line.kind == "caption")
    text = sum(line.prose for line in found) - captions
    return [line for line in found if line.kind != "caption"] if 0 < captions < text else found


def is_link(line: Line) -> bool:
    """Tell a line that is all link from a line that holds one; the names of attached files are text."""
    return not ATTACHED.search(line.text) and line.linked > LINKED * max(1, len(line.text))


def _is_tool(line: Line) -> bool:
    short = len(line.text) < SHORT and line.size < 30
    return short and bool(_TOOL.match(line.text) or _PAGING.fullmatch(line.text))


def _without_lists(found: list[Line]) -> list[Line]:
    """Drop runs of lines that are links, with the heading of the box that they stand in."""
    out: list[Line] = []
    run: list[Line] = []
    for line in [*found, None]:
        if line and is_link(line):
            run.append(line)
            continue
        if len(run) < LINK_RUN:
            out.extend(run)
        elif out and out[-1].size <= LABEL and _RELATED.match(out[-1].text):
            out.pop()
        run = []
        if line:
            out.append(line)
    return out


def _without_head(found: list[Line], names: Sequence[str]) -> list[Line]:
    """Drop breadcrumb, headlines and info line from the beginning, as far down as they are labels only."""
    heads = {squeeze(name) for name in names}
    start = 0
    for number, line in enumerate(found[:HEAD_LINES]):
        text = squeeze(line.text)
        if line.size >= SHORT or (_SENTENCE_END.search(text) and text not in heads):
            break
        if text in heads or (_is_label(line) and not _is_body(line)) or is_link(line):
            start = number + 1
    return found[start:]


def _is_label(line: Line) -> bool:
    return bool(_HEAD.search(line.text)) or (line.size <= LABEL and bool(_HEAD_WORD.search(line.text)))


def _is_body(line: Line) -> bool:
    """Tell a dateline or the first words of the text from an info line: those have a comma's worth of prose."""
    return line.size > 25 and "，" in line.text


def _without_tail(found: list[Line]) -> list[Line]:
    """Cut where something else begins, if most of the text stands before it; a box of links amid text is taken out."""
    total = sum(line.prose for line in found)
    out: list[Line] = []
    before = number = 0
    while number < len(found):
        line = found[number]
        longest = NOTICE if _TERMS.search(line.text[:TERMS]) else SHORT
        late = before >= TAIL_FROM * total and before > SHORT and line.size < longest
        if (late and _ENDS.match(line.text)) or (before and _RULES.match(line.text)):
            break
        if late and _RELATED.match(line.text):
            behind = _behind(found, number + 1)
            if behind is None:
                break
            number = behind
            continue
        out.append(line)
        before += line.prose
        number += 1
        if late and 2 * before >= total and _EDITOR.match(line.text):
            break
    return out


def _behind(found: list[Line], start: int) -> int | None:
    """Return where the text goes on behind a box of links that starts at a line, or None where it does not."""
    end = next((number for number in range(start, len(found)) if not is_link(found[number])), len(found))
    if not start < end < len(found):
        return None
    line = found[end]
    said = line.prose >= PARAGRAPH and _SENTENCE_END.search(line.text) and not _ENDS.match(line.text)
    return end if (said and not _NOTICE.search(line.text)) or _OWNED.search(line.text) else None


def _without_notices(found: list[Line]) -> list[Line]:
    """Take links, headings of boxes and notices off the end."""
    end = len(found)
    while end > 1 and found[end - 1].size < NOTICE and _is_notice(found[end - 1]):
        end -= 1
    return found[:end]


def _is_notice(line: Line) -> bool:
    if _NOTICE.search(line.text):
        return not _OWNED.search(line.text)
    return line.size < SHORT and (is_link(line) or bool(_ENDS.match(line.text) or _RELATED.match(line.text)))
