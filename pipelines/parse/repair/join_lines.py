"""Lines that a page, or the program it was written with, wrapped in mid-sentence."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.parse.repair.drop_stubs import drop_stubs
from pipelines.parse.repair.edits import Edit, Repaired, apply, lines_of

LONG = 30
"""Characters of the shortest line that can be wrapped: lines of verse have up to 16, addresses and salutations up to
25; what a program wraps has 35 or more."""

SOLID = 6
"""Characters of Chinese on either side of a seam: beside Latin, numbers or cells more than a break may be lost."""

UNSURE = 0.9
"""Confidence of a seam behind a word that cannot end a sentence: the text may have lost a line there."""

_HANZI = "\u3400-\u9fff"
_SIDE = rf"[{_HANZI}，、；：“”‘’（）《》〈〉【】,;:]"
_LEFT = re.compile(rf"{_SIDE}{{{SOLID}}}$")
_RIGHT = re.compile(rf"{_SIDE}{{{SOLID}}}")
_LOST = re.compile("[，、。；：,;]|的(?![确確士])")
_PAUSE = re.compile(r"[，、,]$")
_NEEDS_MORE = re.compile(
    r"(?:(?<![祥温溫总總共缓緩饱飽谐諧柔平求议議讲講中])和|(?<![参參给給赠贈授])与|(?<![参參給贈授])與|(?<![普涉顾顧埃危波遍论論提触觸])及"
    r"|(?<![甚])或|(?<![火一拖])把|(?<![棉植])被|(?<![干大名虎闯闖])将|(?<![大名虎])將|(?<![服听聽盲随隨顺順])从|(?<![服聽盲隨順])從"
    r"|(?<![植关關至由终終对對鉴鑒敢勇善属屬位处處])于|并且|而且|以及|关于|關於|对于|對於|为了|為了|通过|通過|根据|根據|按照|围绕|圍繞)$"
)
_NEW = re.compile(
    rf"[（(]?[一二三四五六七八九十百\d]{{1,4}}[）)、.．是要]|第[一二三四五六七八九十百\d]{{1,4}}[章节節条條篇部]|[●■◆▲△★☆※•·\-—*#“「『]"
    rf"|[{_HANZI}]{{2,8}}[：:]|附件?[:：\d]"
)
"""How a line begins that is none's continuation: numbered, marked, a speaker's words, a label."""


def join_lines(text: str) -> Repaired:
    """Join a line that ends in mid-sentence with the next: behind a comma, or a word that cannot be a sentence's last.

    Only long lines of Chinese prose are, of which the second goes on to the end of a sentence: verse, tables, lists
    and addresses are left, and a stub between them keeps lines apart. Where a line begins with a comma or 的, the text
    has lost words at its seams, and none of them is sure.

    >>> verse = "床前明月光，\\n疑是地上霜。"
    >>> join_lines(verse).text == verse
    True
    """
    seams = list(pairwise(lines_of(text)))
    if any(_LOST.match(right) and not _ends_in_stub(left) for (_, left), (_, right) in seams):
        return Repaired(text)
    sure = [(start, _seam(left, right)) for (_, left), (start, right) in seams]
    return apply(text, [Edit(start=start - 1, end=start, confidence=seam) for start, seam in sure if seam])


def _seam(left: str, right: str) -> float:
    """Return how sure it is that a line goes on in the next, or 0."""
    if len(left) < LONG or not _LEFT.search(left) or not _RIGHT.match(right) or _NEW.match(right):
        return 0
    if not re.search("[。！？；]", right) or _ends_in_stub(left) or _begins_with_stub(right):
        return 0
    if _PAUSE.search(left):
        return 1.0
    return UNSURE if _NEEDS_MORE.search(left) and re.search("[。！？]", left) else 0


def _ends_in_stub(line: str) -> bool:
    edits = drop_stubs(line).edits
    return bool(edits) and edits[-1].end == len(line)


def _begins_with_stub(line: str) -> bool:
    edits = drop_stubs(line).edits
    return bool(edits) and edits[0].start == 0
