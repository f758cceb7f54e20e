"""Recognises the lines below an article that end it: comments, terms of use, shares, related articles, the footer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.parse.extract.lines import Line

MAX_LABEL_LINE_HANZI = 60
"""Chinese characters of the longest line that can be a label: info lines with three editors have about 45."""

MAX_NOTICE_HANZI = 120
"""Chinese characters of the longest notice below an article; terms of use with three clauses have about 100."""

MIN_PARAGRAPH_HANZI = 40
"""Chinese characters from which a line is a paragraph of the text, and not a label or a teaser."""

MIN_SENTENCE_HANZI = 15
"""Chinese characters from which a line with a full stop is a sentence, also if it begins as a label does."""

MAX_LINES_TO_TEXT = 3
"""Lines after an end within which the text goes on, if it does: below a disclaimer or a tool in the middle of it."""

MAX_TERMS_WORD_POSITION = 12
"""First characters of a line in which 声明 makes it terms of use, which are longer than other headings."""

MIN_LINK_SHARE = 0.7
"""Share of link text from which a line is a link."""

ATTACHED_FILE = re.compile(r"^附件|\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)$", re.IGNORECASE)

_OPENING = r"^[\s【\[（(|>»▶■●◆“\-]*"
RELATED_HEADING = re.compile(
    rf"""
    {_OPENING}(?:
        相关(?:阅读|新闻|链接|连结|推荐|文章|报道|报导|稿件|专题|信息|内容|解读|政策|搜[索寻])   # related
        | 延伸阅读
        | 推荐(?:阅读|新闻|文章|内容)                                                            # recommended
        | 热[门点](?:推荐|文章|新闻|排行|内容|专题)                                              # popular
        | 精彩(?:视频|图片|内容)?推荐
        | 猜[你您]喜欢 | 为[您你]推荐 | (?:其他人|大家)[也都]在看                                   # for you
        | 更多[^，。]{{0,8}}(?:新闻|文章|阅读|精彩|资讯|>) | 更多关于                                # more
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Headings of boxes of links, which are also in the middle of articles."""

_ENDS = {
    "comments": r"""
        网友(?:评论|跟帖|留言) | 最[新热]评论 | 热门评论 | \d+条评论
        | (?:发表|我要)评论 | 我来说两句 | 评论[(（\d]
        | (?:有奖|网上|在线)?(?:调查|投票)$ | 这篇新闻让您
    """,
    "terms": r"""
        (?:特别|平台|免责|版权|风险|重要|本[网站])声明 | 声明[:：]
        | 版权与?(?:免责|所有) | copyright | 凡(?:本[网站报]|是)?注明
        | 以上(?:作品)?(?:内容|内容、图片)[^。]{0,20}(?:用户|网友|创作者|作者)[^。]{0,20}(?:上传|发布|提供)
    """,
    "share": r"分享到 | 分享至",
    "button": r"阅读剩余 | 返回(?:首页|列表)",
    "readers": r"看过本文 | 您可能 | 文章排行 | 点击排行 | [今本]日推荐 | 频道推荐",
    "editor-label": r"(?:责任)?编辑[：:]?$",
    "footer": r"主办单位 | 网站地图 | 关于我们 | 联系我们 | 内容纠错 | .{0,3}ICP备",
    "neighbours": r"(?:阅读)?[上下前后]一[篇条则](?:文章|与|\s*[:：]|$)",
}
ARTICLE_END = re.compile(
    _OPENING + "(?:" + "|".join(f"(?P<{name.replace('-', '_')}>{words})" for name, words in _ENDS.items()) + ")",
    re.VERBOSE | re.IGNORECASE,
)
"""Beginnings of lines after which articles end, by rule."""

_FINAL = frozenset({"comments", "readers", "footer", "site-terms", "after-editor"})
"""Ends that always separate a text from what is outside of its block: comments of readers are whole paragraphs."""

FOOTER = re.compile(
    r"""[主承协]办(?:单位)?[:：] | 主管(?:单位)?[:：] | 技术支持[:：]  # organisations
    | ICP[备证] | 网安备 | 网站标识码 | 统一刊号                     # registration numbers
    | 版权所有 | copyright
    | (?:联系|咨询|举报)(?:电话|方式|邮箱)[:：].{0,40}$            # contact lines
    | (?:公司|办公|通讯|单位)地址[:：] | 客服(?:电话|热线|邮箱)[:：]
    | 地址[:：].*(?:邮编|邮政编码|传真|电话|邮箱)[:：] | (?:邮编|邮政编码|传真|邮箱|E-?mail)[:：].{0,40}$
    | 内容纠错.*关于我们 | 下载客户端 | 跳[过转到至].{0,6}(?:正文|主要内容|导航)区?域?$
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Texts in the footer of every official site and newspaper, which has as many commas and colons as prose."""

_FOOTER_LINE = re.compile(
    r"ICP备|公网安备|网站标识码|内容纠错.*关于我们|关于我们.*网站地图|版权所有.*主办单位", re.IGNORECASE
)
_TERMS_WORD = re.compile("声明|注明")
_SITE_TERMS = re.compile(r"^\W*凡(?:本[网站报]|是)?注明")
"""Terms of use for everything on a portal: short news has more characters in them than in its text."""

_EDITOR_LINE = re.compile(r"^\W*(?:责任编辑|责编|责任编审|网络编辑)\s*[:：]\s*[\w·、 ]{2,24}\W*$")
_WORK_RIGHTS = re.compile(r"(?:作品|本文|本稿|本篇)\S{0,8}权[益利]?归\S{2,20}所有")
"""A note on the rights in this work: a line of the article, unlike terms for everything that a site prints."""

_NOTICE = re.compile(
    r"""
    未经(?:书面|本[网站报])?(?:授权|许可|允许)\S{0,6}(?:不得|请勿|禁止|严禁)  # no permission
    | 请勿转载                                                                           # do not reprint
    | (?:facebook|脸书|google[ ]?plus|twitter).{0,6}(?:专页|粉丝|page|帐号)           # pages on social media
    | 仅代表(?:网友|作者|其)\S{0,4}(?:观点|意见|立场)                                    # opinions of others
    | ^[(（【\s]*\S{2,4}\s?(?:编辑|编译)[)）】\s]*$                                      # (李华 编辑)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Notices that papers and portals put below every article."""

TERMS_WORDS = re.compile(
    r"""
    转载 | 侵权 | 版权 | 免责 | 本[网站] | 本平台 | 注明来源 | 不代表
    | 仅[供代] | 来源(?=[：:为]) | 责任(?=[。，])
    """,
    re.VERBOSE,
)
MIN_TERMS_WORDS = 2
"""Words of terms of use that a paragraph of them has; prose on copyright has one without the others in most cases."""

MAX_CHARS_PER_TERMS_WORD = 100
"""Characters of a paragraph of terms for each such word; a long report on a court's decision has two words in 500."""

_DISCLAIMER = re.compile(
    r"^.{0,10}(?:声明|免责|提示|提醒)[^，。]{0,4}[:：]|(?:不|非)构成\S{0,6}(?:建议|意见)"
    r"|据此操作|风险自担|与本[网站]\S{0,3}无关|(?:不|仅)代表\S{0,8}(?:观点|立场)"
)
"""Disclaimers of portals, which stand next to an article and not in it: 腾讯声明：……不构成投资建议."""

_PAGE_NUMBERS = r"[\s\d/|<>«».…\[\]上下首末尾前后一共第页]*"
PAGER = re.compile(rf"{_PAGE_NUMBERS}[下末尾]一?页{_PAGE_NUMBERS}")
"""Links to the further pages of an article."""

_SENTENCE_END = re.compile(r"[。！？…”；][\s）)」』]*(?:\[[\d\s,-]+\]\s*)*$")
"""The end of a sentence, with the numbers of footnotes after it."""

_STATEMENT_END = re.compile(r"[。；][\s）)」』”]*$")
"""The end of a statement or of a step; questions and calls are labels of surveys and advertisements, too."""

NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|第[一二三四五六七八九十\d]{1,3}[步条章])"
)
"""Numbers of the parts of a text: 一、 （一） 第三步 第五条."""


def end_rule(line: Line) -> str | None:
    """Return the rule by which a line ends the article: a heading, a label or a notice below it; None for text."""
    is_terms = _TERMS_WORD.search(line.text[:MAX_TERMS_WORD_POSITION])
    is_short = line.hanzi < (MAX_NOTICE_HANZI if is_terms else MAX_LABEL_LINE_HANZI)
    if is_footer_line(line):
        return "footer"
    if is_site_terms(line):
        return "site-terms"
    found = ARTICLE_END.match(line.text) if is_short and not NUMBERED.match(line.text) else None
    if found and found.lastgroup and (found.lastgroup == "terms" or not _is_sentence(line)):
        return found.lastgroup.replace("_", "-")
    return "related" if is_short and RELATED_HEADING.match(line.text) and not _is_sentence(line) else None


def _is_sentence(line: Line) -> bool:
    """Return whether a line that begins as a label does is a sentence of the text: 联系我们领取证件的，请带身份证。"""
    is_plain = line.unlinked_hanzi >= MIN_SENTENCE_HANZI and not line.link_chars
    return is_plain and bool(_STATEMENT_END.search(line.text))


def is_work_rights(text: str) -> bool:
    """Return whether a text names the owner of the rights in this work, which is a line of the article."""
    return bool(_WORK_RIGHTS.search(text))


def is_footer_line(line: Line) -> bool:
    """Return whether a line is the footer of a site by a registration number or its menu."""
    return line.hanzi < MAX_NOTICE_HANZI and bool(_FOOTER_LINE.search(line.text))


def is_link(line: Line) -> bool:
    """Return whether nearly the whole line is a link; the names of attached files count as text."""
    return line.link_chars > MIN_LINK_SHARE * max(1, len(line.text)) and not ATTACHED_FILE.search(line.text)


def is_site_terms(line: Line) -> bool:
    """Return whether a line begins the terms of use for everything on a site."""
    return _begins_site_terms(line.text)


def _begins_site_terms(text: str) -> bool:
    return "注明" in text and bool(_SITE_TERMS.match(text))


def is_terms(text: str) -> bool:
    """Return whether a paragraph is terms of use or a disclaimer, by their words.

    >>> is_terms("凡本网注明来源为其他媒体的信息，均为转载。"), is_terms("他起诉该公司侵权，法院支持。")
    (True, False)
    """
    least = max(MIN_TERMS_WORDS, len(text) / MAX_CHARS_PER_TERMS_WORD)
    return _begins_site_terms(text) or len(set(TERMS_WORDS.findall(text))) >= least


def is_disclaimer(text: str) -> bool:
    """Return whether a text is the disclaimer of a portal."""
    return bool(_DISCLAIMER.search(text))


def is_editor_line(line: Line) -> bool:
    """Return whether a line only names the editors; where most of the text is above it, it ends the article."""
    return bool(_EDITOR_LINE.match(line.text))


def is_notice(line: Line) -> bool:
    """Return whether a line is a notice that papers and portals print below every article."""
    return bool(_NOTICE.search(line.text)) and not _WORK_RIGHTS.search(line.text)


def continues(rule: str, following: Sequence[Line]) -> bool:
    """Return whether a text goes on outside of its block after an end; `resumption` looks inside of a block."""
    if rule in _FINAL:
        return False
    for line in following[:MAX_LINES_TO_TEXT]:
        if ARTICLE_END.match(line.text) or RELATED_HEADING.match(line.text):
            return False
        if _WORK_RIGHTS.search(line.text):
            return True
        is_paragraph = line.unlinked_hanzi >= MIN_PARAGRAPH_HANZI and _SENTENCE_END.search(line.text)
        if (is_paragraph or NUMBERED.match(line.text)) and not is_notice(line) and not is_terms(line.text):
            return True
    return False
