"""Pure. Which paragraphs of a page go on in which others: columns that break off in mid-sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from pipelines.segment.evidence import FRESH, evidence, is_fresh
from pipelines.segment.matching import Pair, marginals
from pipelines.segment.shapes import HEADLINE, openness
from pipelines.segment.wording import ABOUT, PARTLY, Language, common, pairs_of

NEXT = 4.0
"""Of the paragraph right behind one that breaks off, in nats: columns are mostly read in their order."""

PAST_CAPTION = 3.0
"""Of the one behind a picture's caption that stands between."""

PAST_SUBHEAD = -99.0
"""Of the one behind a heading: headings stand between paragraphs, not inside of them, whatever else speaks for it."""

IN_DOUBT = -3.2
"""Of one that may be a caption behind a paragraph whose other half is elsewhere: then a word must span the seam."""

APART = 0.8
"""Of one under the next headline, before its words are looked at: most ends that are torn go on somewhere, and what
they share is counted against all the ways to go on."""

FARTHER = -1.0
"""Of each headline more that stands between."""

LIKE_CAPTION = -4.0
"""Of a sentence that says what the left side's article says, where there is more behind it: a caption between both."""

TOLD, KEPT, OWN = 1.6, -1.1, -1.1
"""What words are worth that a paragraph and those behind it share with the left side's article and not with those
before it; that they share with those before it alone; and that it does itself. All weights were fitted to pages
composed of a paper's articles, by what is likeliest."""

SHARED = 5.0
"""The most that common words are worth, for or against: texts of one page are about one town."""

AGAIN = 0.8
"""Of a pair of hanzi across the seam that stands together elsewhere in the article: a name, or one of its words."""

LEAST = 0.7
"""How probable the joins of neighbours are at least: what competes for either side is taken into account."""

LEAST_APART = 0.75
"""The same where other articles stand between: a wrong one harms two articles. From 0.75 on 98 of 100 were right on
pages to tune with, of both kinds, and of those between 0.7 and 0.8 nine of ten."""

FLOOR = -4.0
"""Pairs that score less compete with none."""

REACH = 60
"""Paragraphs behind one that breaks off, or around one, that are looked at: a page of a paper has about so many."""


@frozen(kw_only=True)
class Paragraph:
    """A paragraph on a page: its block's number, its text, the number of the run of blocks under one headline.

    `first` is one that goes on nothing, as the first of a run and any with a dateline; `sentence` one that can be a
    caption; `gap` is what it is worth that the one before it stands there.
    """

    number: int
    text: str
    run: int
    first: bool = False
    sentence: bool = False
    gap: float = NEXT


@frozen(kw_only=True)
class Join:
    """A paragraph that goes on in another, by the numbers of their blocks, and how probable that is."""

    left: int
    right: int
    confidence: float


def joins(paragraphs: Sequence[Paragraph], language: Language) -> tuple[Join, ...]:
    """Return the joins of a page's paragraphs, given in reading order; each has at most one on either side.

    All ways to go on compete with each other, and with not going on at all: where one torn beginning remains for one
    open end, less evidence is enough than where two do.
    """
    scores: dict[Pair, float] = {}
    apart: set[Pair] = set()
    page = _Page(paragraphs, language)
    for at, left in enumerate(paragraphs):
        behind = paragraphs[at + 1 : at + 1 + REACH] if openness(left.text) else ()
        ends = not behind or behind[0].run != left.run
        for place, right in enumerate(behind if ends else behind[:1], at + 1):
            pair = left.number, right.number
            score = page.apart(left, right) if ends else page.near(left, right, place)
            if score is not None and score > FLOOR:
                scores[pair] = score
                apart |= {pair} if ends else set()
    found = marginals(scores)
    sure = [pair for pair, each in found.items() if each >= (LEAST_APART if pair in apart else LEAST)]
    return tuple(
        Join(left=left, right=right, confidence=round(found[left, right], 2))
        for left, right in sorted(sure, key=lambda pair: pair[1])
    )


class _Page:
    """The paragraphs of a page by their runs, with the pairs of hanzi of each."""

    def __init__(self, paragraphs: Sequence[Paragraph], language: Language) -> None:
        self._paragraphs = paragraphs
        self._language = language
        self._runs: dict[int, list[Paragraph]] = {}
        for each in paragraphs:
            self._runs.setdefault(each.run, []).append(each)
        self._pairs: dict[int, frozenset[str]] = {}
        self._around: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def near(self, left: Paragraph, right: Paragraph, place: int) -> float | None:
        """Return what speaks for a paragraph going on in the one behind it: less where that may be a caption."""
        score = None if right.first else evidence(left.text, right.text, self._language)
        if score is None or not right.sentence:
            return None if score is None else score + right.gap
        around = self._paragraphs[max(0, place - REACH) : place + REACH]
        said = _all(self._in(each) for each in around if each.run == right.run and each is not right)
        return score + right.gap + (IN_DOUBT if self._share(right, said) >= PARTLY else 0.0)

    def apart(self, left: Paragraph, right: Paragraph) -> float | None:
        """Return what speaks for a paragraph going on in one under another headline, None if it cannot."""
        if right.first or (openness(right.text) == 2 and len(right.text) <= HEADLINE):
            return None
        score = evidence(left.text, right.text, self._language)
        if score is None:
            return None
        told = self._told(left.run)
        before, rest = self._parted(right)
        behind = rest - self._in(right)
        alike = self._share(right, told | behind) if right.sentence and behind else 0.0
        points = (
            (FRESH, is_fresh(right.text)),
            (LIKE_CAPTION, alike >= ABOUT),
            (LIKE_CAPTION / 2, PARTLY <= alike < ABOUT),
            (AGAIN, left.text[-1:] + right.text[:1] in told | rest),
        )
        places = APART + FARTHER * (right.run - left.run - 1)
        return score + places + sum(each for each, holds in points if holds) + self._shared(told, before, rest, right)

    def _shared(self, told: frozenset[str], before: frozenset[str], rest: frozenset[str], right: Paragraph) -> float:
        """Return how much more a paragraph and those behind it share with another run than with their own."""
        own = before - told
        shared = (
            TOLD * common(rest & told - before, self._language)
            + KEPT * common(rest & own, self._language)
            + OWN * common(self._in(right) & own, self._language)
        )
        return max(-SHARED, min(SHARED, shared))

    def _parted(self, right: Paragraph) -> tuple[frozenset[str], frozenset[str]]:
        """Return the pairs of the paragraphs before one in its run, and those of it and all behind it."""
        if right.number not in self._around:
            run = self._runs[right.run]
            self._around |= zip((each.number for each in run), _splits([self._in(each) for each in run]), strict=True)
        return self._around[right.number]

    def _told(self, run: int) -> frozenset[str]:
        return self._parted(self._runs[run][0])[1]

    def _share(self, paragraph: Paragraph, around: frozenset[str]) -> float:
        return len(self._in(paragraph) & around) / (len(self._in(paragraph)) or 1)

    def _in(self, paragraph: Paragraph) -> frozenset[str]:
        if paragraph.number not in self._pairs:
            self._pairs[paragraph.number] = pairs_of(paragraph.text)
        return self._pairs[paragraph.number]


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _splits(sets: Sequence[frozenset[str]]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for at in range(len(sets)):
        yield _all(sets[:at]), _all(sets[at:])
