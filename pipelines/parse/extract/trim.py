"""Removes what a container holds before and after the article: headline, info line, tools; links, notices, comments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.tree import remove_spaces

MAX_LABEL_LINE_HANZI = 60
"""Chinese characters of the longest line that can be a label: info lines with three editors have about 45."""

MAX_TOOL_HANZI = 30
"""Chinese characters of the longest line with tools."""

MAX_HEAD_LINES = 12
"""First lines that can be labels: headline, subtitle, date, source, author, editor, size and share tools."""

MAX_COMMA_INFO_HANZI = 25
"""Chinese characters of the longest info line with a comma; a longer one is a dateline or the beginning of the text."""

MIN_TAIL_POSITION = 0.4
"""Share of the text before which no tail begins: boxes of related links are at the top of some articles."""

MIN_LINK_SHARE = 0.7
"""Share of link text from which a line is a link."""

MIN_PARAGRAPH_HANZI = 40
"""Chinese characters from which a line is a paragraph of the text, and not a label or a teaser."""

MAX_NOTICE_HANZI = 120
"""Chinese characters of the longest notice below an article; terms of use with three clauses have about 100."""

MAX_WORD_LABEL_HANZI = 12
"""Chinese characters of a line that one word, such as 登录, makes a label; 欢迎登录市政务服务网办理 has 11."""

MIN_LINK_RUN = 3
"""Consecutive link lines from which they are a list: articles name at most two sources in a row."""

_OPENING = r"^[\s【\[（(|>»▶■●◆\-]*"
_RELATED_HEADING = re.compile(
    rf"""
    {_OPENING}(?:
        相[关關](?:阅读|閱讀|新闻|新聞|链接|連結|推荐|推薦|文章|报道|報導|稿件|专题|專題
            |信息|内容|解读|政策|搜[索尋])                                          # related
        | 延伸(?:阅读|閱讀)
        | 推[荐薦](?:阅读|閱讀|新闻|新聞|文章|内容)                                 # recommended
        | [热熱][门門点點](?:推荐|文章|新闻|新聞|排行|内容|专题)                    # popular
        | 精彩(?:视频|图片|内容)?推[荐薦]
        | 猜[你您]喜[欢歡] | [为為][您你]推[荐薦] | (?:其他人|大家)[也都]在看       # for you, others read
        | 更多[^，。]{{0,8}}(?:新闻|新聞|文章|阅读|精彩|资讯|>) | 更多[关關][于於]  # more
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Headings of boxes of links, which are also in the middle of articles."""

_ARTICLE_END = re.compile(
    rf"""
    {_OPENING}(?:
        网友(?:评论|跟帖|留言) | 網友(?:評論|留言) | 最[新热]评论 | 热门评论 | \d+条评论  # comments
        | (?:发表|我要)评论 | (?:發表|我要)評論 | 我来说两句 | 评论[(（\d] | 評論[(（\d]
        | (?:特别|特別|平台|免责|免責|版权|版權|风险|風險|重要|本[网站網])[声聲]明 | [声聲]明[:：]  # disclaimers
        | 版[权權]与?(?:免责|所有) | copyright | 凡(?:本[网站報报]|是)?(?:注明|註明)
        | 以上(?:内容|内容、图片)[^。]{{0,20}}(?:用户|网友|创作者|作者)[^。]{{0,20}}(?:上传|发布|提供)
        | 這篇新聞讓您 | 阅读剩余 | 返回(?:首[页頁]|列表)                                 # buttons
        | 分享到 | 分享至 | 看过本文 | 您可能                                             # share, readers also read
        | (?:责任|責任)?(?:编辑|編輯)[：:]?$                                              # a label without a name
        | 主办单位 | 网站地图 | 关于我们 | 联系我们 | .{{0,3}}ICP备                       # footer
        | 文章排行 | [点點][击擊]排行 | [今本]日推荐 | 频道推荐                           # rankings
        | (?:有奖|网上|在线)?(?:调查|投票)$                                               # polls
        | [上下前后後]一[篇條条则則](?:文章|[与與]|\s*[:：]|$)                            # previous, next article
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Beginnings of lines after which no article continues."""

_TERMS_WORD = re.compile("[声聲]明|[注註]明")
MAX_TERMS_WORD_POSITION = 12
"""First characters of a line in which 声明 makes it terms of use, which are longer than other headings."""

_SITE_TERMS = re.compile(r"^\W*凡(?:本[网站網報报]|是)?(?:注明|註明)")
"""Terms of use for everything on a portal: short news has more characters in them than in its text."""

_EDITOR_LINE = re.compile(r"^\W*(?:责任编辑|責任編輯|责编|责任编审|网络编辑)\s*[:：]\s*[\w·、 ]{2,24}\W*$")
_WORK_RIGHTS = re.compile(r"(?:作品|本文|本稿|本篇)\S{0,8}[权權][益利]?归\S{2,20}所有")
"""A note on the rights in this work: a line of the article, unlike terms for everything that a site prints."""

_NOTICE = re.compile(
    r"""
    未[经經](?:书面|書面|本[网站報报])?(?:授[权權]|[许許]可|允[许許])\S{0,6}(?:不得|[请請]勿|禁止|严禁)  # no permission
    | [请請]勿[转轉][载載]                                                        # do not reprint
    | (?:facebook|臉書|google[ ]?plus|twitter).{0,6}(?:專頁|专页|粉絲|page|帳號)  # pages on social media
    | ^[(（【\s]*\S{2,4}\s?(?:编辑|編輯|编译|編譯)[)）】\s]*$                     # (李华 编辑)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Notices that papers and portals put below every article."""

_TOOL = re.compile(
    rf"""
    {_OPENING}(?:
        分享(?:到|至|工具|:|：|$) | 转发 | 轉寄 | 转播到 | 微信$ | 微博$ | QQ空间 | 人人网 | 开心网  # share
        | 打印(?:本[页頁]|本文)?[\s】\]]* | 列印 | 收藏(?:本文)?$ | 复制链接 | 扫一扫   # print, bookmark
        | 关闭(?:窗口)?[\s】\]]*$ | 返回(?:首页|顶部|列表) | 阅读剩余 | 更多$           # window, navigation
        | 字[号體体][：:︰]? | 調整字體 | [大中小\sA+\-T|<>‹›«»]+$                      # font size
        | \+1$ | 评论$ | 推荐$ | 點閱 | 我要(?:评论|纠错|分享) | 有\d+人参与 | 【?纠错  # reactions
        | 正在加载 | 自动播放 | 播报文章 | 语音播报 | (?:播报|编辑)$                    # players
        | https?://\S+$
    )
    """,
    re.VERBOSE,
)
_PAGE_NUMBERS = r"[\s\d/|<>«».…\[\]上下首末尾前后一共第页頁]*"
_PAGER = re.compile(rf"{_PAGE_NUMBERS}[下末尾]一?[页頁]{_PAGE_NUMBERS}")
_INFO = re.compile(
    r"""
    首[页頁]\s*[>»›→/] | 当前位置 | 現在位置 | 现在位置 | 您(?:所在|现在|現在|当前)?的?位置       # breadcrumb
    | 来源[：:] | 來源[：:] | 来源于 | 稿源 | 信息来源 | 文章来源 | 消息来源                      # source
    | 作者[：:] | 记者[：:] | 编辑[：:]                                                           # people
    | 时间[：:] | 時間[：:] | 日期[：:] | 发布(?:日期|时间|于) | 发稿时间 | 更新时间 | 更新[：:]  # dates
    | (?:19|20)\d\d[-年/.]\s?\d{1,2}[-月/.]\s?\d{1,2}日?
    | [浏瀏][览覽]\S{0,4}[：:] | 阅读\S{0,3}[：:] | 点击\S{0,3}[：:] | \d+人参与                  # counters
    | 字[号體体]\s?[：:︰【\[大小]                                                                # font size
    """,
    re.VERBOSE,
)
"""Parts of breadcrumbs and info lines."""

_INFO_WORD = re.compile(r"首[页頁]|浏览|瀏覽|阅读|点击|图集|登录|注册|字[号体體]|我要评论|分享")
"""Words that make a line of MAX_WORD_LABEL_HANZI a label, and are common in longer ones."""

ATTACHED_FILE = re.compile(r"^附件|\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！？…”；][\s）)」』]*$")


def trim(lines: Sequence[Line], headlines: Sequence[str]) -> list[Line]:
    """Return the article's own lines, without headlines, lists of links, and what is above and below the text."""
    content = _without_captions([line for line in lines if not _is_tool(line)])
    return _without_notices(_without_head(_without_lists(_without_tail(content)), headlines))


def _without_captions(lines: list[Line]) -> list[Line]:
    """Drop the captions of pictures, unless they have more text than the rest: then the news is in the captions."""
    captions = sum(line.unlinked_hanzi for line in lines if line.kind == "caption")
    text = sum(line.unlinked_hanzi for line in lines) - captions
    return [line for line in lines if line.kind != "caption"] if 0 < captions < text else lines


def is_link(line: Line) -> bool:
    """Return whether nearly the whole line is a link; the names of attached files count as text."""
    return not ATTACHED_FILE.search(line.text) and line.link_chars > MIN_LINK_SHARE * max(1, len(line.text))


def _is_tool(line: Line) -> bool:
    is_short = len(line.text) < MAX_LABEL_LINE_HANZI and line.hanzi < MAX_TOOL_HANZI
    return is_short and bool(_TOOL.match(line.text) or _PAGER.fullmatch(line.text))


def _without_lists(lines: list[Line]) -> list[Line]:
    """Drop runs of link lines, with the heading of the box that contains them."""
    out: list[Line] = []
    run: list[Line] = []
    for line in [*lines, None]:
        if line and is_link(line):
            run.append(line)
            continue
        if len(run) < MIN_LINK_RUN:
            out.extend(run)
        elif out and out[-1].hanzi <= MAX_WORD_LABEL_HANZI and _RELATED_HEADING.match(out[-1].text):
            out.pop()
        run = []
        if line:
            out.append(line)
    return out


def _without_head(lines: list[Line], headlines: Sequence[str]) -> list[Line]:
    """Drop breadcrumb, headlines and info line from the beginning, down to the first line that is not a label."""
    names = {remove_spaces(name) for name in headlines}
    start = 0
    for number, line in enumerate(lines[:MAX_HEAD_LINES]):
        text = remove_spaces(line.text)
        if line.hanzi >= MAX_LABEL_LINE_HANZI or (_SENTENCE_END.search(text) and text not in names):
            break
        if text in names or (_is_label(line) and not _is_text(line)) or is_link(line):
            start = number + 1
    return lines[start:]


def _is_label(line: Line) -> bool:
    is_short = line.hanzi <= MAX_WORD_LABEL_HANZI
    return bool(_INFO.search(line.text)) or (is_short and bool(_INFO_WORD.search(line.text)))


def _is_text(line: Line) -> bool:
    """Return whether a line is a dateline or the first words of the text, and not an info line."""
    return line.hanzi > MAX_COMMA_INFO_HANZI and "，" in line.text


def _without_tail(lines: list[Line]) -> list[Line]:
    """Cut where other content begins, if most text is before it; remove a box of links inside the text."""
    total = sum(line.unlinked_hanzi for line in lines)
    out: list[Line] = []
    before = number = 0
    while number < len(lines):
        line = lines[number]
        is_terms = _TERMS_WORD.search(line.text[:MAX_TERMS_WORD_POSITION])
        is_short = line.hanzi < (MAX_NOTICE_HANZI if is_terms else MAX_LABEL_LINE_HANZI)
        may_end = before >= MIN_TAIL_POSITION * total and before > MAX_LABEL_LINE_HANZI and is_short
        if (may_end and _ARTICLE_END.match(line.text)) or (before and _SITE_TERMS.match(line.text)):
            break
        if may_end and _RELATED_HEADING.match(line.text):
            end = _end_of_box(lines, number + 1)
            if end is None:
                break
            number = end
            continue
        out.append(line)
        before += line.unlinked_hanzi
        number += 1
        if may_end and 2 * before >= total and _EDITOR_LINE.match(line.text):
            break
    return out


def _end_of_box(lines: list[Line], start: int) -> int | None:
    """Return the line with which the text continues after a box of links, or None if the text does not continue."""
    end = next((number for number in range(start, len(lines)) if not is_link(lines[number])), len(lines))
    if not start < end < len(lines):
        return None
    line = lines[end]
    is_sentence = line.unlinked_hanzi >= MIN_PARAGRAPH_HANZI and _SENTENCE_END.search(line.text)
    is_text = is_sentence and not _ARTICLE_END.match(line.text) and not _NOTICE.search(line.text)
    return end if is_text or _WORK_RIGHTS.search(line.text) else None


def _without_notices(lines: list[Line]) -> list[Line]:
    """Drop links, headings of boxes and notices from the end."""
    end = len(lines)
    while end > 1 and lines[end - 1].hanzi < MAX_NOTICE_HANZI and _is_notice(lines[end - 1]):
        end -= 1
    return lines[:end]


def _is_notice(line: Line) -> bool:
    if _NOTICE.search(line.text):
        return not _WORK_RIGHTS.search(line.text)
    is_label = is_link(line) or _ARTICLE_END.match(line.text) or _RELATED_HEADING.match(line.text)
    return line.hanzi < MAX_LABEL_LINE_HANZI and bool(is_label)
