"""The rule `drop-spam`: casino and pornography keywords that hijacked mirrors put before and after stolen texts."""

from __future__ import annotations

import re

from pipelines.parse.repair.edits import Repaired, apply_edits, lines_of, remove_lines
from pipelines.text.script import simplified_copy

MIN_SPAM_WORDS = 2
"""Number of different spam words from which a line without a sentence is spam: a single one can be a place name or a
quotation."""

MIN_SPAM_SHARE = 0.3
"""Share of a line's letters that spam words must make up: keyword lines have over half, headlines about a police raid
under a quarter."""

_CASINOS = (
    "[新老]?葡京",
    "威尼斯人",
    "澳门(?:新葡[京萄]|金沙|永利|银河|巴黎人|赌[场博]|皇冠)",
    "金沙(?:娱乐|赌场|集团)",
    "太阳城(?:娱乐|赌城|集团)",
    "永利(?:娱乐|赌场|皇宫)",
    "皇冠(?:体育|现金|足球|新2|正网)",
    r"bet\s?365",
    "必威",
    "亚博",
    "万博",
    "万博",
    "沙巴体育",
    "欧宝",
    "开云体育",
    "开元棋牌",
)
_GAMES = (
    "百家乐",
    "老虎机",
    "时时彩",
    "六合彩",
    "北京赛车",
    "pk10",
    "幸运飞艇",
    "真人(?:荷官|娱乐|百家|赌博)",
    "娱乐城",
    "博彩",
    "[送领]彩金",
    "首存",
    "体育投注",
    "网上赌",
    "在线投注",
    "捕鱼(?:游戏|达人)",
    "赌球",
    "彩票(?:平台|注册|APP)",
    "棋牌(?:游戏|平台)",
    "代开发票",
)
_PORNOGRAPHY = (
    "(?:国产|亚洲|欧美|日[韩本])(?:精品|无码|综合|一区|[偷自]拍|视频|av|黄色|免费)",
    "无码(?:专区|中文|视|av)",
    "一区二区",
    "久久(?:精品|久|综合|热)",
    "自拍偷拍",
    "偷拍自拍",
    "成人(?:视频|网站|电影|av|小说|图片)",
    "[AＡaａ]片",
    "毛片",
    "黄色[视视频网站]{2}",
    "人妻",
    "啪啪",
    "[淫婬].?",
    "丝袜",
    "伦理片",
    "三级片",
    "色(?:综合|情网|播)",
    "av(?:在线|网站|电影|天堂|无码)",
)
_SPAM_WORD = re.compile("|".join((*_CASINOS, *_GAMES, *_PORNOGRAPHY)), re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！？；]")
_LETTER = re.compile(r"\w")


def drop_spam(text: str) -> Repaired:
    """Remove lines that consist of spam words; sentences about casinos and pornography stay.

    >>> drop_spam("国产精品无码_亚洲综合一区二区_久久精品\\n警方捣毁一个网上赌博的百家乐平台。").text
    '警方捣毁一个网上赌博的百家乐平台。'
    """
    spam = {number for number, (_, line) in enumerate(lines_of(simplified_copy(text))) if _is_spam(line)}
    return apply_edits(text, remove_lines(text, spam))


def _is_spam(line: str) -> bool:
    if _SENTENCE_END.search(line):
        return False
    words = [found[0].lower() for found in _SPAM_WORD.finditer(line)]
    return len(set(words)) >= MIN_SPAM_WORDS and sum(map(len, words)) >= MIN_SPAM_SHARE * len(_LETTER.findall(line))
