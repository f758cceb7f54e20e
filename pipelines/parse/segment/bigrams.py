"""What texts have in common, by the pairs of hanzi that stand together in them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Protocol


class Language(Protocol):
    """What is known of Chinese in general; a module will do."""

    def seam(self, left: str, right: str) -> float:
        """Return how much more likely two pieces of text are as one than apart, in nats."""

    def rarity(self, pair: str) -> float:
        """Return how much of a coincidence it is that two texts share a pair of hanzi, in nats from 0."""


ABOUT = 0.5
"""Share of a sentence's pairs of hanzi that an article must have for the sentence to be the caption of its picture:
captions say again what the text says, a last paragraph has under a third."""

PARTLY = 0.3
"""The same for one that may be: of the last halves of paragraphs one in five has as much."""

_HANZI = re.compile(r"[\u4e00-\u9fff]+")


def pairs_of(text: str) -> frozenset[str]:
    """Return all pairs of hanzi that stand together in a text: most words have two.

    >>> sorted(pairs_of("志愿者、巫丹"))
    ['巫丹', '志愿', '愿者']
    """
    return frozenset(run[at : at + 2] for run in _HANZI.findall(text) for at in range(len(run) - 1))


def share(text: str, others: Iterable[str]) -> float:
    """Return the share of a text's pairs of hanzi that stand in others, from 0 to 1."""
    pairs = pairs_of(text)
    return len(pairs & frozenset().union(*map(pairs_of, others))) / (len(pairs) or 1)


def common(pairs: Iterable[str], language: Language) -> float:
    """Return what pairs that two texts share tell of their subject: the rarer the more, and each one more the less."""
    return math.log1p(sum(map(language.rarity, pairs)) / 2)
