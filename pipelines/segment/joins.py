"""Pure. Which paragraphs of a page go on in which others: columns that break off in mid-sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from pipelines.segment.people import SURNAMES
from pipelines.segment.shapes import begins_lone, begins_stopped, openness, pairs_up, unpaired
from pipelines.segment.wording import ABOUT, PARTLY, pairs_of

Seam = Callable[[str, str], float]
"""How much more likely two pieces of text are as one than apart, in nats: above 0 where a word spans the seam."""

NEXT = 5.0
"""Of the paragraph right behind one that breaks off, in nats: columns are mostly read in their order."""

PAST_CAPTION = 4.0
"""Of the one behind a picture's caption that stands between."""

PAST_SUBHEAD = -99.0
"""Of the one behind a heading: headings stand between paragraphs, not inside of them, whatever else speaks for it."""

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
"""The same where other articles stand between. Of the best pairs on 150 made pages 3 in 100 were wrong from 2.5 on, 1
from 3.5, none from 4.5: a word across the seam is not enough, for any two ends may make one by chance."""

REACH = 60
"""Paragraphs behind one that breaks off, or around one, that are looked at: a page of a paper has about so many."""

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

    @property
    def ends(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """What the pair would take: its left side for going on, its right one for coming to."""
        return ("left", self.left.number), ("right", self.right.number)


def joins(paragraphs: Sequence[Paragraph], seam: Seam) -> tuple[Join, ...]:
    """Return the joins of a page's paragraphs, given in reading order; each has at most one on either side.

    Best first: a pair is joined if it scores enough by itself and clearly better than any other way to go on from its
    left side or to come to its right one. The first paragraph under a headline goes on nothing.
    """
    pairs = sorted(
        (pair for pair in _pairs(paragraphs, seam) if pair.score > LEAST - CLEAR), key=lambda pair: -pair.score
    )
    beside: dict[tuple[str, int], list[_Pair]] = {}
    for pair in pairs:
        for end in pair.ends:
            beside.setdefault(end, []).append(pair)
    made: list[Join] = []
    done: set[tuple[str, int]] = set()
    for best in pairs:
        if best.score < (LEAST_APART if best.apart else LEAST) or not done.isdisjoint(best.ends):
            continue
        rivals = (pair for end in best.ends for pair in beside[end] if pair is not best and pair.apart == best.apart)
        margin = best.score - max((pair.score for pair in rivals if done.isdisjoint(pair.ends)), default=0.0)
        if margin >= CLEAR:
            made.append(Join(left=best.left.number, right=best.right.number, confidence=_sure(best.score, margin)))
        done.update(best.ends)
    return tuple(sorted(made, key=lambda join: join.right))


def _pairs(paragraphs: Sequence[Paragraph], seam: Seam) -> Iterator[_Pair]:
    """Yield what may belong together: neighbours, and the last paragraph of a run with any behind it in later runs."""
    page = _Page(paragraphs)
    for at, left in enumerate(paragraphs):
        behind = paragraphs[at + 1 : at + 1 + REACH] if openness(left.text) else ()
        ends = not behind or behind[0].run != left.run
        for place, right in enumerate(behind if ends else behind[:1], at + 1):
            score = None if right.first else evidence(left.text, right.text, seam)
            if score is not None and ends:
                yield _Pair(left=left, right=right, score=score + page.apart(left, right, place), apart=True)
            elif score is not None:
                yield _Pair(left=left, right=right, score=score + page.near(right, place), apart=False)


class _Page:
    """The paragraphs of a page by their runs, with the pairs of hanzi of each."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._paragraphs = paragraphs
        self._runs: dict[int, list[Paragraph]] = {}
        for each in paragraphs:
            self._runs.setdefault(each.run, []).append(each)
        self._pairs: dict[int, frozenset[str]] = {}

    def near(self, right: Paragraph, place: int) -> float:
        """Return what it is worth that a paragraph stands behind the other: less where it may be a caption."""
        if not right.sentence:
            return right.gap
        around = self._paragraphs[max(0, place - REACH) : place + REACH]
        said = self._of(each for each in around if each.run == right.run and each is not right)
        return right.gap + (IN_DOUBT if self._share(right, said) >= PARTLY else 0.0)

    def apart(self, left: Paragraph, right: Paragraph, place: int) -> float:
        """Return what their places and their words say of a paragraph that may go on one under another headline."""
        before = self._paragraphs[place - 1]
        told = self._of(self._runs[left.run])
        behind = self._of(each for each in self._runs[right.run] if each.number > right.number)
        points = (
            (TAKEN, before.run == right.run and openness(before.text) == 2),
            (FRESH, bool(_FRESH.match(right.text))),
            (LIKE_CAPTION, right.sentence and bool(behind) and self._share(right, told | behind) >= ABOUT),
        )
        return sum(each for each, holds in points if holds) + self._shared(told, right, behind)

    def _shared(self, other: frozenset[str], right: Paragraph, behind: frozenset[str]) -> float:
        """Return how much more a paragraph and those behind it share with another run than with their own."""
        own = self._of(each for each in self._runs[right.run] if each.number < right.number)
        rest = behind | self._in(right)
        ratio = math.log((len(rest & other - own) + 1) / (len(rest & own - other) + 1))
        return max(-SHARED, min(SHARED, 2 * ratio))

    def _share(self, paragraph: Paragraph, around: frozenset[str]) -> float:
        return len(self._in(paragraph) & around) / (len(self._in(paragraph)) or 1)

    def _of(self, paragraphs: Iterable[Paragraph]) -> frozenset[str]:
        return frozenset().union(*map(self._in, paragraphs))

    def _in(self, paragraph: Paragraph) -> frozenset[str]:
        if paragraph.number not in self._pairs:
            self._pairs[paragraph.number] = pairs_of(paragraph.text)
        return self._pairs[paragraph.number]


def evidence(left: str, right: str, seam: Seam) -> float | None:
    """Return what speaks for one paragraph going on in another by how they end and begin, None if it cannot."""
    closed, opened = unpaired(right)[0], unpaired(left)[1]
    if closed and not (opened and pairs_up(opened[-1], closed[0])):
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
