"""The word list is that of wordfreq, whose data file is read without the package."""

from __future__ import annotations

import math
from itertools import pairwise

from wordfreq import get_frequency_dict

from pipelines.parse.repair.word_likelihood import FIRST_HANZI, word_list


def test_words_and_probabilities_are_those_of_wordfreq() -> None:
    expected = get_frequency_dict("zh", wordlist="large")
    assert word_list() == {word: math.log(share) for word, share in expected.items() if word >= FIRST_HANZI}


def test_the_likeliest_words_are_first() -> None:
    assert all(one >= two for one, two in pairwise(word_list().values()))
