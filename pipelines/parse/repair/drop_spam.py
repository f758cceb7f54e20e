"""The rule `drop-spam`: casino and pornography keywords that hijacked mirrors put before and after stolen texts."""

from __future__ import annotations

import re

from pipelines.parse.repair.edits import Repaired, apply_edits, lines_of, remove_lines

MIN_SPAM_WORDS = 2
"""Number of different spam words from which a line without a sentence is spam: a single one can be a place name or a
quotation."""

MIN_SPAM_SHARE = 0.3
"""Share of a line's letters that spam words must make up: keyword lines have over half, headlines about a police raid
under a quarter."""

_CASINOS = (
    "[新老]?葡京",
    "威尼斯人",
    "澳[门門](?:新葡[京萄]|金沙|永利|[银銀]河|巴黎人|[赌賭][场場博]|皇冠)",
    "金沙(?:[娱娛][乐樂]|[赌賭][场場]|集[团團])",
    "太[阳陽]城(?:[娱娛][乐樂]|[赌賭]城|集[团團])",
    "永利(?:[娱娛][乐樂]|[赌賭][场場]|皇宫)",
    "皇冠(?:体育|體育|[现現]金|足球|新2|正网)",
    r"bet\s?365",
    "必威",
    "[亚亞]博",
    "万博",
    "萬博",
    "沙巴[体體]育",
    "欧宝",
    "开云体育",
    "[开開]元棋牌",
)
_GAMES = (
    "百家[乐樂]",
    "老虎[机機]",
    "[时時]{2}彩",
    "六合彩",
    "北京[赛賽][车車]",
    "pk10",
    "幸[运運][飞飛]艇",
    "真人(?:荷官|[娱娛][乐樂]|百家|[赌賭]博)",
    "[娱娛][乐樂]城",
    "博彩",
    "[送领領]彩金",
    "首存",
    "体育投注",
    "[网網]上[赌賭]",
    "在[线線]投注",
    "捕[鱼魚](?:[游遊][戏戲]|[达達]人)",
    "[赌賭]球",
    "彩票(?:平台|[注註][册冊]|APP)",
    "棋牌(?:[游遊][戏戲]|平台)",
    "代[开開](?:发票|發票)",
)
_PORNOGRAPHY = (
    "(?:[国國][产產]|[亚亞]洲|[欧歐]美|日[韩韓本])(?:精品|[无無][码碼]|[综綜]合|一[区區]|[偷自]拍|[视視][频頻]|av|黄色|黃色|免[费費])",
    "[无無][码碼](?:[专專][区區]|中文|[视視]|av)",
    "一[区區]二[区區]",
    "久久(?:精品|久|[综綜]合|[热熱])",
    "自拍偷拍",
    "偷拍自拍",
    "成人(?:[视視][频頻]|[网網]站|[电電]影|av|小[说說]|[图圖]片)",
    "[AＡaａ]片",
    "毛片",
    "黄色[视视频网站]{2}",
    "人妻",
    "啪啪",
    "[淫婬].?",
    "丝袜",
    "[伦倫]理片",
    "三[级級]片",
    "色(?:综合|情网|播)",
    "av(?:在[线線]|[网網]站|[电電]影|天堂|[无無][码碼])",
)
_SPAM_WORD = re.compile("|".join((*_CASINOS, *_GAMES, *_PORNOGRAPHY)), re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！？；]")
_LETTER = re.compile(r"\w")


def drop_spam(text: str) -> Repaired:
    """Remove lines that consist of spam words; sentences about casinos and pornography stay.

    >>> drop_spam("国产精品无码_亚洲综合一区二区_久久精品\\n警方捣毁一个网上赌博的百家乐平台。").text
    '警方捣毁一个网上赌博的百家乐平台。'
    """
    spam = {number for number, (_, line) in enumerate(lines_of(text)) if _is_spam(line)}
    return apply_edits(text, remove_lines(text, spam))


def _is_spam(line: str) -> bool:
    if _SENTENCE_END.search(line):
        return False
    words = [found[0].lower() for found in _SPAM_WORD.finditer(line)]
    return len(set(words)) >= MIN_SPAM_WORDS and sum(map(len, words)) >= MIN_SPAM_SHARE * len(_LETTER.findall(line))
