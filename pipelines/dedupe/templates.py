"""Templates: whether two texts are the same form filled in twice, the same words with other figures and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MIN_DIFFERENCES = 2
"""Minimum number of figures and words that differ between two fillings of a template: a reprint may correct one."""

MIN_DIFFERENCES_PER_TYPO = 1
"""Minimum number of differing figures and words for each wrong character elsewhere. Where one character in twenty is
wrong, one in four of the wrong ones is in a figure or beside another wrong one."""

MIN_FIGURE_CLAUSE_SHARE = 1 / 3
"""Minimum share of the clauses with figures whose figures differ. It is a sixth where one character in twenty is wrong,
and most of them in two fillings of a template."""

MIN_DIFFERING_CLAUSE_SHARE = 0.1
"""Minimum share of all clauses that both texts have in which a word or a figure differs."""

MIN_COMMON_CHAR_SHARE = 0.5
"""Minimum share of common characters of two clauses that are one clause filled in differently."""

MAX_CLAUSES_AHEAD = 8
"""Clauses that are searched for the counterpart of one: more than anybody inserts between two clauses of a template."""

_FIGURE = re.compile(r"\d+")
_DATELINE = re.compile(r"^.{1,30}?(?:讯|消息|日电)(?=.)")


_Pairs = set[tuple[str, str]]
"""Pairs: what one text has, and what the other text has in its place."""


class _Differences(NamedTuple):
    """What differs between two clauses: figures, words of two characters or more, and how many single characters."""

    figures: _Pairs
    words: _Pairs
    typos: int


def same_template(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two similar texts, given as clauses, share only a template.

    What counts are clauses that both texts have, with other figures or another word in the same place. Clauses that
    only one of them has do not count, nor does the dateline. A word that an editor replaced throughout counts once.

    >>> form = "因道路施工|{}封闭|请绕行{}|请听从交警指挥|特此通告".format
    >>> same_template(form("3月4日", "学府路").split("|"), form("5月20日", "人民大道").split("|"))
    True
    >>> same_template(form("3月4日", "学府路").split("|"), [*form("3月4日", "学府路").split("|"), "编辑王建国"])
    False
    """
    equal, pairs = _aligned(_without_dateline(one), _without_dateline(other))
    changes = [_differences(*pair) for pair in pairs]
    filled = set[tuple[str, str]]().union(*(each.figures | each.words for each in changes))
    if len(filled) < max(MIN_DIFFERENCES, MIN_DIFFERENCES_PER_TYPO * sum(each.typos for each in changes)):
        return False
    refigured = sum(bool(each.figures) for each in changes)
    numbered = sum(bool(_FIGURE.search(clause)) for clause in (*equal, *(old for old, _ in pairs)))
    reworded = sum(bool(each.figures | each.words) for each in changes)
    return refigured >= max(1, MIN_FIGURE_CLAUSE_SHARE * numbered) or min(
        reworded, len(filled)
    ) >= MIN_DIFFERING_CLAUSE_SHARE * (len(equal) + len(pairs))


def _without_dateline(text: Sequence[str]) -> list[str]:
    return [_DATELINE.sub("", text[0]), *text[1:]] if text else []


def without_figures(clause: str) -> str:
    """Return a clause with each figure replaced by 0.

    >>> without_figures("封闭人民路12天")
    '封闭人民路0天'
    """
    return _FIGURE.sub("0", clause)


def _aligned(one: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the clauses that both texts have, and the pairs of clauses that replace each other."""
    equal, pairs = list[str](), list[tuple[str, str]]()
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            equal += one[i:j]
        elif tag == "replace":
            pairs += _paired(one[i:j], other[k:m])
    return equal, pairs


def _paired(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield clauses with their counterparts.

    Two runs of equal length are paired by position; otherwise a clause is paired with the most similar one among the
    next clauses behind the last counterpart.
    """
    if len(one) == len(other):
        yield from (pair for pair in zip(one, other, strict=True) if _common_char_share(*pair) >= MIN_COMMON_CHAR_SHARE)
        return
    at = 0
    for clause in one:
        shares = [_common_char_share(clause, each) for each in other[at : at + MAX_CLAUSES_AHEAD]]
        if shares and max(shares) >= MIN_COMMON_CHAR_SHARE:
            at += shares.index(max(shares)) + 1
            yield clause, other[at - 1]


def _common_char_share(one: str, other: str) -> float:
    """Return the share of the common characters of two clauses; 0 if their lengths differ too much for a pair."""
    if min(len(one), len(other)) < MIN_COMMON_CHAR_SHARE * max(len(one), len(other)):
        return 0.0
    return sum(min(one.count(char), other.count(char)) for char in {*one} & {*other}) / max(len(one), len(other))


def _differences(one: str, other: str) -> _Differences:
    words, typos = _Pairs(), 0
    left, right = without_figures(one), without_figures(other)
    changes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes() if left != right else ()
    for tag, i, j, k, m in changes:
        if tag == "replace" and min(j - i, m - k) > 1:
            words.add((left[i:j], right[k:m]))
        elif tag != "equal" and max(j - i, m - k) == 1:
            typos += 1
    figures = zip(_FIGURE.findall(one), _FIGURE.findall(other), strict=False)
    return _Differences(figures={(old, new) for old, new in figures if old != new}, words=words, typos=typos)
