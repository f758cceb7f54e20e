"""Which paragraphs of a page go on in which others: columns that break off in mid-sentence."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from pipelines.parse.segment.bigrams import Language
from pipelines.parse.segment.join_candidates import Paragraph, Ways
from pipelines.parse.segment.join_weights import score
from pipelines.parse.segment.matching import Pair, marginals

LEAST = 0.88
"""How probable a join is at least, what competes for either side taken into account: so that of 100 joins on pages with
all kinds of harm 99 are right."""

FLOOR = -4.0
"""Pairs that score less compete with none."""


@frozen(kw_only=True)
class Join:
    """A paragraph that goes on in another, by the numbers of their blocks, and how probable that is."""

    left: int
    right: int
    confidence: float


def joins(paragraphs: Sequence[Paragraph], language: Language) -> tuple[Join, ...]:
    """Return the joins of a page's paragraphs, given in reading order; each has at most one on either side.

    All ways to go on compete with each other, and with not going on at all: where one torn beginning remains for one
    open end, less evidence is enough than where two do.
    """
    ways, scores = Ways(paragraphs, language), dict[Pair, float]()
    for at, left in enumerate(paragraphs):
        scores |= {(left.number, right.number): score(signs) for right, signs in ways.behind(at)}
    found = marginals({pair: points for pair, points in scores.items() if points > FLOOR})
    return tuple(
        Join(left=left, right=right, confidence=round(found[left, right], 2))
        for left, right in sorted(found, key=lambda pair: pair[1])
        if found[left, right] >= LEAST
    )
