"""What a text is worth, as one number with its parts: how damaged, how Chinese, how complete, how long."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.model import Parts, Quality, Repair

HARM = 20
"""How many characters around it a damaged one spoils: at 5 % damage no sentence is whole, and the text is worth 0."""

ENOUGH = 200
"""Characters from which a text is read with certainty: on 340 real pages extraction fails mostly on shorter ones (of
trafilatura's bodies F1 is .56 under 200 characters)."""

SHORTEST = 0.5
"""What the shortest text is worth by its length: notices of one line are mostly right."""

PREVIEW = 0.5
"""What a text is worth that is known to be cut, but not by how much; previews show a third to two thirds."""

_DAMAGE = re.compile(
    "[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\x80-\x9f]|(?:[锟錕]斤拷)+[锟錕]?|(?:烫烫|燙燙){2,}|(?:屯屯){2,}|[\u00c0-\u00ff]{3,}"
)
_SUSPECT = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\x80-\x9f\u00c0-\u00ff锟錕烫燙屯]")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_LETTERS = re.compile(r"[^\W\d_]+")


def score(parts: Parts) -> float:
    """Return the product of a text's parts, to three digits.

    >>> score(Parts(intact=1, chinese=0.9, complete=0.5, length=1))
    0.45
    """
    return round(parts.intact * parts.chinese * parts.complete * parts.length, 3)


def parts_of(text: str, quality: Quality, repairs: Iterable[Repair]) -> Parts:
    """Return what the score of a text is made of.

    >>> parts_of("春耕" * 100, Quality(full_chars=400, shown_chars=200), ()).complete
    0.5
    """
    letters = _count(_LETTERS, text) or 1
    size = len(text) or 1
    return Parts(
        intact=_share(1 - HARM * damage(text, repairs) / size),
        chinese=_share(_count(_CHINESE, text) / letters),
        complete=_share(_shown(size, quality) - quality.masked_chars / size),
        length=_share(SHORTEST + (1 - SHORTEST) * min(1, len(text) / ENOUGH)) if text else 0.0,
    )


def damage(text: str, repairs: Iterable[Repair] = ()) -> float:
    """Return how many characters of a text are lost or in doubt: repairs that are guesses count by their doubt.

    >>> damage("市\ufffd局锟斤拷")
    4.0
    """
    lost = _count(_DAMAGE, text) if _SUSPECT.search(text) else 0
    doubt = sum((1 - made.confidence) * len(made.after.strip()) for made in repairs)
    return float(lost + doubt)


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))


def _shown(size: int, quality: Quality) -> float:
    """Return the share of the whole text that a page shows."""
    if quality.full_chars:
        return min(1.0, (quality.shown_chars or size) / quality.full_chars)
    if quality.omitted_chars:
        return size / (size + quality.omitted_chars)
    return PREVIEW if quality.truncated else 1.0


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)
