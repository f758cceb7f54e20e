"""Whether two texts are one, by the words across the seam between them and by those that both have."""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Mapping

from pipelines.parse.repair.word_likelihood import COMMON, LONGEST, NEAR, likelihood, listed
from pipelines.text.script import folded

BROKEN = 0.6
"""What each nat counts against a seam that no word spans by which the left side breaks off inside of one: many texts
end with what longer words begin with."""

MOST = 8.0
"""The most that counts so, in nats."""

RARE = -15.0
"""Of the rarest word that is looked for to go on: rarer ones are names and make no difference."""

EVERYWHERE = -8.5
"""Of the rarest pairs of hanzi that any two texts may share, in nats: 工作, 会议 and some 400 more are likelier."""

RAREST = 4.0
"""The most that a shared pair says: pairs that are in one name or phrase are not shared by themselves."""

UNLISTED, APIECE = -12.0, -3.0
"""Of pairs that are no words: at most, and beside half of what both hanzi cost."""

KEPT = 1 << 14
"""Pieces and pairs of which is remembered what they are worth: a page of ten articles has some 3,000 pairs."""


def seam(left: str, right: str) -> float:
    """Return how much more likely two pieces are as one text than apart, in nats: above 0 where a word spans the seam.

    Below 0 where the left one breaks off inside a word with which the right one does not go on.

    >>> seam("要加强部", "门之间的协作") > 3 > 0 > seam("正在建设的污水处", "要抓落实")
    True
    """
    left, right = left[-NEAR:], right[:NEAR]
    return likelihood(left + right) - _alone(left) - _alone(right) - BROKEN * _broken(left)


@functools.lru_cache(KEPT)
def rarity(pair: str) -> float:
    """Return how much of a coincidence it is that two texts have a pair of hanzi in common, in nats from 0.

    >>> rarity("剪纸") > rarity("公园") > rarity("工作") == 0
    True
    """
    words = listed()
    known = words.get(folded(pair))
    if known is None:
        known = min(UNLISTED, sum(words.get(folded(char), COMMON) for char in pair) / 2 + APIECE)
    return max(0.0, min(RAREST, EVERYWHERE - known))


@functools.lru_cache(KEPT)
def _alone(text: str) -> float:
    return likelihood(text)


@functools.lru_cache(KEPT)
def _broken(text: str) -> float:
    """Return how much more likely a text is one that breaks off inside a word than one that ends with it, in nats."""
    text, whole, begun = folded(text), likelihood(text), _beginnings()
    told = [(size, begun[text[-size:]]) for size in range(1, min(LONGEST, len(text) + 1)) if text[-size:] in begun]
    odds = sum(math.exp(min(MOST, likelihood(text[:-size]) + known - whole)) for size, known in told)
    return min(MOST, math.log1p(odds))


@functools.cache
def _beginnings() -> Mapping[str, float]:
    """Return what words begin with, with the log probability of all words that do: 0.1 s, once in a process."""
    shares: defaultdict[str, float] = defaultdict(float)
    for word, known in listed().items():
        for size in range(1, len(word) if known > RARE else 0):
            shares[word[:size]] += math.exp(known)
    return {begun: math.log(share) for begun, share in shares.items()}
