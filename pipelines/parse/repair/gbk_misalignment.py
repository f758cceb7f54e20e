"""Beam search for the original text of a run of GBK characters whose bytes were paired one byte off.

Such a run begins where one byte was lost or inserted in the middle of a character: from there on, each second byte is
paired with the first byte of the next character. All likelihoods are in nats.
"""

from __future__ import annotations

import functools
import heapq
import math
from collections.abc import Iterable, Iterator
from operator import itemgetter

from attrs import define, evolve

from pipelines.parse.repair.edits import Budget
from pipelines.parse.repair.word_likelihood import CONTEXT_CHARS, WordSegmentation, is_common_char, likelihood

MAX_RUN_CHARS = 120
"""Length of the longest run, in characters. In the field none is over 30, because in traditional text one byte in three
ends a run."""

BEAM_WIDTH = 40
"""Number of hypotheses that are kept at each step: with 20, two runs in a hundred are mended
worse; with 80, none better."""

MAX_NATS_BEHIND_BEST = 15.0
"""A hypothesis that is this much less likely than the best one is dropped: the cost of one rare character. With 25, no
more runs are mended."""

MAX_NATS_BEHIND_ORIGINAL = 8.0
"""If the best hypothesis is this much less likely than the text as it is, the search stops: in misaligned runs it is
ahead from the first words on. With 15, or without this limit, exactly the same runs are mended."""

MAX_GAP_HYPOTHESES = 12
"""Number of hypotheses, the best ones, that are extended with a vanished pair of bytes. With 4, and `MAX_GAP_PAIRS` 60,
one or two runs more in a hundred are inexact, and a run takes 0.05 s instead of 0.13 s."""

MAX_GAP_PAIRS = 200
"""Number of pairs of characters that are tried around a vanished pair of bytes: the likeliest of about 300."""

GUESS_NATS = -2.0
"""Penalty for a guessed character, in addition to its own rarity: it is the best of many, and some fit by chance."""

CUT_MARKS = "，、。；：！？”“’‘》《）（…,;:!?)( \n"
"""Marks before which converters cut a run, full-width or half-width."""

LOST_HALF_MARKS = "?？\ufffd"
"""What decoders write for half of a character."""

LEAD_BYTES = range(0x81, 0xFF)
"""First bytes of GBK characters, and those second bytes that can be first bytes in a misaligned run."""


@define
class Hypothesis:
    """One possible original text of a run, up to some character of it.

    `pending` is the first byte of a character whose second byte follows; it is None once the bytes are paired correctly
    again. Then `end` is the length of the misaligned part, and `text` its original. `rivals` is the total likelihood of
    other hypotheses that came to the same end, as a multiple of this one's; `_better` adds to it. Nothing
    else changes a hypothesis.
    """

    text: str
    segmentation: WordSegmentation
    pending: int | None
    end: int = 0
    guessed: bool = False
    rivals: float = 0.0

    @property
    def likelihood(self) -> float:
        """The log probability of this hypothesis, in nats."""
        return self.segmentation.scores[-1]

    @property
    def confidence(self) -> float:
        """The share of this hypothesis in the likelihood of all that were found, from 0 to 1."""
        return 1 / (1 + self.rivals)

    def extended(self, text: str, pending: int | None, end: int = 0, guess: bool = False) -> Hypothesis:
        """Return the hypothesis with more text of the misaligned part."""
        segmentation = self.segmentation.extended(text, GUESS_NATS if guess else 0.0)
        return Hypothesis(self.text + text, segmentation, pending, end, self.guessed or guess, self.rivals)

    def paired(self, char: str, pair: bytes, end: int) -> Hypothesis | None:
        """Return the hypothesis with a character whose second half is the first byte of the run's next character.

        `pair` are the bytes of the latter, the second of which begins another character, or is one by itself.
        """
        if len(pair) == 1:
            return self.extended(char, None, end)
        if pair[1] in LEAD_BYTES:
            return self.extended(char, pair[1])
        return self.extended(char + chr(pair[1]), None, end) if pair[1] < 0x80 else None

    def followed_by(self, text: str) -> Hypothesis:
        """Return the hypothesis with more text after the misaligned part."""
        return Hypothesis(self.text, self.segmentation.extended(text), None, self.end, self.guessed, self.rivals)


def realign(
    run: str, starts: Iterable[Hypothesis], foreign: frozenset[str], original: WordSegmentation, budget: Budget
) -> tuple[Hypothesis, WordSegmentation] | None:
    """Return the likeliest original text of a run, and the segmentation of the run as it is, up to the same character.

    `run` is a part of one line. Each of `starts` is a possible text before the run, with the byte that waits for its
    second half; `original` is the segmentation of the text before the run as it is. Characters of `foreign` are never
    guessed. Returns None if no hypothesis fits the bytes, if all become much less likely than the text as it is, or if
    the budget ends; each hypothesis is a step of it.
    """
    beam, size = _best(starts, budget), min(len(run), MAX_RUN_CHARS)
    for position, char in enumerate(run[:size]):
        if beam and beam[0].likelihood < original.likelihood - MAX_NATS_BEHIND_ORIGINAL:
            return None
        if beam and beam[0].pending is None and position - beam[0].end > CONTEXT_CHARS:
            size = position
            break
        original = original.extended(char)
        steps = (each for rank, one in enumerate(beam) for each in _steps(one, rank, char, position, foreign))
        beam = _best(steps, budget)
    ended = _best((end for one in beam for end in _endings(one, size, foreign)), budget)
    if not ended or budget.exceeded:
        return None
    others = sum(_relative_likelihood(one, ended[0]) for one in ended[1:] if one.text != ended[0].text)
    return evolve(ended[0], rivals=ended[0].rivals + others), original


def common_chars_ending_in(second: int) -> tuple[str, ...]:
    """Return the common characters with a second byte."""
    return tuple(char for lead in LEAD_BYTES if is_common_char(char := decode_pair(lead, second)))


@functools.cache
def decode_pair(lead: int, second: int) -> str:
    """Return the GBK character of two bytes, "" if there is none."""
    return bytes([lead, second]).decode("gbk", "ignore") if second >= 0x40 and lead in LEAD_BYTES else ""


def _endings(hypothesis: Hypothesis, end: int, foreign: frozenset[str]) -> Iterable[Hypothesis]:
    if hypothesis.pending is None:
        return (hypothesis,)
    return _with_lost_half(hypothesis, hypothesis.pending, end, foreign)


def _steps(
    hypothesis: Hypothesis, rank: int, char: str, position: int, foreign: frozenset[str]
) -> Iterator[Hypothesis]:
    """Yield the hypotheses that extend one by the next character of the run."""
    pending = hypothesis.pending
    if pending is None:
        yield hypothesis.followed_by(char)
        return
    if char in CUT_MARKS or char.isascii():
        for ended in _with_lost_half(hypothesis, pending, position, foreign):
            yield ended.followed_by(char)
    if char in LOST_HALF_MARKS:
        yield from _with_lost_half(hypothesis, pending, position + 1, foreign)
    for pair in _encoded(char):
        if (read := decode_pair(pending, pair[0])) and (paired := hypothesis.paired(read, pair, position + 1)):
            yield paired
        if rank < MAX_GAP_HYPOTHESES:
            yield from _with_vanished_pair(hypothesis, pending, pair, position + 1, foreign)


def _with_lost_half(hypothesis: Hypothesis, pending: int, end: int, foreign: frozenset[str]) -> Iterator[Hypothesis]:
    """Yield the hypotheses that end here because the second half of a character was lost; it is guessed."""
    for char, _ in _common_chars_of(pending):
        if char not in foreign:
            yield hypothesis.extended(char, None, end, guess=True)


def _with_vanished_pair(
    hypothesis: Hypothesis, pending: int, pair: bytes, end: int, foreign: frozenset[str]
) -> Iterator[Hypothesis]:
    """Yield the hypotheses in which a pair of bytes that is not a character vanished before the next character."""
    for char, following in _gaps(pending, pair[0]):
        if char not in foreign:
            guessed = hypothesis.extended(char, None, guess=True)
            for next_char in following:
                if paired := guessed.paired(next_char, pair, end):
                    yield paired


def _best(hypotheses: Iterable[Hypothesis], budget: Budget) -> list[Hypothesis]:
    """Return the likeliest hypotheses, best first.

    Of those with the same last characters and the same pending byte, which have the same future, only the best is kept;
    its `rivals` count the others. There is none once the budget is exceeded.
    """
    examined = list(hypotheses)
    if not budget.spend(len(examined)):
        return []
    by_state: dict[tuple[str, int | None], Hypothesis] = {}
    for one in examined:
        state = one.segmentation.last_chars, one.pending
        other = by_state.setdefault(state, one)
        if other is not one:
            by_state[state] = _better(one, other)
    scored = [(one.segmentation.scores[-1], one) for one in by_state.values()]
    least = max((score for score, _ in scored), default=0.0) - MAX_NATS_BEHIND_BEST
    near = [each for each in scored if each[0] > least]
    return [one for _, one in heapq.nlargest(BEAM_WIDTH, near, key=itemgetter(0))]


def _better(one: Hypothesis, two: Hypothesis) -> Hypothesis:
    """Return the likelier of two hypotheses, with the other one among its rivals unless they are the same text."""
    best, other = (one, two) if one.segmentation.scores[-1] > two.segmentation.scores[-1] else (two, one)
    if best.text != other.text:
        best.rivals += _relative_likelihood(other, best)
    return best


def _relative_likelihood(one: Hypothesis, best: Hypothesis) -> float:
    return math.exp(one.likelihood - best.likelihood) * (1 + one.rivals)


@functools.cache
def _encoded(char: str) -> tuple[bytes, ...]:
    """Return the bytes that may have been read as a character; a half-width one may have been full-width before."""
    if char == "€":
        return (b"\x80",)
    if char == " ":
        return (b"\xa1\xa1",)
    if "!" <= char <= "~":
        full_width = bytes([0xA3, ord(char) + 0x80])
        return (char.encode(), full_width) if char >= "@" else (full_width,)
    encoded = char.encode("gb18030", "ignore")
    return (encoded,) if len(encoded) == 2 else ()


@functools.cache
def _common_chars_of(lead: int) -> tuple[tuple[str, int], ...]:
    """Return the common characters with a first byte, each with its second byte."""
    return tuple((char, second) for second in range(0x40, 0xFF) if is_common_char(char := decode_pair(lead, second)))


@functools.cache
def _gaps(pending: int, second: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what may stand around a vanished pair: characters with a first byte, each with those that may be next.

    The vanished pair is the second half of the one and the first half of the next, which together are not a character.
    `second` is the second byte of the next character.
    """
    found: dict[str, list[str]] = {}
    pairs = [
        (char, following)
        for char, half in _common_chars_of(pending)
        if half in LEAD_BYTES
        for lead in LEAD_BYTES
        if not decode_pair(half, lead) and is_common_char(following := decode_pair(lead, second))
    ]
    for char, following in heapq.nlargest(MAX_GAP_PAIRS, pairs, key=lambda pair: likelihood("".join(pair))):
        found.setdefault(char, []).append(following)
    return tuple((char, tuple(following)) for char, following in found.items())
