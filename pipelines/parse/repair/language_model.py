"""How likely two pieces of text are one text, and how telling it is that two texts share a pair of hanzi.

This module is passed to `pipelines.parse.segment.segment`, where it implements the protocol `LanguageModel`.
"""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Mapping

from pipelines.parse.repair.word_likelihood import (
    CONTEXT_CHARS,
    HANZI,
    MAX_WORD_CHARS,
    MIN_COMMON_CHAR_NATS,
    likelihood,
    word_list,
)
from pipelines.text.script import fold_to_simplified

BROKEN_WORD_WEIGHT = 0.6
"""Weight of the evidence that the left piece breaks off inside a word which the right piece does not continue. It is
below 1 because many texts end in characters with which longer words begin."""

MAX_BROKEN_NATS = 8.0
"""Upper limit of that evidence, in nats."""

MIN_CONTINUING_WORD_NATS = -15.0
"""Log probability of the rarest word that counts as a possible continuation: rarer ones are names and make no
difference."""

UBIQUITOUS_PAIR_NATS = -8.5
"""Log probability of the rarest pair of hanzi that any two texts may share: 工作, 会议 and some 400
more are likelier."""

MAX_PAIR_RARITY_NATS = 4.0
"""Upper limit of what one shared pair counts: pairs of one name or phrase are not shared independently."""

MAX_UNLISTED_PAIR_NATS = -12.0
"""Upper limit of the log probability of a pair that is not a word."""

UNLISTED_PAIR_PENALTY_NATS = -3.0
"""What is added, for such a pair, to half of the sum of the log probabilities of its hanzi."""

CACHE_ENTRIES = 1 << 14
"""Number of pieces and pairs whose values are cached: a page of ten articles has some 3,000 pairs."""


def join_gain(left: str, right: str) -> float:
    """Return by how many nats two pieces are likelier as one text than as two.

    Above 0 where a word spans the break between them; below 0 where the left piece breaks off inside a word that the
    right piece does not continue.

    >>> join_gain("要加强部", "门之间的协作") > 3 > 0 > join_gain("正在建设的污水处", "要抓落实")
    True
    """
    left, right = left[-CONTEXT_CHARS:], right[:CONTEXT_CHARS]
    apart = _cached_likelihood(left), _cached_likelihood(right)
    return likelihood(left + right) - apart[0] - apart[1] - BROKEN_WORD_WEIGHT * _broken_word_nats(left)


@functools.lru_cache(CACHE_ENTRIES)
def pair_rarity(pair: str) -> float:
    """Return how unlikely it is, in nats from 0, that two texts share a pair of hanzi by chance.

    >>> pair_rarity("剪纸") > pair_rarity("公园") > pair_rarity("工作") == 0
    True
    """
    words = word_list()
    nats = words.get(fold_to_simplified(pair))
    if nats is None:
        half = sum(words.get(fold_to_simplified(char), MIN_COMMON_CHAR_NATS) for char in pair) / 2
        nats = min(MAX_UNLISTED_PAIR_NATS, half + UNLISTED_PAIR_PENALTY_NATS)
    return max(0.0, min(MAX_PAIR_RARITY_NATS, UBIQUITOUS_PAIR_NATS - nats))


@functools.lru_cache(CACHE_ENTRIES)
def _cached_likelihood(text: str) -> float:
    return likelihood(text)


@functools.lru_cache(CACHE_ENTRIES)
def _broken_word_nats(text: str) -> float:
    """Return by how many nats a text is likelier to break off inside a word than to end with its last word."""
    text, whole, beginnings = fold_to_simplified(text), likelihood(text), _word_beginnings()
    sizes = range(1, min(MAX_WORD_CHARS, len(text) + 1))
    broken = [(size, beginnings[text[-size:]]) for size in sizes if text[-size:] in beginnings]
    odds = sum(math.exp(min(MAX_BROKEN_NATS, likelihood(text[:-size]) + nats - whole)) for size, nats in broken)
    return min(MAX_BROKEN_NATS, math.log1p(odds))


@functools.cache
def _word_beginnings() -> Mapping[str, float]:
    """Return the beginnings of words, each with the log probability of all words that begin so.

    Takes 0.06 s, once in each process.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    for word, nats in word_list().items():
        if nats <= MIN_CONTINUING_WORD_NATS:  # the likeliest words are first
            break
        for size in range(1, len(word) if HANZI.match(word) and len(word) <= MAX_WORD_CHARS else 0):
            shares[word[:size]] += math.exp(nats)
    return {beginning: math.log(share) for beginning, share in shares.items()}
