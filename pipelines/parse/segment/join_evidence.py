"""Signs that two paragraphs are one that was torn: the seam between both, how they end and begin."""

from __future__ import annotations

import re

from pipelines.parse.segment.bigrams import Language
from pipelines.parse.segment.block_traits import begins_lone, openness, pairs_up, unpaired

Signs = dict[str, float]
"""How much there is of what `weights.WEIGHTS` names: 1 or 0 of what is or is not."""

WORD = 7.0
"""The most that a word across the seam is worth, in nats: rare ones would outweigh all else."""

NO_WORD = -3.0
"""The least: that a left side breaks off inside a word is never quite sure, for names are words that no list has."""

SHORTEST = 8
"""Characters of the shortest line of a column."""

FRESH = -0.5
"""Of how most paragraphs begin, in nats: a quotation, a time, who says something."""

BEGINNINGS = {
    **dict.fromkeys("，,。、；;：:！!？?”’》」』）)…·%％", 1.3),
    **dict.fromkeys("的了着们个理动者化门得些系点量府治议格际义术次期势题界务性度", 1.1),
    **dict.fromkeys("和行部家产员体制定种道统用步代施物司纪史间积式思论质果营级视程席命于里", 0.5),
    **dict.fromkeys("我他她它新当目此其与正如但然该岁每对为", -0.4),
    **dict.fromkeys("李张刘陈杨黄赵吴周徐孙朱胡郭何罗郑梁谢宋许韩冯邓曹彭曾", -0.6),
    **dict.fromkeys("在据這这第去由近今昨最尽截阿“《『「", -0.9),
}
"""By what a paragraph begins with: how much likelier that is behind a tear than at the beginning of a paragraph, half
of what was counted in 5,000 paragraphs of a paper, for what else is told by a beginning is a part of it."""

_STOPS = "，,。、；;：:！!？?…"
_FRESH = re.compile(
    "[“‘「]|[据截记近日目连今昨前去此如随同当另其接下一二三四五六七八九十](?:[悉知至者前日来天年外次此中今后时]|到|下来|[是、])"
    "|[\u4e00-\u9fff·]{2,16}(?:说|表示|介绍|指出|强调|要求|提醒|认为|透露|告诉|称)(?:[，,：:。]|记者)"
)
_NUMBER_ENDS = re.compile(r"[\d.〇一二三四五六七八九十百千万亿两]$")
_NUMBER_GOES_ON = re.compile(
    r"[\d.%％〇一二三四五六七八九十百千万亿两余多个户名亩吨元年月日岁人次公里点家项条米所位台天小时分倍成只起]"
)


def ends(left: str, right: str, language: Language) -> Signs | None:
    """Return the signs for one paragraph going on in another by how they end and begin, None if it cannot."""
    closed, opened = unpaired(right)[0], unpaired(left)[1]
    if closed and not (opened and pairs_up(opened[-1], closed[0])):
        return None
    if right[:1] in _STOPS and left[-1:] in _STOPS:
        return None
    number, goes_on = bool(_NUMBER_ENDS.search(left)), bool(_NUMBER_GOES_ON.match(right))
    return {
        "seam": max(NO_WORD, min(WORD, language.seam(left, right))),
        "closed": bool(closed),
        "open": bool(opened) and not closed,
        "may-end": openness(left) == 1,
        "stub": len(left) < SHORTEST,
        "lone": begins_lone(right),
        "counted": number and goes_on,
        "uncounted": number and not goes_on,
        "begins": BEGINNINGS.get(right[:1], 0.0),
    }


def beginning(text: str) -> float:
    """Return how much likelier a text begins so behind a tear than as a paragraph, in nats."""
    return BEGINNINGS.get(text[:1], 0.0) + (FRESH if is_fresh(text) else 0.0)


def is_fresh(text: str) -> bool:
    """Tell how most paragraphs begin."""
    return bool(_FRESH.match(text))
