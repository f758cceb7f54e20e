"""Patterns of the parts of which the furniture around a text consists: labels, dates, counters, tools, breadcrumbs."""

from __future__ import annotations

import re

from pipelines.parse.extract.datetimes import DATETIME

MAX_VALUE_CHARS = 24
"""Characters of the longest value after 来源：, such as the names of two media; a clause of prose has more."""

MAX_WORD_CHARS = 16
"""Characters of the longest unknown word in an info line with a label and a date, such as the name of an agency."""

MAX_TABLE_VALUE_CHARS = 60
"""Characters of the longest value after a label of the disclosure table in one line, such as three issuers."""

GAP = re.compile(r"(?:(?![。！？；!?])[\W_])+")
"""What separates the parts: spaces, bars, brackets, arrows; the end of a sentence is prose."""

_COUNTED = "浏览|阅读|点击|访问|人气|点阅|评论|跟帖|跟贴|收藏|点赞|转载|转发|分享|推荐|回复"
_COUNT = r"\s*[:：]?\s*[(（\[【]?\s*(?:\d[\d,.]*\s*万?\+?|加载中|loading)?\s*(?:人次|[次人条篇])?"
COUNTER = re.compile(
    rf"""
    (?:本[文页])?(?:已?被|累计)*(?:{_COUNTED}){{1,2}}  # what is counted
    (?:总?[次人]数|数量?|量|率|人次|了)?{_COUNT}   # the count
    | 已?有\s*\d*\s*(?:位|人|条)(?:网友)?(?:参与|评论|阅读|浏览|发表|读过|跟帖)*
    | 共?有?\s*\d+\s*条(?:评论|跟帖)
    """,
    re.VERBOSE,
)
FIGURES = re.compile(r"\+?\d{1,6}(?:\s*[/:]\s*\d{1,6})?")
"""A count without a word, or the number of a picture: 89, +1, 1 / 7."""

_SITES = (
    "新浪微博|腾讯微博|微信好友|微信|微博|QQ空间|QQ好友|QQ|人人网|开心网|豆瓣网?|朋友圈|百度贴吧|MSN|facebook|twitter"
)
_SIZE = r"(?:特?大|中|小|超大|默认|标准|T(?![a-z])|A(?![a-z]))号?\s*[+-]?"
TOOL = re.compile(
    rf"""
    (?:调整)?字[号体](?:大小)?(?:\s*[:：︰]?\s*[【\[(（]?\s*{_SIZE})*         # font size
    | (?:特?大|中|小|超大)(?:[号体]字?|(?![\u4e00-\u9fff])|(?=[大中小](?![\u4e00-\u9fff])))
    | 缩小 | 放大 | 繁体?(?![\u4e00-\u9fff]) | 简体?(?![\u4e00-\u9fff]) | 无障碍(?:浏览|阅读)?
    | 我?要?(?:打印|列印)(?:本[页文]|此[页文]|文章|内容|稿件|预览)? | 打印预览     # print
    | (?:加入)?收藏(?:本[文页]|此[文页])? | 保存 | 下载 | 引用                     # bookmark, save
    | 关闭(?:本页|窗口|此页)?                                          # close
    | 返回(?:首页|顶部|列表|上一?[级页])? | (?:网站)?首页 | 正文 | 更多  # navigation
    | 分享(?:到|至|工具|给好友)? | (?:{_SITES})                                    # share
    | 转(?:播到|发到?|寄|载到) | 复制(?:本文)?(?:链接|网址)
    | 推荐(?:给好友)? | 点赞 | [顶踩] | \+?关注$ | 举报 | 投稿 | 挑错              # reactions
    | 我要(?:评论|纠错|分享|留言|收藏|发言) | 论坛 | 评论
    | (?:查看|发表|网友|我来|欢迎(?:发表)?)(?:评论|说两句)
    | 手机(?:看新闻|版|阅读) | 播报文章 | 语音播报文章，?释放双眼                      # other devices, listen
    | (?:语音|播报|朗读|收听|听新闻)+ | 自动播放(?:开关)?(?:自动播放)? | 正在加载
    | (?:用微信)?(?:扫一扫|扫描二维码)[\u4e00-\u9fff]{{0,10}} | (?:长按)?二维码       # QR code
    | 内容?纠错 | 纠错 | 编辑$
    | (?:标签|关键[词字]|热门关键词|Tags?)\s*[:：]                          # a label without words
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?"
MOMENT = re.compile(
    rf"""
    (?:北京时间)?(?:
        {DATETIME.pattern}
        | (?:19|20)?\d\d\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}\s*日?(?:\s*{_CLOCK})?
        | \d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d(?:\s*{_CLOCK}(?:\s*[AP]M)?)?
    )
    (?:\s*(?:[(（]?(?:星期|周)[一二三四五六日天][）)]?|HKT|GMT|CST|UTC|[AP]M))*
    (?:\s*[上下]午)?(?:\s*{_CLOCK})?
    """,
    re.VERBOSE,
)
"""A date with its time, also in orders that `DATETIME` does not read."""

PUBLICATION_LABEL = re.compile(
    rf"""
    (?:信息|文章|新闻|稿件|内容)?
    (?:发布|发表|发稿|最后更新|更新|录入|上传|刊登|刊发|添加|创建|编辑|报送|出版|公开|上网)
    (?:时间|日期|于|日)?
    \s*[:：]?\s*(?={MOMENT.pattern}|$|[|｜])
    | 更新(?=\s) | 发布于
    """,
    re.VERBOSE,
)
"""A label of the time of publication, which no announced event has."""

BARE_DATE_LABEL = re.compile(r"(?:时间|日期)\s*[:：]?\s*")
SOURCE_LABEL = re.compile(
    r"""
    (?:
        (?:信息|新闻|文章|稿件|消息|本文|内容|资料)?来源于?
        | 稿源 | 出处 | 供稿单位 | 来稿单位 | 发布(?:机构|单位|者)
    )\s*[:：]?\s*
    """,
    re.VERBOSE,
)
PEOPLE_LABEL = re.compile(
    r"""
    (?:
        作者 | 撰文 | 撰稿 | 文字 | 文/图 | 图/文 | (?:本报|见习|全媒体)?记者 | 通讯员
        | (?:责任|网络|值班|执行)?编[辑审] | 责编 | 主编 | 责任校对
        | 审核 | [初复终一二三]审 | 审签 | 签发 | 监制 | 摄影 | 供图 | 校对 | 录入[员人]? | 发布人 | 信息员
    )\s*[:：/]\s*
    """,
    re.VERBOSE,
)
AGENCY_BYLINE = re.compile(r"[（(【]?(?:记者)?[\u4e00-\u9fff、]{2,12}[／/][\u4e00-\u9fff]{2,4}报[导道][)）】]?")
TABLE_LABEL = re.compile(
    r"""
    (?:
        索\s*引\s*号 | 统一编号 | 发\s*文\s*字\s*号 | 文\s*件?\s*编?\s*号 | 发[布文]\s*机\s*[构关] | 名\s*称 | 分\s*类
        | (?:成文|生成|印发|实施|生效|失效|废止|发布)日期 | 文件状态 | 有效性 | 是否有效 | 效力状态 | 有效期
        | (?:主题|体裁|组配)分类 | 主题词 | 关键词 | 公开(?:方式|范围|形式|类别|时限|目录|日期) | 服务对象 | 内容概述
        | 语种 | 载体类型
    )\s*[:：]\s*
    """,
    re.VERBOSE,
)
URL = re.compile(r"(?:https?://|www\.)[\w./-]*?(?=(?:19|20)\d\d[-年]|[^\w./-]|$)")
# A Chinese name (李华, 阿卜杜拉·买买提) or one in Latin letters; with a colon behind it, it is a label.
NAME = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+·[\u4e00-\u9fff]+|[A-Za-z][\w .-]{0,20})(?=\W|$)(?!\s*[:：])"
)
NAME_GAP = re.compile(r"[\s、，,/;；]*")
_NOT_IN_VALUE = r"\s，。！？；:：|｜()（）\[\]【】"
VALUE = re.compile(
    rf"""
    [^{_NOT_IN_VALUE}]{{1,{MAX_VALUE_CHARS}}}?
    (?=[\s，:：|｜()（）\[\]【】]|$|发表评论|我要评论|网友评论|有\d+人)
    """,
    re.VERBOSE,
)
WORD = re.compile(rf"[^{_NOT_IN_VALUE}]{{1,{MAX_WORD_CHARS}}}")
TABLE_VALUE = re.compile(rf"[^。！？；\t|｜]{{1,{MAX_TABLE_VALUE_CHARS}}}?(?=\s|\t|[|｜]|$)")
BREADCRUMB = re.compile(
    r"""
    \W*(?:[您你]?(?:当前|现在|目前)?(?:所在)?的?(?:所在)?的?位置)\s*[:：]?.{0,120}
    | \W*(?:网站)?首\s?页\s*(?:[>＞»›→/|-]|-+>).{0,120}
    """,
    re.VERBOSE,
)
GREETING = re.compile(
    r"""
    \W*(?:[您你]好\W*)?欢迎[您你]?(?:来到|访问|光临|进入)
    [^。，；]{2,20}?(?:网站?|门户|平台|首页)\W*
    (?:(?:今天是|请?(?:登[录陆]|登入)|(?:免费|会员)?注册|忘记密码|退出|设为首页|加入收藏)\W*)*
    """,
    re.VERBOSE,
)
"""The bar at the head of a portal: 欢迎来到无锡物流网! 请登录 免费注册 忘记密码?"""

ORIGINAL_TITLE = re.compile(r"^\W*原?(?:标题|题)\s*[:：]\s*")
SENTENCE_STOP = re.compile("[。！？；]")
