"""What texts have in common, measured by their bigrams: pairs of hanzi that stand next to each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Protocol


class LanguageModel(Protocol):
    """General knowledge of Chinese that segmentation needs; `pipelines.parse.repair.language_model` implements it."""

    def join_gain(self, left: str, right: str) -> float:
        """Return by how many nats two pieces of text are likelier as one text than as two."""

    def pair_rarity(self, pair: str) -> float:
        """Return how unlikely it is, in nats from 0, that two texts share a pair of hanzi by chance."""


MIN_CAPTION_SHARE = 0.5
"""Share of a sentence's bigrams that an article must have for the sentence to be the caption of its picture. Captions
repeat what the text says; of the bigrams of a last paragraph, under a third stand elsewhere in its article."""

_HANZI = re.compile(r"[\u4e00-\u9fff]+")


def bigrams_of(text: str) -> frozenset[str]:
    """Return all pairs of adjacent hanzi in a text: most words have two hanzi.

    >>> sorted(bigrams_of("志愿者、巫丹"))
    ['巫丹', '志愿', '愿者']
    """
    return frozenset(run[at : at + 2] for run in _HANZI.findall(text) for at in range(len(run) - 1))


def share_in(text: str, others: Iterable[str]) -> float:
    """Return the share of a text's bigrams that occur in other texts, from 0 to 1."""
    bigrams = bigrams_of(text)
    return len(bigrams & frozenset().union(*map(bigrams_of, others))) / (len(bigrams) or 1)


def shared_rarity(bigrams: Iterable[str], language: LanguageModel) -> float:
    """Return how strongly shared bigrams suggest that two texts have the same subject.

    Rare bigrams count more, and each additional one counts less.
    """
    return math.log1p(sum(map(language.pair_rarity, bigrams)) / 2)
