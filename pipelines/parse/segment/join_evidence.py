"""Features of a possible paragraph join: how the left paragraph ends, and how the right one begins."""

from __future__ import annotations

import re

from pipelines.parse.segment.bigrams import LanguageModel
from pipelines.parse.segment.block_traits import begins_with_lone_char, openness, pairs_up, unpaired

Features = dict[str, float]
"""The value of each feature that `join_weights.WEIGHTS` names: 1 or 0, or an amount."""

MAX_JOIN_GAIN_NATS = 7.0
"""Upper limit of the join gain, in nats: rare words across the break would outweigh everything else."""

MIN_JOIN_GAIN_NATS = -3.0
"""Lower limit of the join gain, in nats. It is never certain that the left side breaks off inside a word, because names
are words that no list contains."""

MIN_COLUMN_LINE_CHARS = 8
"""Length of the shortest line of a newspaper column, in characters."""

FRESH_NATS = -0.5
"""Nats for a beginning that most paragraphs have: a quotation, a time, who says something."""

BEGINNING_NATS = {
    **dict.fromkeys("，,。、；;：:！!？?”’》」』）)…·%％", 1.3),
    **dict.fromkeys("的了着们个理动者化门得些系点量府治议格际义术次期势题界务性度", 1.1),
    **dict.fromkeys("和行部家产员体制定种道统用步代施物司纪史间积式思论质果营级视程席命于里", 0.5),
    **dict.fromkeys("我他她它新当目此其与正如但然该岁每对为", -0.4),
    **dict.fromkeys("李张刘陈杨黄赵吴周徐孙朱胡郭何罗郑梁谢宋许韩冯邓曹彭曾", -0.6),
    **dict.fromkeys("在据这这第去由近今昨最尽截阿“《『「", -0.9),
}
"""By its first character: how much likelier a paragraph is to begin so after a break than as a new paragraph. The
values are half of what was counted in 5,000 paragraphs of a newspaper, because other features overlap with this one."""

_STOPS = "，,。、；;：:！!？?…"
_FRESH = re.compile(
    r"""
      [“‘「]                                                                     # a quotation
    | [据截记近日目连今昨前去此如随同当另其接下一二三四五六七八九十]             # a time or an order: 近日, 截至, 一是
      (?: [悉知至者前日来天年外次此中今后时] | 到 | 下来 | [是、] )
    | [\u4e00-\u9fff·]{2,16}                                                   # who says something
      (?: 说 | 表示 | 介绍 | 指出 | 强调 | 要求 | 提醒 | 认为 | 透露 | 告诉 | 称 ) (?: [，,：:。] | 记者 )
    """,
    re.VERBOSE,
)
"""How most paragraphs begin."""

_NUMBER_ENDS = re.compile(r"[\d.〇一二三四五六七八九十百千万亿两]$")
_NUMBER_CONTINUES = re.compile(
    r"[\d.%％〇一二三四五六七八九十百千万亿两余多个户名亩吨元年月日岁人次公里点家项条米所位台天小时分倍成只起]"
)


def join_features(left: str, right: str, language: LanguageModel) -> Features | None:
    """Return the features of two paragraphs by their end and beginning, None if they cannot be one paragraph."""
    closed, opened = unpaired(right)[0], unpaired(left)[1]
    if closed and not (opened and pairs_up(opened[-1], closed[0])):
        return None
    if right[:1] in _STOPS and left[-1:] in _STOPS:
        return None
    ends_in_number, continues = bool(_NUMBER_ENDS.search(left)), bool(_NUMBER_CONTINUES.match(right))
    return {
        "join-gain": max(MIN_JOIN_GAIN_NATS, min(MAX_JOIN_GAIN_NATS, language.join_gain(left, right))),
        "closed": bool(closed),
        "open": bool(opened) and not closed,
        "may-end": openness(left) == 1,
        "short-left": len(left) < MIN_COLUMN_LINE_CHARS,
        "lone-char": begins_with_lone_char(right),
        "number-continues": ends_in_number and continues,
        "number-ends": ends_in_number and not continues,
        "beginning": BEGINNING_NATS.get(right[:1], 0.0),
    }


def torn_beginning_nats(text: str) -> float:
    """Return how much likelier a paragraph is to begin like `text` after a break than as a new paragraph, in nats."""
    return BEGINNING_NATS.get(text[:1], 0.0) + (FRESH_NATS if begins_like_paragraph(text) else 0.0)


def begins_like_paragraph(text: str) -> bool:
    """Return whether a text begins as most paragraphs do."""
    return bool(_FRESH.match(text))
