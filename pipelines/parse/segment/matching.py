"""How probable each pair is where pairs compete: everything on either side belongs to at most one of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

Pair = tuple[int, int]
"""A left and a right side, by their numbers; the same number on both sides is two things."""

ROUNDS = 30
"""Rounds of messages, of which each goes one pair further: chains of rivals on a page are shorter."""

SETTLED = 1e-3
"""Messages that change by less than this are done: confidence is told in hundredths."""

MOST = 8.0
"""Nats that a pair counts for at most: beyond them messages take longer to settle, and odds are 3,000 to 1 already."""


def marginals(scores: Mapping[Pair, float]) -> dict[Pair, float]:
    """Return the probability of each pair, out of the log odds that it has where nothing competes with it.

    Every set of pairs in which nothing is twice is as probable as the product of their odds. So a pair loses by rivals
    for either side, and gains where its rivals have better pairs. Exact where the rivalry is a tree, by belief
    propagation on the monomer-dimer model elsewhere (Bayati, Gamarnik et al. 2007). At most one pair of a side has more
    than one half.

    >>> [round(each, 2) for each in marginals({(1, 5): 2.0, (1, 6): 2.0, (2, 6): 4.0}).values()]
    [0.87, 0.02, 0.97]
    """
    odds = {pair: math.exp(min(MOST, score)) for pair, score in scores.items()}
    left, right = dict.fromkeys(odds, 1.0), dict.fromkeys(odds, 1.0)
    for _ in range(ROUNDS):
        before = left
        left = _free(odds, right, side=0)
        right = _free(odds, left, side=1)
        if all(abs(left[pair] - before[pair]) < SETTLED for pair in odds):
            break
    ratios = {pair: each * left[pair] * right[pair] for pair, each in odds.items()}
    return {pair: ratio / (1 + ratio) for pair, ratio in ratios.items()}


def _free(odds: Mapping[Pair, float], others: Mapping[Pair, float], side: int) -> dict[Pair, float]:
    """Return for each pair how probably its one side is free of all others, given how free their other sides are."""
    totals: defaultdict[int, float] = defaultdict(lambda: 1.0)
    weights = {pair: each * others[pair] for pair, each in odds.items()}
    for pair, weight in weights.items():
        totals[pair[side]] += weight
    return {pair: 1 / (totals[pair[side]] - weight) for pair, weight in weights.items()}
