"""The probability of each pair in a matching: pairs compete, because everything belongs to at most one pair."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

Pair = tuple[int, int]
"""The numbers of a left and a right side. The same number on both sides denotes two different things."""

MAX_ROUNDS = 30
"""Largest number of rounds of messages. Each round reaches one pair further, and chains of competing pairs on a page
are shorter."""

MAX_CHANGE = 1e-3
"""Change of messages below which they have converged: confidence is given in hundredths."""

MAX_SCORE_NATS = 8.0
"""Upper limit of a pair's score, in nats: larger scores only slow down convergence, as the odds are 3,000 to 1
already."""


def marginals(scores: Mapping[Pair, float]) -> dict[Pair, float]:
    """Return the probability of each pair, given its log odds without competition.

    The probability of a matching (a set of pairs in which nothing occurs twice) is proportional to the product of the
    odds of its pairs. So competing pairs make a pair less probable, and better alternatives for these make it more
    probable. The result is exact if the competition forms a tree; elsewhere it is approximated by belief propagation on
    the monomer-dimer model (Bayati, Gamarnik et al. 2007). At most one pair of each side has more than one half.

    >>> [round(each, 2) for each in marginals({(1, 5): 2.0, (1, 6): 2.0, (2, 6): 4.0}).values()]
    [0.87, 0.02, 0.97]
    """
    odds = {pair: math.exp(min(MAX_SCORE_NATS, score)) for pair, score in scores.items()}
    left, right = dict.fromkeys(odds, 1.0), dict.fromkeys(odds, 1.0)
    for _ in range(MAX_ROUNDS):
        previous = left
        left = _free_probabilities(odds, right, side=0)
        right = _free_probabilities(odds, left, side=1)
        if all(abs(left[pair] - previous[pair]) < MAX_CHANGE for pair in odds):
            break
    ratios = {pair: pair_odds * left[pair] * right[pair] for pair, pair_odds in odds.items()}
    return {pair: ratio / (1 + ratio) for pair, ratio in ratios.items()}


def _free_probabilities(odds: Mapping[Pair, float], other_side: Mapping[Pair, float], side: int) -> dict[Pair, float]:
    """Return for each pair the probability that its one side is in no other pair, given those of the other sides."""
    totals: defaultdict[int, float] = defaultdict(lambda: 1.0)
    weights = {pair: pair_odds * other_side[pair] for pair, pair_odds in odds.items()}
    for pair, weight in weights.items():
        totals[pair[side]] += weight
    return {pair: 1 / (totals[pair[side]] - weight) for pair, weight in weights.items()}
