"""Whether two texts are one form filled in twice: in the same words with other figures and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

FILLED = 2
"""Figures and words that are others in two texts of one form: in a reprint one figure may have been corrected."""

SPREAD = 1
"""How many of them there are at least for each wrong character elsewhere: where one character in twenty is wrong, one
in four of these stands in a figure or beside another."""

FIGURES = 1 / 3
"""From this share on of the clauses with figures in them the figures are others: with one character in twenty wrong it
is a sixth, in two filled forms most."""

WORDS = 0.1
"""The same for clauses that have another word or figure, of all clauses that both texts have."""

RELATED = 0.5
"""From this share of common characters on, two clauses are one that was filled in differently."""

AHEAD = 8
"""Clauses in which the other form of one is looked for: more than anybody puts between two of a form."""

_FIGURE = re.compile(r"\d+")
_DATELINE = re.compile(r"^.{1,30}?(?:讯|消息|日电)(?=.)")


_Words = set[tuple[str, str]]
"""What stands in one text, and what in the other in its place."""


class _Changes(NamedTuple):
    """The figures that are others in one clause than in another, the words of two characters or more, and how many
    single characters are."""

    figures: _Words
    words: _Words
    typos: int


def same_form(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two texts that are alike, as clauses, are alike only in their form.

    Numbers and names weigh: what counts are clauses that both have, with other figures or another word in the same
    place. What one has and the other has not does not count, nor does the dateline; a word that an editor replaces
    throughout counts once.

    >>> form = "因道路施工|{}封闭|请绕行{}|请听从交警指挥|特此通告".format
    >>> same_form(form("3月4日", "学府路").split("|"), form("5月20日", "人民大道").split("|"))
    True
    >>> same_form(form("3月4日", "学府路").split("|"), [*form("3月4日", "学府路").split("|"), "编辑王建国"])
    False
    """
    equal, pairs = _aligned(_undated(one), _undated(other))
    changes = [_changes(*pair) for pair in pairs]
    filled = set[tuple[str, str]]().union(*(each.figures | each.words for each in changes))
    if len(filled) < max(FILLED, SPREAD * sum(each.typos for each in changes)):
        return False
    refigured = sum(bool(each.figures) for each in changes)
    numbered = sum(bool(_FIGURE.search(clause)) for clause in (*equal, *(old for old, _ in pairs)))
    reworded = sum(bool(each.figures | each.words) for each in changes)
    return refigured >= max(1, FIGURES * numbered) or min(reworded, len(filled)) >= WORDS * (len(equal) + len(pairs))


def _undated(text: Sequence[str]) -> list[str]:
    return [_DATELINE.sub("", text[0]), *text[1:]] if text else []


def frame(clause: str) -> str:
    """Return a clause with its figures struck out.

    >>> frame("封闭人民路12天")
    '封闭人民路0天'
    """
    return _FIGURE.sub("0", clause)


def _aligned(one: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the clauses that both have, and those that stand in for each other."""
    equal, pairs = list[str](), list[tuple[str, str]]()
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            equal += one[i:j]
        elif tag == "replace":
            pairs += _paired(one[i:j], other[k:m])
    return equal, pairs


def _paired(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield clauses that differ with what stands in their place: the same one of as many, or else the one most like it
    of those that follow what was found before."""
    if len(one) == len(other):
        yield from (pair for pair in zip(one, other, strict=True) if _related(*pair) >= RELATED)
        return
    at = 0
    for clause in one:
        shares = [_related(clause, each) for each in other[at : at + AHEAD]]
        if shares and max(shares) >= RELATED:
            at += shares.index(max(shares)) + 1
            yield clause, other[at - 1]


def _related(one: str, other: str) -> float:
    return (Counter(one) & Counter(other)).total() / max(len(one), len(other))


def _changes(one: str, other: str) -> _Changes:
    words, typos = _Words(), 0
    left, right = frame(one), frame(other)
    for tag, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "replace" and min(j - i, m - k) > 1:
            words.add((left[i:j], right[k:m]))
        elif tag != "equal" and max(j - i, m - k) == 1:
            typos += 1
    figures = zip(_FIGURE.findall(one), _FIGURE.findall(other), strict=False)
    return _Changes(figures={(old, new) for old, new in figures if old != new}, words=words, typos=typos)
