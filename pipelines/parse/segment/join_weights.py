"""The weight of each feature of a paragraph join, in nats: how likely it is that one paragraph continues in another.

A total of 0 means that joining is as likely as not joining. `python -m tests.benchmarks.joins` fits all weights
together, by maximum likelihood, to pages composed of written articles and of a newspaper's articles, and prints them
beside these. The weights here are its results, rounded, except one that is set by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    # how the left paragraph ends and the right one begins
    "join-gain": 0.7,  # per nat by which both are likelier as one text than as two
    "closed": 6.3,  # the left opens a quotation or bracket that the right closes: nothing else can close it
    "open": -2.9,  # the left opens one that the right does not close: broken again, or it spans several paragraphs
    "may-end": -8.2,  # the left ends in a closing mark, with which complete paragraphs end as well
    "short-left": -5.5,  # the left is shorter than a line of a column; columns break off at the end of a line
    "lone-char": 6.3,  # the right begins with the rest of a name and a comma; set by hand, as few pages have it
    "number-continues": 4.6,  # the left ends in a number; the right continues it, or begins with what was counted
    "number-ends": -0.5,  # the left ends in a number; the right does neither
    "beginning": 2.1,  # per nat of `join_evidence.BEGINNING_NATS`
    # the right is the next paragraph under the same headline
    "next": 3.3,  # columns are mostly read in their order
    "sentence": 1.0,  # the right is a single sentence, as the rests of paragraphs mostly are
    "heading": -6.3,  # the left looks like a subhead
    "heading-join-gain": 1.1,  # per nat of "join-gain" above 0 after such a left
    # a sentence that may be a picture's caption stands between both
    "across-caption": -3.9,
    "caption-alike": 3.3,  # half of the bigrams of that sentence occur around it
    "caption-shared": 1.3,  # per unit of `shared_rarity` of that sentence and the text around it
    "caption-fresh": -0.4,  # the right begins as most paragraphs do
    # the right stands under another headline
    "other-headline": 1.0,  # most broken ends continue somewhere
    "headlines-between": -1.1,  # per additional headline in between
    "fresh": -2.2,  # the right begins as most paragraphs do: after others, it is a new paragraph
    "maybe-caption": -1.1,  # the right is a sentence that says what the left's article says, and more text follows it
    # `shared_rarity` of the right and what follows it with the left's article, without what precedes the right
    "shared-with-left": 1.8,
    "rest-shared-with-before": -0.8,  # `shared_rarity` of these with only what precedes the right
    "shared-with-before": -2.0,  # `shared_rarity` of the right alone with only what precedes it
    "bigram-repeats": 2.6,  # the two hanzi at the break are adjacent elsewhere in the article: a name, or a part of one
}


def join_score(features: Mapping[str, float]) -> float:
    """Return the log odds of a join, in nats: the sum of its features, each times its weight.

    Features are given by name: 1 or 0, or an amount.

    >>> round(join_score({"next": 1, "sentence": 1}), 1)
    4.3
    """
    return sum(WEIGHTS[name] * value for name, value in features.items() if value)
