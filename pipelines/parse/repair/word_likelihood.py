"""How likely a piece of Chinese text is, computed from the frequencies of its words.

All numbers that end in `_NATS` are log probabilities (natural logarithm): closer to 0 is more likely.
"""

from __future__ import annotations

import functools
import gzip
import importlib.metadata
import math
import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import msgpack
from attrs import define, field, frozen

from pipelines.text.script import fold_to_simplified

MAX_WORD_CHARS = 6
"""Length of the longest word that is looked up, in characters. Longer words are under 2 % of the word list, and its
rarest."""

UNKNOWN_CHAR_NATS = -24.0
"""A character that is not in the word list. The rarest listed one is at -18; unlisted ones can occur in names."""

FUNCTION_WORD_NATS = -7.0
"""The rarest hanzi that is a word by itself everywhere, such as 的, 在, 将. About a hundred hanzi are likelier."""

LONE_HANZI_NATS = -2.0
"""Penalty for every other hanzi that stands as a word by itself: the word list also counts it in names and in parts of
words."""

MARK_NATS = {
    **dict.fromkeys("，,", -3.0),
    **dict.fromkeys("。、", -4.0),
    **dict.fromkeys("“”：:0123456789", -5.0),
    **dict.fromkeys("《》（）()；;！!？? .%％-—·…\n", -6.0),
    **dict.fromkeys("‘’【】「」『』〈〉", -7.0),
}
"""Punctuation marks of prose, and digits: roughly their shares among the words and marks of news."""

CAPITAL_LETTER_NATS = -8.0
"""An ASCII capital letter between hanzi."""

SMALL_LETTER_NATS = -10.0
"""An ASCII small letter between hanzi. Latin words are rare there; a single letter is mostly half of a hanzi."""

NEXT_LETTER_NATS = -4.0
"""A letter after a letter: about 20 letters are about equally likely."""

FULL_WIDTH_NATS = -12.0
"""A full-width letter, digit or sign that is not a punctuation mark: pages that use them use them throughout."""

ASCII_SIGN_NATS = -14.0
"""An ASCII sign that is not a punctuation mark of prose: ^, `, {, |, ~, @, \\."""

FOREIGN_CHAR_NATS = -16.0
"""A character that Chinese prose does not use: kana, Cyrillic, box drawing, bopomofo, €."""

NEVER_FIRST = frozenset("的了着过们吗呢吧得")
"""Hanzi that, as words by themselves, never begin a clause."""

NEVER_LAST = frozenset(
    "在和与从把被将对为就很更最也又都且以于向给让使因每各这其并而但或及该由往当按据凡还才再只不没未已正曾刚太可应须能所之第"
)
"""Hanzi that, as words by themselves, never end a clause."""

OUT_OF_PLACE_NATS = -5.0
"""Penalty for such a hanzi at that place. These are among the likeliest of all words, so guesses for lost halves would
choose them too often without it."""

MIN_COMMON_CHAR_NATS = -15.5
"""The rarest hanzi that news uses: about 5,000 are likelier (GB 2312 has 6,763)."""

CONTEXT_CHARS = 8
"""Number of characters on each side of a place that influence it: longer than any word."""

LOCAL_WORD_NATS = -2.0
"""Penalty for a word that is known only from the text itself, on top of its share: half of these span two words."""

WORD_LIST_FILE = "large_zh.msgpack.gz"
"""The larger of the two Chinese word lists in the distribution of `wordfreq`."""

WORD_LIST_HEADER = {"format": "cB", "version": 1}
"""What this file begins with; `wordfreq.read_cBpack` describes its form. The words follow in lists, each of those with
one probability, in centibels: 10 ** 0, 10 ** -0.01, and so on."""

HANZI = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")

FIRST_HANZI = "\u3400"
"""The first hanzi of Unicode; digits, letters and kana come before it."""

_STOPS = frozenset("，,。、；;！!？?)）\n")
_CLAUSE_BREAKS = _STOPS | frozenset("“‘「『《【(（：:")
_HANZI_RUN = re.compile("[\u3400-\u9fff]{2,}")
_NO_COUNTS: Mapping[str, int] = MappingProxyType({})


class Words(dict[str, float]):
    """The log probabilities of the words of the word list and of a text; -inf for what is no word of either.

    Each is computed once: a search looks up the same sequences thousands of times.
    """

    def __init__(self, of_text: WordCounts | None = None) -> None:
        super().__init__()
        self._of_text = of_text

    def __missing__(self, word: str) -> float:
        known = word_list().get(word, -math.inf)
        local = self._of_text.likelihood(word) if self._of_text else None
        nats = self[word] = known if local is None or local < known else local
        return nats


@define
class WordSegmentation:
    """A text that is being cut into words, from the left: its last characters, and its likelihood up to each of them.

    No code changes it, but it is not frozen: a search makes a hundred thousand, and a frozen one takes twice the time.
    """

    last_chars: str = ""
    scores: tuple[float, ...] = (0.0,)
    words: Words = field(factory=Words)

    @property
    def likelihood(self) -> float:
        """The log probability of the whole text so far, cut into words in the likeliest way, in nats."""
        return self.scores[-1]

    def extended(self, text: str, bonus: float = 0.0) -> WordSegmentation:
        """Return the segmentation after more characters; `bonus` (in nats) is added to the last of them."""
        last_chars, scores = self.last_chars, self.scores
        for char in text:
            last_chars, scores = _extend(last_chars, scores, char, self.words)
        return WordSegmentation(last_chars, (*scores[:-1], scores[-1] + bonus) if bonus else scores, self.words)


def likelihood(text: str) -> float:
    """Return the log probability of a text in nats, cut into words in the likeliest way; 0 for an empty text.

    Traditional characters are looked up in their simplified form.

    >>> likelihood("工作人員") > likelihood("肮ぷ魅藛") + 20
    True
    """
    return WordSegmentation().extended(text).likelihood


def fluency(text: str) -> float:
    """Return the log probability per character, in nats: news is between -7 and -3, garbled text below -10.

    >>> fluency("大家辛苦了") > -7 > -10 > fluency("按蠹倚量嗔")
    True
    """
    return likelihood(text) / (len(text) or 1)


@frozen
class WordCounts:
    """How often each sequence of two to four hanzi is in a text, and the number of hanzi in its runs."""

    counts: Mapping[str, int]
    total: int
    changes: Mapping[str, int] = _NO_COUNTS

    def replaced(self, old: str, new: str) -> WordCounts:
        """Return the counts after some lines of the text were replaced; it takes as long as these lines alone."""
        before, after = count_words(old), count_words(new)
        changes = Counter(self.changes)
        changes.update(after.counts)
        changes.subtract(before.counts)
        return WordCounts(self.counts, self.total + after.total - before.total, changes)

    def likelihood(self, word: str) -> float | None:
        """Return the log probability of a sequence as a word of this text; None if it is not in the text."""
        count = self.counts.get(word, 0) + self.changes.get(word, 0)
        return math.log(count / self.total) + LOCAL_WORD_NATS if count else None


def count_words(text: str) -> WordCounts:
    """Return how often each sequence of two to four hanzi is in a text.

    >>> sorted(count_words("巫丹說").counts)
    ['丹说', '巫丹', '巫丹说']
    """
    runs = _HANZI_RUN.findall(fold_to_simplified(text))
    sizes = (2, 3, 4)
    counts = Counter(run[at : at + size] for run in runs for size in sizes for at in range(len(run) - size + 1))
    return WordCounts(counts, sum(map(len, runs)))


@functools.cache
def is_common_char(char: str) -> bool:
    """Return whether a character may be guessed: a hanzi that news uses, or a full-width mark of prose."""
    if HANZI.match(char):
        return word_list().get(fold_to_simplified(char), UNKNOWN_CHAR_NATS) > MIN_COMMON_CHAR_NATS
    return char in MARK_NATS and not char.isascii()


def _extend(last_chars: str, scores: tuple[float, ...], char: str, words: Words) -> tuple[str, tuple[float, ...]]:
    """Return the last characters and the scores after one more character."""
    simplified, single = _as_single_word(char)
    if not simplified:
        before = _before_stop(last_chars, scores, words) if char in _STOPS else scores[-1]
        return char, (before + (NEXT_LETTER_NATS if _is_letter(char) and _is_letter(last_chars) else single),)
    if simplified in NEVER_FIRST and last_chars in _CLAUSE_BREAKS:
        single += OUT_OF_PLACE_NATS
    last_chars = (last_chars + simplified)[-MAX_WORD_CHARS:]
    best = max(scores[-1] + single, _ending_in_word(last_chars, scores, words))
    return last_chars, (*scores[-MAX_WORD_CHARS + 1 :], best)


def _ending_in_word(last_chars: str, scores: tuple[float, ...], words: Words) -> float:
    """Return the log probability of a text that ends in a word of 2+ hanzi; `scores` exclude its last hanzi."""
    longest = min(len(last_chars), len(scores))
    pair = last_chars[-2:]
    if longest < 2 or (words[pair] == -math.inf and pair not in word_ends()):
        return -math.inf
    best = -math.inf
    for size in range(2, longest + 1):
        nats = scores[-size] + words[last_chars[-size:]]
        if nats > best:
            best = nats
    return best


def _before_stop(last_chars: str, scores: tuple[float, ...], words: Words) -> float:
    """Return the log probability of a text before a stop, where single words of `NEVER_LAST` are penalised."""
    last = last_chars[-1:]
    if last not in NEVER_LAST or len(scores) < 2:
        return scores[-1]
    single = scores[-2] + _as_single_word(last)[1]
    word = _ending_in_word(last_chars, scores[:-1], words)
    return scores[-1] - max(single, word) + max(single + OUT_OF_PLACE_NATS, word)


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


@functools.cache
def _as_single_word(char: str) -> tuple[str, float]:
    """Return the simplified form of a hanzi ("" for any other character), and its log probability as a single word."""
    if HANZI.match(char):
        simplified = fold_to_simplified(char)
        nats = word_list().get(simplified, UNKNOWN_CHAR_NATS)
        return simplified, nats + (LONE_HANZI_NATS if nats < FUNCTION_WORD_NATS else 0.0)
    return "", MARK_NATS.get(char, _unlisted_nats(char))


def _unlisted_nats(char: str) -> float:
    """Return the log probability of a character that is neither a hanzi nor in `MARK_NATS`."""
    if not char.isascii():
        return FULL_WIDTH_NATS if "！" <= char <= "～" else FOREIGN_CHAR_NATS
    if char.isalpha():
        return CAPITAL_LETTER_NATS if char.isupper() else SMALL_LETTER_NATS
    return ASCII_SIGN_NATS


@functools.cache
def word_list() -> Mapping[str, float]:
    """Return the words of `wordfreq` with their log probabilities, the likeliest first; a few begin with Hangul.

    Loading takes 0.15 s and 40 MB, once in each process that needs it. The data file is read without `wordfreq`, whose
    import would take 0.08 s more; a pattern that finds hanzi only would take 0.06 s more.
    """
    (file,) = (file for file in importlib.metadata.files("wordfreq") or () if file.name == WORD_LIST_FILE)
    header, *words_by_centibels = msgpack.unpackb(gzip.decompress(file.read_binary()))
    if header != WORD_LIST_HEADER:
        raise ValueError(f"{file} begins with {header}, not with {WORD_LIST_HEADER}: install wordfreq 3.1")
    return {
        word: nats
        for centibels, words in enumerate(words_by_centibels)
        for nats in (math.log(10 ** (-centibels / 100)),)
        for word in words
        if word >= FIRST_HANZI
    }


@functools.cache
def word_ends() -> frozenset[str]:
    """Return the last two characters of all longer words of the list: most pairs of a search end no word at all.

    A sequence of a text that is longer than a pair ends in a pair of that text.
    """
    return frozenset(word[-2:] for word in word_list() if len(word) > 2)
