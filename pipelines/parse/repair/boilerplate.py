"""Patterns of boilerplate lines: breadcrumbs, paging, page tools, visitor counters, logins, terms of use.

Lines are recognised by their simplified copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.text.script import simplified_copy

MAX_LINE_CHARS = 100
"""Length of the longest boilerplate line, in characters: two headlines, after 上一篇 and 下一篇. Longer lines are
paragraphs."""

MAX_TERMS_CHARS = 300
"""Length of the longest terms of use, in characters: portals print three clauses in one line."""


def _any_of(patterns: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), flags)


_PAGING = r"(?:上|下|前|后)一?[篇条页版]"
_TOOLS = (
    # print, close, back
    r"打印(?:本[页文])?|列印|关闭(?:[窗视]口|本页)?|返回(?:顶部|列表|上[页一级]+)?"
    # bookmark, share, copy, report an error, listen, font size
    r"|收藏(?:本[页文])?|分享(?:到|至)?|复制链接|我要纠错|朗读|大|中|小"
    # social networks, top of the page
    r"|微信|微博|新浪微博|QQ空间|QQ好友|朋友圈|人人网|顶部|A[+-]|举报|点赞|转发"
)
_ANYWHERE = _any_of(
    (
        # breadcrumb
        r"(?:[您你]?(?:当前|现在|目前)的?(?:所在)?的?|[您你]的?(?:所在)?的?)位置\s*[:：].*"
        r"|所在位置\s*[:：].*(?:[>»›→＞]|首页).*",
        r"(?:网站)?首页\s*(?:>|&gt;|»|›|/|→|＞)\s*\S.*",
        # paging: 上一篇：…　下一篇：…
        _PAGING + rf"(?:\s*[:：]\s*.*|\s+{_PAGING}.*)?",
        # font size, and other tools of the page
        rf"[【\[〖(（]?\s*字[体号]\s*[:：]?\s*[大中小 　A+\-\s]*[】\]〗)）]?(?:{_TOOLS}|[\s：:【】\[\]|])*",
        r"[【\[（(\s|]*(?:打印|列印|关闭|返回|收藏|分享|复制链接|我要纠错|朗读)"
        rf"(?:本[页文]|窗口|顶部|列表|到|至|上一?[页级])?(?:{_TOOLS}|[\s|:：【】\[\]（()）])*",
        # QR code
        r"(?:扫一扫|扫描二维码|长按二维码).{0,30}",
        # number of views
        r"[【\[(（]?(?:浏览|点击|阅读|访问|人气)(?:次数|量|数|率)?\s*[:：]"
        r"\s*(?:\d[\d,]*|加载中|loading)?\s*次?[】\])）]?",
        # heading over attachments or related articles
        r"(?:相关)?(?:附件|链接|文章|阅读|[新消]息|新闻)(?:下载)?\s*[:：]",
        # separators
        r"-{4,}分隔线-{4,}|[|｜]+|收藏《[^》]{2,60}》[)）]?",
        # greeting and login: two or more of these in one line
        r"(?:欢迎(?:来到|光临|您)[^，。]{0,20}[!！，,]?\s*)?"
        r"(?:请?登[录入]|[免费]{0,2}注册|忘记密码|[您你]好|退出|会员中心|[|｜\s/!！?？，,]){2,}",
    ),
    re.IGNORECASE,
)
_TERMS = _any_of(
    (
        # copyright notice and disclaimer
        r"[【\[（(\s]*(?:版权声明|免责声明)\s*[】\]）)]?\s*[:：].*",
        r"[【\[（(\s]*(?:[特郑][别重])?声明\s*[】\]）)]?\s*[:：]"
        r".*(?:本[站网]|本文|转载|版权|侵权|观点|平台).*",
        r"(?:©|\(c\)|copyright\b).*",
        r"版权所有.*|.{0,30}版权所有\s*[,，]?\s*(?:未经.*)?",
        # where the text comes from, and how to have it removed
        r"[（(【]?(?:本文|以上|部分)?[^，。]{0,12}(?:内容|文字|图片|作品|信息|稿件)?[^，。]{0,8}"
        r"(?:来源于|来自|转载自|转自|摘自)(?:互联网|网络)[^。]{0,60}(?:侵权|删除|联系)[^。]{0,40}[。]?[）)】]?",
        r"[（(【]?(?:如|若)(?:有|涉及)?[^，。]{0,12}侵(?:权|犯)[^。]{0,60}(?:联系|删除)[^。]{0,20}[。！!]?[）)】]?",
        r"凡(?:本[网报站]|是)?[^，。]{0,10}注明[“\"「]?来源[^。]{0,160}.*",
        # whose opinion it is
        r"本文(?:内容)?(?:仅代表作者|不代表本[站网])[^。]{0,60}[。]?.{0,80}",
        # no copying without permission
        r"未经(?:[^，。]{0,10})(?:授权|许可|书面同意)[，,]?\s*(?:任何[^，。]{0,16})?"
        r"(?:不得|严?禁止?|请勿)[^。]{0,40}[。！]?",
        # registration numbers of the site, and who runs it
        r".{0,8}(?:ICP|icp)备[案]?.{0,60}|.{0,6}公网安备.{0,40}|(?:网站|政府网站)标识码.{0,40}"
        r"|(?:主办|承办|技术支持)(?:单位)?\s*[:：].{0,60}(?:ICP|公网安备).{0,60}",
    ),
    re.IGNORECASE,
)
_NUMBER = r"\d[\d,.]*\s*[万wW]?\+?"
_READ = r"(?:浏览|点击|阅读|访问|人气)"
_REACTION = rf"(?:{_READ}|点赞|收藏|评论|转发|分享|喜欢|在看|赞|踩)(?:次数|量|数)?"
_UNIT = r"(?:人次|人|次|条|个)?"
_PEOPLE_OR_TIMES = r"(?:人次|人|次|条|个)"
_DID = (
    r"(?:[已都]|觉得|认为|很)*"
    rf"(?:{_READ}|点赞|收藏|评论|转发|分享|喜欢|在看|参与|赞|踩)[过了]?(?:本文|此文)?"
)
_COUNT = (
    rf"(?:{_REACTION}\s*(?:[:：]\s*)?[(（\[【]?\s*{_NUMBER}\s*{_PEOPLE_OR_TIMES}?\s*[)）\]】]?"  # 阅读（128）, 点赞 3
    rf"|(?:已有|共有?|有)?\s*{_NUMBER}\s*(?:{_PEOPLE_OR_TIMES}|位(?:网友|读者|用户))?\s*{_DID})"  # 人赞过
)
_SINCE = r"(?:[当目]前|今日|昨日|本月|[总累]计?|历史|最高)?"
_VISIT = rf"{_SINCE}(?:在线|{_READ}|访客)(?:人数|次数|总?数|量)?"
_DAY = r"(?:19|20)\d\d\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?"
_COUNTERS = _any_of(
    (
        # 本文已被浏览 53 次
        rf"[【\[(（]?(?:本[文页稿])?(?:已|被|共|累计)*{_READ}(?:次数|量|数|率|了)?\s*{_NUMBER}\s*(?:人次|次|人)?[】\])）]?",
        # 阅读（128）, 点赞 3, 已有128人阅读, 128人赞过, 3条评论
        rf"(?:{_COUNT}[\s|｜·、/]*)+",
        # 点赞 3　收藏
        rf"(?:{_REACTION}\s*[:：(（]?\s*(?:{_NUMBER})?\s*[次条人]?[)）]?[\s|｜·、]*){{2,}}",
        # 今日访问 99 人次
        rf"(?:{_VISIT}\s*[:：]?\s*{_NUMBER}\s*(?:人次|人|次)?[\s|｜，,、]*)+",
        # 您是本站第 99 位访客
        rf"[您你]是(?:本[站网]页?)?的?第\s*{_NUMBER}\s*位(?:访客|访问者|浏览者|读者)[。！!]?",
        # 当前时间：10:25:33
        r"(?:现在|当前|北京|本地|系统)(?:时间)?\s*[是为]?\s*[:：]?"
        rf"\s*(?:{_DAY}\s*)?(?:(?:星期|周).\s*)?\d{{1,2}}:\d\d(?::\d\d)?",
        r"\d{1,2}:\d\d:\d\d",
        # 今天是 2024年4月7日
        rf"今天是\s*[:：]?\s*{_DAY}[^，。；]{{0,40}}",
    )
)
_DAY_AND_WEEKDAY = re.compile(rf"{_DAY}\s*[（(]?(?:星期|周|礼拜)[一二三四五六日天][）)]?[^，。；]{{0,40}}")
_SKY = "晴|多云|阴|[小中大暴阵][雨雪]|雷阵雨|雨夹雪|雾|霾|浮尘"
_DEGREES = r"-?\d{1,2}\s*(?:℃|°C?|度)?"
_WEATHER = re.compile(
    rf"""
    (?:(?:今[天日晚]|明[天日]|实时|天气)[:：\s]*|[\u4e00-\u9fff]{{2,6}}[:：\s]+)*  # 今天, 临江
    (?:(?:{_SKY})(?:[转到](?:{_SKY}))?\s*)+                                            # 多云转小雨
    (?:{_DEGREES}\s*[~～/—至到-]\s*)?-?\d{{1,2}}\s*(?:℃|°C?|度)                         # 7℃~16℃
    [^，。；！？]{{0,30}}                                                                 # 空气质量：优
    """,
    re.VERBOSE,
)
_BREADCRUMB_SEPARATOR = re.compile(r"\s*(?:>|&gt;|»|›|→|＞)\s*")
_BREADCRUMB_LABEL = re.compile(r"^.*?位置\s*[:：]\s*")


def is_boilerplate(line: str) -> bool:
    """Return whether a line is boilerplate, wherever in a text it stands.

    >>> lines = ("【字体：大 中 小】打印 关闭", "上一篇：无", "上一篇报道引起关注。", "请登录")
    >>> [is_boilerplate(line) for line in lines]
    [True, True, False, False]
    """
    return len(line) <= MAX_LINE_CHARS and bool(_ANYWHERE.fullmatch(line.strip()))


def is_terms_of_use(line: str) -> bool:
    """Return whether a line looks like terms of use. They belong to the site only where they follow a text.

    >>> lines = ("版权声明：本文来源于网络，如有侵权请联系删除。", "会议发表声明：双方将加强合作。")
    >>> tuple(is_terms_of_use(line) for line in lines)
    (True, False)
    """
    return len(line) <= MAX_TERMS_CHARS and bool(_TERMS.fullmatch(line.strip()))


def is_visitor_counter(line: str) -> bool:
    """Return whether a line counts readers or gives today's date. Inside a text it may be a row of a table.

    >>> lines = ("（本文已被浏览 53 次）", "点赞 3", "128人赞过", "今日访问 99 人次", "访问3家企业")
    >>> [is_visitor_counter(line) for line in lines]
    [True, True, True, True, False]
    """
    return len(line) <= MAX_LINE_CHARS and bool(_COUNTERS.fullmatch(line.strip()))


def is_current_date(line: str) -> bool:
    """Return whether a line is a date with its weekday, as pages print today's after a text.

    Before other lines it may be a day of a programme.

    >>> is_current_date("2024年4月7日 星期日 多云 7℃~16℃"), is_current_date("2024年4月7日")
    (True, False)
    """
    return len(line) <= MAX_LINE_CHARS and bool(_DAY_AND_WEEKDAY.fullmatch(line.strip()))


def is_weather(line: str) -> bool:
    """Return whether a line is today's weather, as pages print it. In a text it may be a row of a forecast.

    >>> is_weather("临江 多云转小雨 7℃~16℃ 空气质量：优"), is_weather("今天多云，最高气温16℃。")
    (True, False)
    """
    return len(line) <= MAX_LINE_CHARS and bool(_WEATHER.fullmatch(line.strip()))


def column_from_breadcrumb(line: str) -> tuple[str, ...]:
    """Return the column that a breadcrumb names, without the home page at its beginning and the article at its end.

    >>> column_from_breadcrumb("当前位置：首页 > 政务公开 > 部门动态 > 正文")
    ('政务公开', '部门动态')
    """
    steps = [step.strip() for step in _BREADCRUMB_SEPARATOR.split(_BREADCRUMB_LABEL.sub("", line.strip()))]
    return tuple(steps[1:-1]) if len(steps) > 2 and "首页" in simplified_copy(steps[0]) else ()
