"""Pure. Which paragraphs of a page go on in which others: columns that break off in mid-sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from pipelines.segment.people import SURNAMES
from pipelines.segment.shapes import begins_lone, begins_stopped, openness, pair, unpaired
from pipelines.segment.wording import ABOUT, PARTLY, pairs_of, share

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

NEVER_FIRST = 3.0
"""Of a particle at the beginning, such as 的, 了, 们: they stand behind other words."""

FRESH = -2.5
"""Of how most paragraphs begin: a quotation, a time, who says something; behind others, it is a new one."""

TAKEN = -3.0
"""Of a right side whose own neighbour on the left breaks off: two columns would have to be out of their order."""

LIKE_CAPTION = -4.0
"""Of a sentence that says what the left side's article says, where there is more behind it: a caption between both."""

IN_DOUBT = -1.5
"""Of one that may be a caption behind a paragraph whose other half is elsewhere: then a word must span the seam."""

MAYBE = -3.0
"""Of a left side that ends in a closing mark, with which paragraphs end as well."""

NAME = 2.0
"""Of a family name with which the one ends, and one or two characters up to a stop with which the other begins."""

WORD = 7.0
"""The most that a word across the seam is worth: rare ones would outweigh all else."""

SHARED = 5.0
"""The most that common words are worth, for or against: texts of one page are about one town."""

LEAST = 4.0
"""From here on two paragraphs are joined where they follow one another."""

LEAST_APART = 4.5
"""The same where other articles stand between. With 2.5, and no margin, 3 of 100 such joins were wrong in made pages,
with 3.5 and the margin 1; a word across the seam is not enough, for any two ends may make one by chance."""

CLEAR = 2.0
"""How much better than any other a join must be; what is closer is left torn."""

_STOPS = "，,。、；;：:！!？?…"
_BEHIND = re.compile("[的们吗呢吧了](?![解却结])|着(?![力眼手重])|过(?![去程往年节度])")
_FRESH = re.compile(
    "[“‘「]|[据截记近日目连今昨前去此如随同当另其接下一二三四五六七八九十](?:[悉知至者前日来天年外次此中今后时]|到|下来|[是、])"
    "|[\u4e00-\u9fff·]{2,16}(?:说|表示|介绍|指出|强调|要求|提醒|认为|透露|告诉|称)(?:[，,：:。]|记者)"
)
_NAME_ENDS = re.compile(r"[\u4e00-\u9fff]{1,2}[，,、（(]")


@frozen(kw_only=True)
class Paragraph:
    """A paragraph on a page: its block's number, its text, the number of the run of blocks under one headline.

    `first` is the first of its run, `sentence` one that can be a caption; `gap` is what it is worth that the one
    before it stands there.
    """

    number: int
    text: str
    run: int
    first: bool = False
    sentence: bool = False
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
    pairs = sorted(_pairs(paragraphs, seam), key=lambda pair: -pair.score)
    made: list[Join] = []
    while pairs:
        best, *pairs = pairs
        ends = {("left", best.left.number), ("right", best.right.number)}
        if best.score < (LEAST_APART if best.apart else LEAST):
            continue
        rivals = [pair for pair in pairs if ends & {("left", pair.left.number), ("right", pair.right.number)}]
        margin = best.score - max((pair.score for pair in rivals if pair.apart == best.apart), default=0.0)
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
                place = _place(paragraphs, left, right) + words.shared(left, right)
                yield _Pair(left=left, right=right, score=score + place, apart=True)
            elif score is not None:
                doubt = IN_DOUBT if _may_be_caption(paragraphs, right) else 0.0
                yield _Pair(left=left, right=right, score=score + right.gap + doubt, apart=False)


def _may_be_caption(paragraphs: Sequence[Paragraph], right: Paragraph) -> bool:
    """Tell a sentence that says much of what its article says elsewhere: the rest of a paragraph, or a caption."""
    around = [each.text for each in paragraphs if each.run == right.run and each is not right]
    return right.sentence and share(right.text, around) >= PARTLY


def _place(paragraphs: Sequence[Paragraph], left: Paragraph, right: Paragraph) -> float:
    """Return what its neighbours say of a paragraph that may go on another one elsewhere."""
    at = paragraphs.index(right)
    before, behind = paragraphs[at - 1], paragraphs[at + 1] if at + 1 < len(paragraphs) else None
    taken = before.run == right.run and openness(before.text) == 2
    between = right.sentence and behind is not None and behind.run == right.run
    told = [
        each.text
        for each in paragraphs
        if each.run == left.run or (each.run == right.run and each.number > right.number)
    ]
    points = (
        (TAKEN, taken),
        (FRESH, bool(_FRESH.match(right.text))),
        (LIKE_CAPTION, between and share(right.text, told) >= ABOUT),
    )
    return sum(each for each, holds in points if holds)


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
        (NEVER_FIRST, bool(_BEHIND.match(right))),
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
