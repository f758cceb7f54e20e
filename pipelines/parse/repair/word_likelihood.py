"""How likely a piece of Chinese is, by the frequencies of its words."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from pipelines.text.script import folded

LONGEST = 6
"""Characters of the longest word that is looked up: longer ones are under 2 % of the list and its rarest."""

UNKNOWN = -24.0
"""Of a character that the list of words lacks, in nats: the rarest on it is at -18, and names are possible."""

FUNCTION = -7.0
"""Of the rarest hanzi that is a word by itself everywhere, such as 的, 在, 将: some hundred are likelier."""

ALONE = -2.0
"""What other hanzi cost as words by themselves: the list counts them in names and parts of words, too."""

MARKS = {
    **dict.fromkeys("，,", -3.0),
    **dict.fromkeys("。、", -4.0),
    **dict.fromkeys("“”：:0123456789", -5.0),
    **dict.fromkeys("《》（）()；;！!？? .%％-—·…\n", -6.0),
    **dict.fromkeys("‘’【】「」『』〈〉", -7.0),
}
"""Of the marks of prose and of digits: about their shares among the words and marks of news."""

CAPITAL = -8.0
"""Of a capital letter between hanzi."""

LETTER = -10.0
"""Of another letter of ASCII there: words of them are rare, and one by itself most often is half a character."""

SPELLED = -4.0
"""Of a letter behind a letter: some 20 are about as likely."""

WIDE = -12.0
"""Of a full-width letter, digit or sign that is no mark: pages that have any have them throughout."""

SIGN = -14.0
"""Of a sign of ASCII that is no mark of prose: ^, `, {, |, ~, @, \\."""

ODD = -16.0
"""Of a character that Chinese prose has no use for: kana, Cyrillic, box drawing, bopomofo, €."""

NEVER_FIRST = frozenset("的了着过们吗呢吧得")
"""Hanzi that begin no clause as words by themselves."""

NEVER_LAST = frozenset(
    "在和与从把被将对为就很更最也又都且以于向给让使因每各这其并而但或及该由往当按据凡还才再只不没未已正曾刚太可应须能所之第"
)
"""Hanzi that end no clause as words by themselves."""

OUT_OF_PLACE = -5.0
"""What they cost there, in nats: they are among the likeliest of all words, so lost halves are taken for them."""

COMMON = -15.5
"""Of the rarest character that news uses: some 5,000 are likelier, GB 2312 has 6,763."""

NEAR = 8
"""Characters on either side of a place that bear on it: more than any word is long."""

OWN = -2.0
"""What words cost beside their share when they are known only from the text itself: half of them span two words."""

_STOPS = frozenset("，,。、；;！!？?)）\n")
_BREAKS = _STOPS | frozenset("“‘「『《【(（：:")
_HANZI = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_RUN = re.compile("[\u3400-\u9fff]{2,}")
_NONE: Mapping[str, float] = MappingProxyType({})


@frozen
class Reading:
    """A text read so far, from the left: its last characters, and how likely it is up to each of them.

    `own` are words beside those of the list, with their log probabilities.
    """

    last: str = ""
    ends: tuple[float, ...] = (0.0,)
    own: Mapping[str, float] = _NONE

    @property
    def likelihood(self) -> float:
        """Return the log probability of all that was read, by the best way to cut it into words, in nats."""
        return self.ends[-1]

    def then(self, text: str, cost: float = 0.0) -> Reading:
        """Return the reading after some more characters, the last of them made likelier by `cost`."""
        last, ends = self.last, self.ends
        for char in text:
            last, ends = _read(last, ends, char, self.own)
        return Reading(last, (*ends[:-1], ends[-1] + cost) if cost else ends, self.own)


def likelihood(text: str) -> float:
    """Return the log probability of a text in nats, by the best way to cut it into words; 0 of an empty one.

    Traditional text is looked up in its simplified form.

    >>> likelihood("工作人員") > likelihood("肮ぷ魅藛") + 20
    True
    """
    return Reading().then(text).likelihood


def fluency(text: str) -> float:
    """Return the log probability of a text in nats a character: news lies between -7 and -3, garbled text below -10.

    >>> fluency("大家辛苦了") > -7 > -10 > fluency("按蠹倚量嗔")
    True
    """
    return likelihood(text) / (len(text) or 1)


def words_of(text: str) -> dict[str, float]:
    """Return the pieces of two to four hanzi that a text has, with their log probabilities as words of it.

    >>> sorted(words_of("巫丹說"))
    ['丹说', '巫丹', '巫丹说']
    """
    runs = _RUN.findall(folded(text))
    sizes = (2, 3, 4)
    counts = Counter(run[at : at + size] for run in runs for size in sizes for at in range(len(run) - size + 1))
    total = sum(map(len, runs))
    return {word: math.log(count / total) + OWN for word, count in counts.items()}


@functools.cache
def is_common(char: str) -> bool:
    """Tell characters that may be guessed: the 5,000 or so hanzi of news, and the marks of prose."""
    hanzi = _HANZI.match(char)
    return listed().get(folded(char), UNKNOWN) > COMMON if hanzi else char in MARKS and not char.isascii()


def _read(last: str, ends: tuple[float, ...], char: str, own: Mapping[str, float]) -> tuple[str, tuple[float, ...]]:
    simple, alone = _alone(char)
    if not simple:
        said = _stopped(last, ends, own) if char in _STOPS else ends[-1]
        return char, (said + (SPELLED if _is_letter(char) and _is_letter(last) else alone),)
    if simple in NEVER_FIRST and last in _BREAKS:
        alone += OUT_OF_PLACE
    last = (last + simple)[-LONGEST:]
    best = max(ends[-1] + alone, _as_word(last, ends, own))
    return last, (*ends[-LONGEST + 1 :], best)


def _as_word(last: str, ends: tuple[float, ...], own: Mapping[str, float]) -> float:
    """Return the log probability of a text whose last hanzi end a word of two or more; `ends` are before its last."""
    words, best = listed(), -math.inf
    for size in range(2, min(len(last), len(ends)) + 1):
        word = last[-size:]
        for known in (words.get(word), own.get(word)):
            if known is not None and ends[-size] + known > best:
                best = ends[-size] + known
    return best


def _stopped(last: str, ends: tuple[float, ...], own: Mapping[str, float]) -> float:
    """Return the log probability of a text before a stop, which some hanzi cannot precede as words by themselves."""
    if last[-1:] not in NEVER_LAST or len(ends) < 2:
        return ends[-1]
    single, word = ends[-2] + _alone(last[-1])[1], _as_word(last, ends[:-1], own)
    return ends[-1] - max(single, word) + max(single + OUT_OF_PLACE, word)


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


@functools.cache
def _alone(char: str) -> tuple[str, float]:
    """Return the simplified form of a hanzi, of others none, and how likely the character is as a word of its own."""
    if _HANZI.match(char):
        simple = folded(char)
        known = listed().get(simple, UNKNOWN)
        return simple, known + (ALONE if known < FUNCTION else 0.0)
    if char.isascii():
        return "", MARKS.get(char, CAPITAL if char.isupper() else LETTER if char.islower() else SIGN)
    return "", MARKS.get(char, WIDE if "！" <= char <= "～" else ODD)


@functools.cache
def listed() -> Mapping[str, float]:
    """Return the list of words with their log probabilities: 0.5 s and 40 MB, once in a process that needs it."""
    from wordfreq import get_frequency_dict

    found = get_frequency_dict("zh", wordlist="large")
    return {word: math.log(share) for word, share in found.items() if len(word) <= LONGEST and _HANZI.match(word)}
