"""The rule `join-lines`: lines that a page, or the program with which it was written, wrapped in mid-sentence."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.parse.repair.drop_stubs import drop_stubs
from pipelines.parse.repair.edits import Edit, Repaired, apply_edits, lines_of
from pipelines.text.script import simplified_copy

MIN_WRAPPED_CHARS = 30
"""Length of the shortest line that can be wrapped, in characters: lines of verse have up to 16, addresses and
salutations up to 25; lines that a program wraps have 35 or more."""

MIN_CHINESE_CHARS = 6
"""Number of Chinese characters required on each side of the line break: beside Latin, numbers or table cells, more than
a break may be lost."""

WORD_CONFIDENCE = 0.9
"""Confidence of a join after a word that cannot end a sentence: the text may have lost a line there."""

_HANZI = "\u3400-\u9fff"
_SIDE = rf"[{_HANZI}，、；：“”‘’（）《》〈〉【】,;:]"
_LEFT = re.compile(rf"{_SIDE}{{{MIN_CHINESE_CHARS}}}$")
_RIGHT = re.compile(rf"{_SIDE}{{{MIN_CHINESE_CHARS}}}")
_LOST_WORDS = re.compile("[，、。；：,;]|的(?![确士])")
"""Beginnings of lines before which words are lost."""

_COMMA = re.compile(r"[，、,]$")
_UNFINISHED = re.compile(
    r"""
    (?:
        (?<![祥温总共缓饱谐柔平求议讲中])和
      | (?<![参给赠授])与
      | (?<![普涉顾埃危波遍论提触])及
      | (?<![甚])或
      | (?<![火一拖])把
      | (?<![棉植])被
      | (?<![干大名虎闯])将
      | (?<![服听盲随顺])从
      | (?<![植关至由终对鉴敢勇善属位处])于
      | 并且|而且|以及|关于|对于|为了
      | 通过|根据|按照|围绕)$
    """,
    re.VERBOSE,
)
"""Words that cannot end a sentence: conjunctions and prepositions, except as the last character of a noun or verb
(总和, 火把, 大将, 服从, 属于)."""

_NEW_LINE = re.compile(
    rf"""
      [（(]?[一二三四五六七八九十百\d]{{1,4}}[）)、.．是要]   # a list item
    | 第[一二三四五六七八九十百\d]{{1,4}}[章节条篇部]     # a chapter
    | [●■◆▲△★☆※•·\-—*\#“「『]                               # a bullet or a quotation
    | [{_HANZI}]{{2,8}}[：:] | 附件?[:：\d]                   # a speaker or a label
    """,
    re.VERBOSE,
)
"""Beginnings of lines that do not continue the line before."""


def join_lines(text: str) -> Repaired:
    """Join a line that ends in mid-sentence with the next: after a comma, or after a word that cannot end a sentence.

    Only long lines of Chinese prose are joined, and only with a line that contains the end of a sentence; verse,
    tables, lists and addresses stay. Lines with a paywall notice between them stay apart. Where any line of the text
    begins with a comma or 的, the text has lost words at its line breaks, and no lines are joined.

    >>> verse = "床前明月光，\\n疑是地上霜。"
    >>> join_lines(verse).text == verse
    True
    """
    pairs = list(pairwise(lines_of(simplified_copy(text))))
    if any(_LOST_WORDS.match(right) and not _ends_in_paywall_notice(left) for (_, left), (_, right) in pairs):
        return Repaired(text)
    joins = [(start, _join_confidence(left, right)) for (_, left), (start, right) in pairs]
    return apply_edits(
        text, [Edit(start=start - 1, end=start, confidence=confidence) for start, confidence in joins if confidence]
    )


def _join_confidence(left: str, right: str) -> float:
    """Return the confidence that a line continues in the next one, 0 if it does not."""
    if len(left) < MIN_WRAPPED_CHARS or not _LEFT.search(left) or not _RIGHT.match(right) or _NEW_LINE.match(right):
        return 0
    if not re.search("[。！？；]", right) or _ends_in_paywall_notice(left) or _begins_with_paywall_notice(right):
        return 0
    if _COMMA.search(left):
        return 1.0
    return WORD_CONFIDENCE if _UNFINISHED.search(left) and re.search("[。！？]", left) else 0


def _ends_in_paywall_notice(line: str) -> bool:
    edits = drop_stubs(line).edits
    return bool(edits) and edits[-1].end == len(line)


def _begins_with_paywall_notice(line: str) -> bool:
    edits = drop_stubs(line).edits
    return bool(edits) and edits[0].start == 0
