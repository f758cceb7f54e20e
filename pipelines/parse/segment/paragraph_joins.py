"""Decides which paragraphs of a page continue in which others: newspaper columns break off in mid-sentence.

`JoinCandidates` lists the possible continuations of each paragraph with their features, `join_score` weighs the
features, and `marginals` turns the scores of competing joins into probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from pipelines.parse.segment.bigrams import LanguageModel
from pipelines.parse.segment.join_candidates import JoinCandidates, Paragraph
from pipelines.parse.segment.join_weights import join_score
from pipelines.parse.segment.matching import Pair, marginals

MIN_JOIN_PROBABILITY = 0.88
"""Smallest probability of a join that is made, with competing joins taken into account: on pages with all kinds of
damage 99 of 100 joins are then right."""

MIN_COMPETING_NATS = -4.0
"""Pairs with a score below this do not compete with others."""


@frozen(kw_only=True)
class ParagraphJoin:
    """A paragraph that continues in another, by the numbers of their blocks; `confidence` is its probability."""

    left: int
    right: int
    confidence: float


def find_joins(paragraphs: Sequence[Paragraph], language: LanguageModel) -> tuple[ParagraphJoin, ...]:
    """Return the joins of a page's paragraphs, which are given in reading order; each has at most one on either side.

    All possible continuations compete with each other and with none at all. So where one broken beginning remains for
    one open end, less evidence is enough than where two remain.
    """
    candidates, scores = JoinCandidates(paragraphs, language), dict[Pair, float]()
    for position, left in enumerate(paragraphs):
        continuations = candidates.continuations_of(position)
        scores |= {(left.number, right.number): join_score(features) for right, features in continuations}
    probabilities = marginals({pair: score for pair, score in scores.items() if score > MIN_COMPETING_NATS})
    return tuple(
        ParagraphJoin(left=left, right=right, confidence=round(probabilities[left, right], 2))
        for left, right in sorted(probabilities, key=lambda pair: pair[1])
        if probabilities[left, right] >= MIN_JOIN_PROBABILITY
    )
