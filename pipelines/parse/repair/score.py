"""The quality score of a text and its four parts: intact, Chinese, complete, long enough."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.model import Parts, Quality, Repair

CHARS_SPOILED_PER_DAMAGED = 20
"""Number of characters that one damaged character spoils: with 5 % damage no sentence is intact, and the score is 0."""

FULL_SCORE_CHARS = 200
"""Length, in characters, from which the length does not lower the score. On 340 real pages extraction fails mostly on
shorter texts (F1 of trafilatura's bodies is .56 under 200 characters)."""

MIN_LENGTH_SCORE = 0.5
"""The length part of the shortest text: notices of one line are mostly right."""

PREVIEW_SCORE = 0.5
"""The completeness of a text that is known to be cut by an unknown amount: previews show a third to two thirds."""

_DAMAGE = re.compile(
    r"""
      [\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\x80-\x9f]  # replacement, private-use and control characters
    | (?:[锟錕]斤拷)+[锟錕]?                               # U+FFFD in UTF-8, read as GBK
    | (?:烫烫|燙燙){2,} | (?:屯屯){2,}                     # uninitialised memory, read as GBK
    | [\u00c0-\u00ff]{3,}                                  # GBK or UTF-8, read as Latin-1
    """,
    re.VERBOSE,
)
_SUSPECT = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\x80-\x9f\u00c0-\u00ff锟錕烫燙屯]")
"""Every match of `_DAMAGE` contains one of these characters: a quick test."""

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_LETTERS = re.compile(r"[^\W\d_]+")


def score(parts: Parts) -> float:
    """Return the product of the parts, rounded to three digits.

    >>> score(Parts(intact=1, chinese=0.9, complete=0.5, length=1))
    0.45
    """
    return round(parts.intact * parts.chinese * parts.complete * parts.length, 3)


def score_parts(text: str, quality: Quality, repairs: Iterable[Repair]) -> Parts:
    """Return the parts of a text's score, each from 0 to 1.

    >>> score_parts("春耕" * 100, Quality(full_chars=400, shown_chars=200), ()).complete
    0.5
    """
    letters = _matched_chars(_LETTERS, text) or 1
    size = len(text) or 1
    length = MIN_LENGTH_SCORE + (1 - MIN_LENGTH_SCORE) * min(1, len(text) / FULL_SCORE_CHARS)
    return Parts(
        intact=_clamped(1 - CHARS_SPOILED_PER_DAMAGED * damaged_chars(text, repairs) / size),
        chinese=_clamped(_matched_chars(_CHINESE, text) / letters),
        complete=_clamped(_shown_share(size, quality) - quality.masked_chars / size),
        length=_clamped(length) if text else 0.0,
    )


def damaged_chars(text: str, repairs: Iterable[Repair] = ()) -> float:
    """Return how many characters of a text are lost or doubtful; a guessed character counts as its doubt.

    >>> damaged_chars("市\ufffd局锟斤拷")
    4.0
    """
    lost = _matched_chars(_DAMAGE, text) if _SUSPECT.search(text) else 0
    doubt = sum((1 - repair.confidence) * len(repair.after.strip()) for repair in repairs)
    return float(lost + doubt)


def _matched_chars(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))


def _shown_share(size: int, quality: Quality) -> float:
    """Return the share of the whole text that the page shows."""
    if quality.full_chars:
        return min(1.0, (quality.shown_chars or size) / quality.full_chars)
    if quality.omitted_chars:
        return size / (size + quality.omitted_chars)
    return PREVIEW_SCORE if quality.truncated else 1.0


def _clamped(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)
