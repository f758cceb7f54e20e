"""Runs of GBK text whose bytes were paired one off, read as what they were before."""

from __future__ import annotations

import functools
import heapq
import math
from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from pipelines.parse.repair.word_likelihood import NEAR, Reading, is_common, likelihood

LONGEST = 120
"""Characters of the longest run: in the field none is over 30, for one byte in three ends it in traditional text."""

WIDTH = 40
"""Readings that are followed at a time; 20 read two in a hundred runs worse, 80 none better."""

BEHIND = 15.0
"""Nats behind the likeliest at which a reading is given up: a rare character alone. 25 find no more."""

HOPELESS = 8.0
"""Nats behind what stands there at which it is let stand: torn runs are ahead of it from their first words on. With 15,
or without, the same runs are mended, and no others."""

DARING = 12
"""How many of them may suppose that a pair has vanished: with 4, and 60 gaps, one or two runs more in a hundred are
inexact, for 0.05 s a run instead of 0.13."""

GAPS = 200
"""How many pairs of characters are tried around a vanished one: the likeliest of some 300."""

GUESS = -2.0
"""What a guessed character costs beside its own rarity, in nats: it is the best of many, and some fit by chance."""

CUT_BEFORE = "，、。；：！？”“’‘》《）（…,;:!?)( \n"
"""Marks before which converters cut, full-width or half."""

LOST = "?？\ufffd"
"""What decoders put for half a character."""

LEADS = range(0x81, 0xFF)
"""The first bytes of characters, and those second bytes that can be first ones in a run that is one off."""


@frozen
class Read:
    """One way to read a run so far.

    `pending` is the first byte of a character whose second is still to come, None once bytes pair rightly again: then
    `end` is how much of the run was torn, and `text` what stood there. `rivals` is the likelihood of other ways that
    came to the same end, as a multiple of this one's.
    """

    text: str
    reading: Reading
    pending: int | None
    end: int = 0
    guessed: bool = False
    rivals: float = 0.0

    @property
    def likelihood(self) -> float:
        """Return the log probability of this way to read, in nats."""
        return self.reading.likelihood

    @property
    def confidence(self) -> float:
        """Return the share of this way among all that were found, from 0 to 1."""
        return 1 / (1 + self.rivals)

    def then(self, text: str, pending: int | None, end: int = 0, guess: bool = False) -> Read:
        """Return this way after some more of what stood in the torn run."""
        reading = self.reading.then(text, GUESS if guess else 0.0)
        return Read(self.text + text, reading, pending, end, self.guessed or guess, self.rivals)

    def past(self, text: str) -> Read:
        """Return this way after some more text behind the torn run."""
        return Read(self.text, self.reading.then(text), None, self.end, self.guessed, self.rivals)


def read_torn(
    run: str, starts: Iterable[Read], foreign: frozenset[str], stands: Reading
) -> tuple[Read, Reading] | None:
    """Return the likeliest way to read a run of one line, and the reading of what stands there, as far as it reaches.

    Each start is what stood before the run, with the byte that awaits its other half; `stands` is the reading of what
    stands before it now. Characters of `foreign` are never guessed. None where the bytes fit no way, or none that is as
    likely as what stands there.
    """
    ways, size = _best(starts), min(len(run), LONGEST)
    for place, char in enumerate(run[:size]):
        if ways and ways[0].likelihood < stands.likelihood - HOPELESS:
            return None
        if ways and ways[0].pending is None and place - ways[0].end > NEAR:
            size = place
            break
        stands = stands.then(char)
        ways = _best(each for rank, way in enumerate(ways) for each in _steps(way, rank, char, place, foreign))
    ended = _best(end for way in ways for end in _ends(way, size, foreign))
    if not ended:
        return None
    others = sum(_share(way, ended[0]) for way in ended[1:] if way.text != ended[0].text)
    return evolve(ended[0], rivals=ended[0].rivals + others), stands


def ending_in(half: int) -> tuple[str, ...]:
    """Return the characters in common use with a second byte."""
    return tuple(char for lead in LEADS if is_common(char := character(lead, half)))


@functools.cache
def character(lead: int, half: int) -> str:
    """Return the character of two bytes, or none."""
    return bytes([lead, half]).decode("gbk", "ignore") if half >= 0x40 and lead in LEADS else ""


def _ends(way: Read, end: int, foreign: frozenset[str]) -> Iterable[Read]:
    return (way,) if way.pending is None else _cut(way, way.pending, end, foreign)


def _steps(way: Read, rank: int, char: str, place: int, foreign: frozenset[str]) -> Iterator[Read]:
    """Yield the ways on over the next character of the run."""
    if way.pending is None:
        yield way.past(char)
        return
    if char in CUT_BEFORE or char.isascii():
        for cut in _cut(way, way.pending, place, foreign):
            yield cut.past(char)
    if char in LOST:
        yield from _cut(way, way.pending, place + 1, foreign)
    for torn in _encoded(char):
        yield from _paired(way, way.pending, torn, place + 1)
        if rank < DARING:
            yield from _vanished(way, way.pending, torn, place + 1, foreign)


def _cut(way: Read, pending: int, end: int, foreign: frozenset[str]) -> Iterator[Read]:
    """Yield the ways to end here, where the other half of a character was lost."""
    for char, _ in _row(pending):
        if char not in foreign:
            yield way.then(char, None, end, guess=True)


def _paired(way: Read, pending: int, torn: bytes, end: int) -> Iterator[Read]:
    """Yield the way on when the bytes of the run's next character are halves of others, the last up to `end`."""
    if not (char := character(pending, torn[0])):
        return
    if len(torn) == 1:
        yield way.then(char, None, end)
    elif torn[1] in LEADS:
        yield way.then(char, torn[1])
    elif torn[1] < 0x80:
        yield way.then(char + chr(torn[1]), None, end)


def _vanished(way: Read, pending: int, torn: bytes, end: int, foreign: frozenset[str]) -> Iterator[Read]:
    """Yield the ways in which a pair of bytes that is no character stood before the run's next one."""
    for char, leads in _gaps(pending, torn[0]):
        if char not in foreign:
            first = way.then(char, None, guess=True)
            for lead in leads:
                yield from _paired(first, lead, torn, end)


def _best(ways: Iterable[Read]) -> list[Read]:
    """Return the likeliest ways; of those that can only go on alike one is kept, and knows of its rivals."""
    kept: dict[tuple[str, int | None], Read] = {}
    for way in ways:
        key = way.reading.last, way.pending
        kept[key] = _better(way, kept[key]) if key in kept else way
    best = heapq.nlargest(WIDTH, kept.values(), key=lambda way: way.likelihood)
    return [way for way in best if way.likelihood > best[0].likelihood - BEHIND]


def _better(one: Read, two: Read) -> Read:
    best, other = (one, two) if one.likelihood > two.likelihood else (two, one)
    return best if best.text == other.text else evolve(best, rivals=best.rivals + _share(other, best))


def _share(way: Read, best: Read) -> float:
    return math.exp(way.likelihood - best.likelihood) * (1 + way.rivals)


@functools.cache
def _encoded(char: str) -> tuple[bytes, ...]:
    """Return the bytes that may have been read as a character; half-width ones may have been full-width before."""
    if char == "€":
        return (b"\x80",)
    if char == " ":
        return (b"\xa1\xa1",)
    if "!" <= char <= "~":
        wide = bytes([0xA3, ord(char) + 0x80])
        return (char.encode(), wide) if char >= "@" else (wide,)
    encoded = char.encode("gb18030", "ignore")
    return (encoded,) if len(encoded) == 2 else ()


@functools.cache
def _row(lead: int) -> tuple[tuple[str, int], ...]:
    """Return the characters in common use with a first byte, and their second bytes."""
    return tuple((char, half) for half in range(0x40, 0xFF) if is_common(char := character(lead, half)))


@functools.cache
def _gaps(pending: int, then: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return what may stand around a vanished pair: characters with a first byte, and the first bytes of the next.

    The halves of the two that met are no character; `then` is the second byte of the next.
    """
    found: dict[str, list[int]] = {}
    pairs = [
        (char, lead)
        for char, half in _row(pending)
        if half in LEADS
        for lead in LEADS
        if not character(half, lead) and is_common(character(lead, then))
    ]
    for char, lead in heapq.nlargest(GAPS, pairs, key=lambda pair: likelihood(pair[0] + character(pair[1], then))):
        found.setdefault(char, []).append(lead)
    return tuple((char, tuple(leads)) for char, leads in found.items())
