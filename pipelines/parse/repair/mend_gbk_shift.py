"""The rule `mend-gbk-shift`: runs of GBK text that a converter misaligned by one byte: ?!肮ぷ魅藛T is 。“工作人員."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from attrs import evolve

from pipelines.parse.repair.edits import Budget, Edit, Repaired, apply_edits, until_stable
from pipelines.parse.repair.gbk_misalignment import (
    LEAD_BYTES,
    MAX_RUN_CHARS,
    Hypothesis,
    common_chars_ending_in,
    decode_pair,
    realign,
)
from pipelines.parse.repair.strip_pinyin import pinyin_readings
from pipelines.parse.repair.word_likelihood import (
    CONTEXT_CHARS,
    MARK_NATS,
    WordCounts,
    Words,
    WordSegmentation,
    count_words,
    fluency,
)
from pipelines.text.script import foreign_chars, script_of

PREVIEW_CHARS = 5
"""Number of characters after a break whose fluency is checked before the search. The shortest misaligned run in the
field has three."""

MAX_GARBLED_FLUENCY = -6.0
"""Fluency of these characters, in nats per character, from which they need no repair: misaligned runs are below -8,
text after a real ! is above -5."""

MAX_GARBLED_FLUENCY_AFTER_QUESTION_MARK = -5.0
"""The same where a ? stands before the !: it is half a character more often than the end of a question."""

MIN_GAIN_NATS = 12.0
"""Nats by which the mended text must be likelier than the text before: misaligned runs gain 12 to 130. Intact text
gained 4 at most; with a ! inserted into the middle of its words it gained over 12 once in a thousand."""

MAX_STEPS = 120_000
"""Steps for all texts of a page; a step is a hypothesis that is examined, and takes 5 µs. A run in the field takes
2,500 to 14,000 steps, and the page of the corpus with most damage 114,602."""

STEPS_PER_PLACE = 100
"""Steps that a place costs before its search: as many as the words of its context take."""

CHARS_PER_STEP = 10
"""Characters of a line whose words are counted in the time of one step."""

MIN_RUN_CHARS = 2
"""Length of the shortest run that is mended, in characters: one rare character after a ! can be anything."""

_HALVES = "".join(
    decode_pair(lead, half) for lead in LEAD_BYTES if decode_pair(0xA1, lead) in MARK_NATS for half in range(0x40, 0xFF)
)
"""Characters that a misaligned run can begin with: their first byte is the second byte of a punctuation mark."""

_WRONG_EXCLAMATION = re.compile(rf"(?:[?？\ufffd][!！]|[!！])(?=[{re.escape(_HALVES)}])")
"""A ！ found across two characters, with the half before it as ?, and the run after it."""

_ANNOTATED = re.compile(
    r"(?P<lost>[?？\ufffd])(?<=[\u3400-\u9fff].)\(?(?P<syllable>[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ]{1,6})[)）]"
)
"""Pinyin after a character that was found across two others: the ? before it is a lost half."""

Starts = Callable[[re.Match[str], WordSegmentation], Iterator[Hypothesis]]


def mend_gbk_shift(text: str, max_steps: int = MAX_STEPS) -> Repaired:
    """Pair the halves of GBK characters correctly again, after a converter replaced bytes without regard to characters.

    Converters that search for the bytes of ！ (A3 A1) find them in 。“ (A1 A3, A1 B0); those that insert pinyin after a
    character find its bytes across two others. From there on, each byte is paired with the wrong neighbour. Lost halves
    are guessed from the words around them; such an edit has a confidence below 1. After `max_steps` the other runs stay
    as they are, and the result is `unfinished`.

    >>> mend_gbk_shift("任務?!肮ぷ魅藛T怎么調配?").text
    '任務。“工作人員怎么調配?'
    >>> mend_gbk_shift("區域?qū)嵉乜疾?,對").text
    '區域實地考察,對'
    """
    budget = Budget(max_steps)
    mended = until_stable(text, functools.partial(_edits, budget))  # mended runs give more context to the others
    return evolve(mended, unfinished=budget.exceeded)


def _edits(budget: Budget, text: str) -> list[Edit]:
    edits: list[Edit] = []
    words: WordCounts | None = None  # of the text with the edits found so far
    foreign: frozenset[str] | None = None
    for start, hypotheses in _run_starts(text):
        if edits and start.start() < edits[-1].end:
            continue
        if not budget.spend(STEPS_PER_PLACE):
            break
        before = apply_edits(text[: start.start()], edits).text
        words = words or count_words(text)
        foreign = foreign or foreign_chars(script_of(text)) - set(text)
        found = list(_mended(text, _Place(start, hypotheses, before), words, foreign, budget))
        for edit in found:
            line = _line_around(text, start, before)
            head, rest = before[line.start :], text[edit.end : line.end]
            words = words.replaced(line.text, f"{head}{edit.after}{rest}")
        edits += found
    return edits


class _Place(NamedTuple):
    """A place after which a misaligned run may begin, a source of hypotheses, and the mended text before the place."""

    start: re.Match[str]
    hypotheses: Starts
    before: str


class _RunLine(NamedTuple):
    """A line with a misaligned run: its start in the mended text before the run, its end in the text, and its text."""

    start: int
    end: int
    text: str


def _line_around(text: str, start: re.Match[str], before: str) -> _RunLine:
    """Return the line of a text with the start of a run, in which the text before the run is mended."""
    first, end = before.rfind("\n") + 1, text.find("\n", start.end())
    end = len(text) if end < 0 else end
    return _RunLine(first, end, before[first:] + text[start.start() : end])


def _run_starts(text: str) -> list[tuple[re.Match[str], Starts]]:
    """Return the places after which a misaligned run may begin, in order, with a source of hypotheses for each."""
    found: list[tuple[re.Match[str], Starts]] = [(start, _before_pinyin) for start in _ANNOTATED.finditer(text)]
    exclamations = _WRONG_EXCLAMATION.finditer(text)
    found += [(start, _before_exclamation) for start in exclamations if _is_garbled(start)]
    return sorted(found, key=lambda each: each[0].start())


def _is_garbled(start: re.Match[str]) -> bool:
    """Return whether the text after a place is so unlikely that a search is worthwhile."""
    preview = start.string[start.end() : start.end() + PREVIEW_CHARS].partition("\n")[0]
    limit = MAX_GARBLED_FLUENCY_AFTER_QUESTION_MARK if len(start[0]) > 1 else MAX_GARBLED_FLUENCY
    return fluency(preview) < limit


def _mended(text: str, place: _Place, words: WordCounts, foreign: frozenset[str], budget: Budget) -> Iterator[Edit]:
    """Yield the edit that mends the run after a place, if there is one.

    `words` are the words of the mended text before it and of the rest of the text, and characters of `foreign` are
    never guessed.
    """
    start, hypotheses, before = place
    run = text[start.end() : start.end() + MAX_RUN_CHARS].partition("\n")[0]
    line = _line_around(text, start, before)
    head, rest = before[line.start :], text[start.end() + len(run) : line.end]
    budget.spend(len(line.text) // CHARS_PER_STEP)
    known = Words(words.replaced(line.text, f"{head}\n{rest}"))
    context = WordSegmentation(words=known).extended(before[-CONTEXT_CHARS:])
    original = context.extended(start.groupdict().get("lost", start[0]))
    found = realign(run, hypotheses(start, context), foreign, original, budget)
    if found is None:
        return
    best, original = found
    if best.end >= MIN_RUN_CHARS and best.likelihood - original.likelihood >= MIN_GAIN_NATS:
        confidence = round(best.confidence, 2) if not best.guessed else min(round(best.confidence, 2), 0.99)
        yield Edit(start=start.start(), end=start.end() + best.end, after=best.text, confidence=confidence)


def _before_exclamation(_: re.Match[str], context: WordSegmentation) -> Iterator[Hypothesis]:
    """Yield what may have stood in place of a ！: a character ending in A3, and a mark whose first byte is A1."""
    for char in common_chars_ending_in(0xA3):
        yield Hypothesis(char, context.extended(char), 0xA1)


def _before_pinyin(start: re.Match[str], context: WordSegmentation) -> Iterator[Hypothesis]:
    """Yield the first bytes of the next character that make a character with such a reading out of two others."""
    second = start.string[start.start() - 1].encode("gb18030")[-1]
    for lead in LEAD_BYTES:
        char = decode_pair(second, lead)
        if char and start["syllable"] in pinyin_readings(char):
            yield Hypothesis("", context, lead)
