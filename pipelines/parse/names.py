"""Recognises names of people: against words, offices and media, and where other text follows without a separator."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.parse.region import begins_with_region
from pipelines.text.surnames import COMPOUND_SURNAMES, SURNAMES

MAX_PLAIN_NAME_CHARS = 4
"""Characters of the longest Chinese name: a compound family name and two characters."""

_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,3}")
_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,4}")
_LATIN = re.compile(r"[A-Z][A-Za-z.'-]*(?: [A-Z][A-Za-z.'-]*){0,3}")
_DOTS = str.maketrans("•・‧．●", "·····")
_SEPARATOR = re.compile(r"[\s、，,;；/|&]+")
_SPACED = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000]{1,4}([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
_CODE = re.compile(r"[ _]?[A-Z]{1,4}\d{2,8}$")
_VERB = re.compile(r"(?<=..)(?:摄影报道|摄影报导|报道|报导|摄)$")
_ORGANISATION = re.compile(
    r"""
    (?:[局厅办委科处室网报台部镇乡县市省]|中心|公司|集团|政府|街道|社区|频道|频率|客户端|融媒体?
      |学校|医院      |支队|大队|分院|法院|检察院|委员会|协会|联合会|编辑|新闻|发布|日报社|记者站)$
    | ^(?:本[报网站台刊社]|中国|新华|人民|中新|央视|澎湃新闻|网[站易络]|搜狐|新浪|腾讯|凤凰
      |百度|头条|今日头条|界面|财新|南方)
    | ^[全市区县省州]\S*(?:院|会|社|团|协|联|校)$
    """,
    re.VERBOSE,
)
_AFFILIATION = re.compile(r"系|为(?![\u4e00-\u9fff]{0,1}$)|单位|任职|就职|来自|现任|中[国共央]|国家|全国|[，,：: （(]")
_WORDS = """
您好 你好 请问 谢谢 佚名 未知 匿名 不详 管理员 网站管理员 系统管理员 超级管理员 小编 原创 转载 综合 整理
本站 本网 网友 投稿 来稿 编译 采编 报道 报导 摄影 通讯员 记者 编辑 作者 责编 审核 校对 无 暂无 其他 其它
匿名用户 用户 游客 官方 官网 网络 互联网 供稿 供图 图片 文字 视频 资料 新闻 时间 日期 来源 浏览 阅读 点击
分享 打印 关闭 字体 发布 有关 相关 此处 内容 标题 正文 默认 测试 资料图 资料图片 受访者 受访者供图
综合报道 综合整理 本报综合 新闻热线 投稿邮箱 联系电话 联系我们 手记 观察 感言 之家 在线 协会 文图 图文
单位 资料照 资料照片 报料 通稿 翻摄 特稿 社论 评论 述评 本刊 全文 原文
"""
_OFFICE = re.compile(
    r"[\u4e00-\u9fff]{2,16}(?:[局厅办委科处室会院所队社镇乡县市区校]|中心|公司|政府|街道|政协|支队|法院|学校)"
)
_NOT_NAMES = frozenset(_WORDS.split())


def is_person(name: str) -> bool:
    """Return whether a text can be the name of a person, not a word, an office, a medium or the name of an account.

    >>> [is_person(name) for name in ("何榕", "欧阳修文", "阿依古丽·买买提", "网易", "市水务局", "综合报道", "admin")]
    [True, True, True, False, False, False, False]
    """
    if name in _NOT_NAMES:
        return False
    if _DOTTED.fullmatch(name) or _LATIN.fullmatch(name):
        return True
    if not _PLAIN.fullmatch(name) or _ORGANISATION.search(name):
        return False
    has_two_surnames = name[0] in SURNAMES and name[1] in SURNAMES
    return len(name) < MAX_PLAIN_NAME_CHARS or name[:2] in COMPOUND_SURNAMES or has_two_surnames


def split_names(text: str, offices: bool = False) -> Iterator[str]:
    """Yield the names in a text in which only names and separators stand, without codes and verbs after them.

    With `offices`, the names of offices count, too: they are correspondents of newspapers.

    >>> list(split_names("王优玲、何宗渝")), list(split_names("张　三 李四")), list(split_names("化成雨_NBJ11143"))
    (['王优玲', '何宗渝'], ['张三', '李四'], ['化成雨'])
    """
    plain = _SPACED.sub(r"\1\2", text.translate(_DOTS).strip("()（）[]【】 \u3000"))
    if _LATIN.fullmatch(plain):
        yield plain
        return
    for part in _SEPARATOR.split(plain):
        name = _VERB.sub("", _CODE.sub("", part))
        if is_person(name) or (offices and _OFFICE.fullmatch(name) and name not in _NOT_NAMES):
            yield name


def only_names(text: str) -> list[str]:
    """Return the names in a text of a field; none if it has other words, apart from offices and media.

    >>> only_names("网易 高艳"), only_names("基金、期货与外汇市场的金融资讯")
    (['高艳'], [])
    """
    parts = [part for part in _SEPARATOR.split(_SPACED.sub(r"\1\2", text)) if part]
    names = list(split_names(text))
    others = (part for part in parts if not _ORGANISATION.search(part) and part not in _NOT_NAMES)
    return names if _LATIN.fullmatch(text.strip()) or all(list(split_names(part)) for part in others) else []


def leading_name(text: str) -> str | None:
    """Return the name at the beginning of a text that goes on with the person's place of work, without a separator.

    >>> leading_name("方敏北京大学马克思主义学院教授"), leading_name("王小明系市委党校教师"), leading_name("市委宣传部")
    ('方敏', '王小明', None)
    """
    longest = MAX_PLAIN_NAME_CHARS if text[:2] in COMPOUND_SURNAMES else MAX_PLAIN_NAME_CHARS - 1
    for length in range(2, longest + 1):
        name, rest = text[:length], text[length:]
        if rest and _begins_affiliation(rest) and is_person(name) and (name[0] in SURNAMES or length > 3):
            return name
    return None


def _begins_affiliation(text: str) -> bool:
    return bool(_AFFILIATION.match(text)) or begins_with_region(text)
