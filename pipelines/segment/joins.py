"""Pure. Which paragraphs of a page go on in which others: columns that break off in mid-sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from pipelines.segment.people import SURNAMES
from pipelines.segment.shapes import begins_lone, begins_stopped, openness, pair, unpaired
from pipelines.segment.wording import pairs_of

Seam = Callable[[str, str], float]
"""How much more likely two pieces of text are as one than apart, in nats: above 0 where a word spans the seam."""

NEXT = 5.0
"""Of the paragraph right behind one that breaks off, in nats: columns are mostly read in their order."""

PAST_CAPTION = 4.0
"""Of the one behind a picture's caption that stands between."""

PAST_SUBHEAD = 0.0
"""Of the one behind a heading: headings stand between paragraphs, not inside of them."""

PAIRED = 6.0
"""Of a quotation or a bracket that the one opens and the other closes: no paragraph closes what it did not open."""

UNPAIRED = -2.0
"""Of a quotation that the one opens and the other does not close: it may be torn again, or go on over paragraphs."""

STOP = 4.0
"""Of a stop at the beginning: no paragraph begins with one, and words go before it, no other mark."""

LONE = 3.0
"""Of a single character before a comma at the beginning: the rest of a word, mostly of a name."""

TAKEN = -3.0
"""Of a right side whose own neighbour on the left breaks off: two columns would have to be out of their order."""

MAYBE = -3.0
"""Of a left side that ends in a closing mark, with which paragraphs end as well."""

NAME = 2.0
"""Of a family name with which the one ends, and one or two characters up to a stop with which the other begins."""

WORD = 7.0
"""The most that a word across the seam is worth: rare ones would outweigh all else."""

SHARED = 3.5
"""The most that common words are worth, for or against: texts of one page are about one town."""

LEAST = 4.0
"""From here on two paragraphs are joined where they follow one another."""

LEAST_APART = 5.5
"""The same where other articles stand between: any two ends may make a word by chance."""

CLEAR = 1.5
"""How much better than any other a join must be; what is closer is left torn."""

_STOPS = "，,。、；;：:！!？?…"
_NAME_ENDS = re.compile(r"[\u4e00-\u9fff]{1,2}[，,、（(]")


@frozen(kw_only=True)
class Paragraph:
    """A paragraph on a page: its block's number, its text, the number of the run of blocks under one headline.

    `first` is the first of its run; `gap` is what its place behind the one before it is worth.
    """

    number: int
    text: str
    run: int
    first: bool = False
    gap: float = NEXT


@frozen(kw_only=True)
class Join:
    """A paragraph that goes on in another, by the numbers of their blocks, and how sure that is."""

    left: int
    right: int
    confidence: float


@frozen(kw_only=True)
class _Pair:
    left: Paragraph
    right: Paragraph
    score: float
    apart: bool


def joins(paragraphs: Sequence[Paragraph], seam: Seam) -> tuple[Join, ...]:
    """Return the joins of a page's paragraphs, given in reading order; each has at most one on either side.

    Best first: a pair is joined if it scores enough by itself and clearly better than any other way to go on from its
    left side or to come to its right one. The first paragraph under a headline goes on nothing.
    """
    enough = (pair for pair in _pairs(paragraphs, seam) if pair.score >= (LEAST_APART if pair.apart else LEAST))
    pairs = sorted(enough, key=lambda pair: -pair.score)
    made: list[Join] = []
    while pairs:
        best, *pairs = pairs
        ends = {("left", best.left.number), ("right", best.right.number)}
        rivals = [pair for pair in pairs if ends & {("left", pair.left.number), ("right", pair.right.number)}]
        margin = best.score - max((rival.score for rival in rivals), default=0.0)
        if margin >= CLEAR:
            made.append(Join(left=best.left.number, right=best.right.number, confidence=_sure(best.score, margin)))
        pairs = [pair for pair in pairs if pair not in rivals]
    return tuple(sorted(made, key=lambda join: join.right))


def _pairs(paragraphs: Sequence[Paragraph], seam: Seam) -> Iterator[_Pair]:
    """Yield what may belong together: neighbours, and the last paragraph of a run with any behind it in later runs."""
    words = _Words(paragraphs)
    for at, left in enumerate(paragraphs):
        behind = paragraphs[at + 1 :]
        ends = not behind or behind[0].run != left.run
        for right in behind if ends and openness(left.text) else behind[:1]:
            score = evidence(left.text, right.text, seam) if openness(left.text) and not right.first else None
            if score is not None and ends:
                taken = TAKEN if _is_taken(paragraphs, right) else 0.0
                yield _Pair(left=left, right=right, score=score + taken + words.shared(left, right), apart=True)
            elif score is not None:
                yield _Pair(left=left, right=right, score=score + right.gap, apart=False)


def _is_taken(paragraphs: Sequence[Paragraph], right: Paragraph) -> bool:
    """Tell whether the paragraph before one breaks off, too."""
    before = paragraphs[paragraphs.index(right) - 1]
    return before.run == right.run and openness(before.text) == 2


def evidence(left: str, right: str, seam: Seam) -> float | None:
    """Return what speaks for one paragraph going on in another by how they end and begin, None if it cannot."""
    closed, opened = unpaired(right)[0], unpaired(left)[1]
    if closed and not (opened and pair(opened[-1], closed[0])):
        return None
    if right[:1] in _STOPS and left[-1:] in _STOPS:
        return None
    name = left[-1:] in SURNAMES or left[-2:-1] in SURNAMES
    told = (
        (PAIRED, bool(closed)),
        (UNPAIRED, bool(opened) and not closed),
        (STOP, begins_stopped(right)),
        (MAYBE, openness(left) == 1),
        (LONE, begins_lone(right)),
        (NAME, name and bool(_NAME_ENDS.match(right))),
    )
    return min(WORD, seam(left, right)) + sum(points for points, holds in told if holds)


def _sure(score: float, margin: float) -> float:
    """Return a score in nats as a confidence, lower where another join was nearly as good."""
    return round(1 / (1 + math.exp(-min(score - 2, margin))), 2)


class _Words:
    """Which pairs of hanzi the runs of a page have, for telling to which of them a paragraph goes on."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._paragraphs = paragraphs
        self._known: dict[int, frozenset[str]] = {}

    def shared(self, left: Paragraph, right: Paragraph) -> float:
        """Return how much more a paragraph and those behind it share with the left one's run than with their own."""
        behind = self._of(each for each in self._paragraphs if each.run == right.run and each.number >= right.number)
        own = self._of(each for each in self._paragraphs if each.run == right.run and each.number < right.number)
        other = self._of(each for each in self._paragraphs if each.run == left.run and each.number <= left.number)
        ratio = math.log((len(behind & other - own) + 1) / (len(behind & own - other) + 1))
        return max(-SHARED, min(SHARED, 2 * ratio))

    def _of(self, paragraphs: Iterator[Paragraph]) -> frozenset[str]:
        return frozenset().union(*(self._in(each) for each in paragraphs))

    def _in(self, paragraph: Paragraph) -> frozenset[str]:
        if paragraph.number not in self._known:
            self._known[paragraph.number] = pairs_of(paragraph.text)
        return self._known[paragraph.number]
