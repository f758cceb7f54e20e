"""Probabilities of competing pairs, compared with an enumeration of all matchings."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse.segment.matching import Pair, marginals

SCORES = st.floats(-4, 8)


def enumerated(scores: dict[Pair, float]) -> dict[Pair, float]:
    """Return the probability of each pair, summed over all matchings."""
    found, total = dict.fromkeys(scores, 0.0), 0.0
    for size in range(len(scores) + 1):
        for pairs in itertools.combinations(scores, size):
            if len({left for left, _ in pairs}) == len({right for _, right in pairs}) == size:
                weight = math.exp(sum(scores[pair] for pair in pairs))
                total += weight
                found |= {pair: found[pair] + weight for pair in pairs}
    return {pair: each / total for pair, each in found.items()}


@given(st.lists(SCORES, min_size=1, max_size=7))
def test_probabilities_are_exact_if_the_competition_is_a_chain(values: list[float]) -> None:
    scores = {(number // 2, (number + 1) // 2): value for number, value in enumerate(values)}
    computed, true = marginals(scores), enumerated(scores)
    assert all(abs(computed[pair] - true[pair]) < 0.02 for pair in scores)


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), SCORES, max_size=12))
def test_nothing_is_in_two_pairs_with_more_than_even_odds(scores: dict[Pair, float]) -> None:
    likely = [pair for pair, each in marginals(scores).items() if each > 0.51]
    assert len({left for left, _ in likely}) == len({right for _, right in likely}) == len(likely)


def test_competition_lowers_a_probability_and_better_alternatives_raise_it() -> None:
    alone, contested = marginals({(0, 0): 1.0}), marginals({(0, 0): 1.0, (0, 1): 1.0})
    freed = marginals({(0, 0): 1.0, (0, 1): 1.0, (1, 1): 6.0})
    assert contested[0, 0] < freed[0, 0] < alone[0, 0]
    assert freed[0, 1] < 0.01
