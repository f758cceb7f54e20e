"""Sentences of which a converter tore GBK characters in halves: ?!肮ぷ魅藛T is 。“工作人員."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipelines.parse.repair.edits import Edit, Repaired, apply, settled
from pipelines.parse.repair.gbk_misalignment import LEADS, LONGEST, Read, character, ending_in, read_torn
from pipelines.parse.repair.strip_pinyin import readings
from pipelines.parse.repair.word_likelihood import MARKS, NEAR, Reading, fluency, words_of
from pipelines.text.script import foreign_to, script_of

GLANCE = 5
"""Characters behind a tear that are looked at before any byte is: the shortest torn run in the field has three."""

FLUENT = -6.0
"""Of those, in nats a character, what needs no mending: torn runs lie below -8, what follows a true ! above -5."""

MARKED = -5.0
"""The same where a ? stands before the !, which is half a character more often than a question."""

GAIN = 12.0
"""Nats by which the mended text must be likelier than what stands there: torn runs gain 12 to 130. Sound text came to 4
at most, and with a ! put into the middle of its words over 12 once in a thousand."""

SHORTEST = 2
"""Characters of the shortest run that is mended: one rare character behind a ! can be anything."""

_HALVES = "".join(
    character(lead, half) for lead in LEADS if character(0xA1, lead) in MARKS for half in range(0x40, 0xFF)
)
_CUT = re.compile(rf"(?:[?？\ufffd][!！]|[!！])(?=[{re.escape(_HALVES)}])")
_ANNOTATED = re.compile(
    r"(?P<lost>[?？\ufffd])(?<=[\u3400-\u9fff].)\(?(?P<syllable>[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ]{1,6})[)）]"
)
Starts = Callable[[re.Match[str], Reading], Iterator[Read]]


def mend_gbk_shift(text: str) -> Repaired:
    """Pair the halves of GBK characters again that a replacement of bytes tore apart.

    Converters that look for the bytes of ！ (A3 A1) cut 。“ (A1 A3, A1 B0) in the middle; those that put pinyin behind
    a character find its bytes across two others. From there on each byte pairs with its wrong neighbour. Halves that
    are lost are guessed by the words around them: such an edit has a confidence below 1.

    >>> mend_gbk_shift("任務?!肮ぷ魅藛T怎么調配?").text
    '任務。“工作人員怎么調配?'
    >>> mend_gbk_shift("區域?qū)嵉乜疾?,對").text
    '區域實地考察,對'
    """
    return settled(text, _edits)  # what is mended tells more of the words around what is not


def _edits(text: str) -> list[Edit]:
    edits: list[Edit] = []
    for tear, starts in _tears(text):
        if not edits or tear.start() >= edits[-1].end:
            edits += _mended(text, tear, starts, apply(text[: tear.start()], edits).text)
    return edits


def _tears(text: str) -> list[tuple[re.Match[str], Starts]]:
    """Return the places that look torn, in order, with what may have stood there."""
    found: list[tuple[re.Match[str], Starts]] = [(tear, _annotated) for tear in _ANNOTATED.finditer(text)]
    found += [(tear, _cut) for tear in _CUT.finditer(text) if _is_garbled(tear)]
    return sorted(found, key=lambda each: each[0].start())


def _is_garbled(tear: re.Match[str]) -> bool:
    run = tear.string[tear.end() : tear.end() + GLANCE].partition("\n")[0]
    return fluency(run) < (MARKED if len(tear[0]) > 1 else FLUENT)


def _mended(text: str, tear: re.Match[str], starts: Starts, before: str) -> Iterator[Edit]:
    run = text[tear.end() : tear.end() + LONGEST].partition("\n")[0]
    own = words_of(f"{before}\n{text[tear.end() + len(run) :]}")
    reading = Reading(own=own).then(before[-NEAR:])
    stands = reading.then(tear.groupdict().get("lost", tear[0]))
    found = read_torn(run, starts(tear, reading), foreign_to(script_of(text)) - set(text), stands)
    if found is None:
        return
    best, stands = found
    if best.end >= SHORTEST and best.likelihood - stands.likelihood >= GAIN:
        confidence = round(best.confidence, 2) if not best.guessed else min(round(best.confidence, 2), 0.99)
        yield Edit(start=tear.start(), end=tear.end() + best.end, after=best.text, confidence=confidence)


def _cut(_tear: re.Match[str], before: Reading) -> Iterator[Read]:
    """Yield what may have stood where ！ was found across two characters, the second a mark whose first byte is A1."""
    for char in ending_in(0xA3):
        yield Read(char, before.then(char), 0xA1)


def _annotated(tear: re.Match[str], before: Reading) -> Iterator[Read]:
    """Yield what may have stood where a character with such a reading was found across two others."""
    half = tear.string[tear.start() - 1].encode("gb18030")[-1]
    for lead in LEADS:
        char = character(half, lead)
        if char and tear["syllable"] in readings(char):
            yield Read("", before, lead)
