"""Pure. Which paragraphs of a page go on in which others: columns that break off in mid-sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from pipelines.segment.evidence import FRESH, WORD, evidence, is_fresh
from pipelines.segment.matching import Pair, marginals
from pipelines.segment.shapes import HEADLINE, openness
from pipelines.segment.wording import ABOUT, Language, common, pairs_of

NEXT = 3.3
"""Of the paragraph right behind one that breaks off, in nats: columns are mostly read in their order. This and all
other weights were fitted, together, to pages composed of written articles and of a paper's, by what is likeliest."""

SENTENCE = 1.1
"""Of one that is a single sentence: the rests of paragraphs mostly are."""

HEADING, SPANNED = -6.3, 3.1
"""Of a left side that looks like a heading inside an article; of each nat by which a word spans the seam behind it."""

PAST_SENTENCE, PAST_FRESH = -3.8, -1.5
"""Of the one behind a sentence that may be a picture's caption; of that if it begins as most paragraphs do."""

ALIKE, SAID = 3.0, 1.5
"""Of such a sentence of which half is said around as well; of the words that it shares with what stands around."""

APART = 1.2
"""Of one under the next headline, before its words are looked at: most ends that are torn go on somewhere."""

LIKE_CAPTION = -2.0
"""Of a sentence there that says what the left side's article says, where there is more behind it: a caption of both."""

FARTHER = -0.9
"""Of each headline more that stands between."""

TOLD, KEPT, OWN = 1.6, -1.0, -1.6
"""What words are worth that a paragraph and those behind it share with the left side's article and not with those
before it; that they share with those before it alone; and that it does itself."""

AGAIN = 1.4
"""Of a pair of hanzi across the seam that stands together elsewhere in the article: a name, or one of its words."""

LEAST = 0.88
"""How probable a join is at least, what competes for either side taken into account: so that of 100 joins on pages with
all kinds of harm 99 are right."""

FLOOR = -4.0
"""Pairs that score less compete with none."""

REACH = 60
"""Paragraphs behind one that breaks off, or around one, that are looked at: a page of a paper has about so many."""


@frozen(kw_only=True)
class Paragraph:
    """A paragraph on a page: its block's number, its text, the number of the run of blocks under one headline.

    `first` is one that goes on nothing, as the first of a run and any with a dateline; `sentence` one that can be a
    caption; `heading` one that looks like a heading inside an article, and goes on nothing either.
    """

    number: int
    text: str
    run: int
    first: bool = False
    sentence: bool = False
    heading: bool = False


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
    page = _Page(paragraphs, language)
    scores: dict[Pair, float] = {}
    for at, left in enumerate(paragraphs):
        if openness(left.text):
            scores |= {(left.number, right.number): score for right, score in page.ways(at) if score > FLOOR}
    found = marginals(scores)
    return tuple(
        Join(left=left, right=right, confidence=round(found[left, right], 2))
        for left, right in sorted(found, key=lambda pair: pair[1])
        if found[left, right] >= LEAST
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

    def ways(self, at: int) -> Iterator[tuple[Paragraph, float]]:
        """Yield the paragraphs in which one that breaks off may go on, with what speaks for each.

        That is the next under its headline, and the one behind that if the next may be a caption; where nothing more
        follows under its headline, any under those behind it.
        """
        left, behind = self._paragraphs[at], self._paragraphs[at + 1 : at + 1 + REACH]
        past = 0.0
        if behind and behind[0].run == left.run:
            yield from self._near(left, behind[0], NEXT)
            if not behind[0].sentence or left.heading:
                return
            past = self._past(at + 1)
            behind = behind[1:]
            if behind and behind[0].run == left.run:
                yield from self._near(left, behind[0], past + (PAST_FRESH if is_fresh(behind[0].text) else 0.0))
                return
        if not left.heading:
            yield from ((right, score + past) for right in behind for score in self._apart(left, right))

    def _near(self, left: Paragraph, right: Paragraph, place: float) -> Iterator[tuple[Paragraph, float]]:
        score = None if right.first else evidence(left.text, right.text, self._language)
        if score is not None:
            spanned = SPANNED * max(0.0, min(WORD, self._language.seam(left.text, right.text))) if left.heading else 0.0
            told = (SENTENCE, right.sentence), (HEADING, left.heading)
            yield right, score + place + spanned + sum(each for each, holds in told if holds)

    def _past(self, at: int) -> float:
        """Return what speaks for a sentence being a caption that stands between two halves of a paragraph."""
        here = self._paragraphs[at]
        around = self._paragraphs[max(0, at - REACH) : at + REACH]
        said = _all(self._in(each) for each in around if each.run == here.run and each is not here)
        shared = SAID * common(self._in(here) & said, self._language)
        return PAST_SENTENCE + shared + (ALIKE if self._is_about(here, said) else 0.0)

    def _apart(self, left: Paragraph, right: Paragraph) -> Iterator[float]:
        """Yield what speaks for a paragraph going on in one under another headline, nothing if it cannot."""
        if right.first or (openness(right.text) == 2 and len(right.text) <= HEADLINE):
            return
        score = evidence(left.text, right.text, self._language)
        if score is None:
            return
        told, (before, rest) = self._told(left.run), self._parted(right)
        own = before - told
        shared = (
            (TOLD, rest & told - before),
            (KEPT, rest & own),
            (OWN, self._in(right) & own),
        )
        behind = rest - self._in(right)
        points = (
            (FRESH, is_fresh(right.text)),
            (LIKE_CAPTION, right.sentence and bool(behind) and self._is_about(right, told | behind)),
            (AGAIN, left.text[-1:] + right.text[:1] in told | rest),
        )
        score += APART + FARTHER * (right.run - left.run - 1) + sum(each for each, holds in points if holds)
        yield score + sum(weight * common(pairs, self._language) for weight, pairs in shared)

    def _parted(self, right: Paragraph) -> tuple[frozenset[str], frozenset[str]]:
        """Return the pairs of the paragraphs before one in its run, and those of it and all behind it."""
        if right.number not in self._around:
            run = self._runs[right.run]
            self._around |= zip((each.number for each in run), _splits([self._in(each) for each in run]), strict=True)
        return self._around[right.number]

    def _is_about(self, sentence: Paragraph, said: frozenset[str]) -> bool:
        pairs = self._in(sentence)
        return len(pairs & said) >= ABOUT * len(pairs)

    def _told(self, run: int) -> frozenset[str]:
        return self._parted(self._runs[run][0])[1]

    def _in(self, paragraph: Paragraph) -> frozenset[str]:
        if paragraph.number not in self._pairs:
            self._pairs[paragraph.number] = pairs_of(paragraph.text)
        return self._pairs[paragraph.number]


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _splits(sets: Sequence[frozenset[str]]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for at in range(len(sets)):
        yield _all(sets[:at]), _all(sets[at:])
