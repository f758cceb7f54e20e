"""The paragraphs of a page in which one that breaks off may go on, with the signs for and against each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from pipelines.parse.segment.bigrams import ABOUT, Language, common, pairs_of
from pipelines.parse.segment.block_traits import HEADLINE, openness
from pipelines.parse.segment.join_evidence import Signs, ends, is_fresh

REACH = 60
"""Paragraphs behind one that breaks off, or around one, that are looked at: a page of a paper has about so many."""

Way = tuple["Paragraph", Signs]


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


class Ways:
    """The paragraphs of a page by their runs, with the pairs of hanzi of each."""

    def __init__(self, paragraphs: Sequence[Paragraph], language: Language) -> None:
        """Take the paragraphs in reading order."""
        self._paragraphs = paragraphs
        self._language = language
        self._runs: dict[int, list[Paragraph]] = {}
        for each in paragraphs:
            self._runs.setdefault(each.run, []).append(each)
        self._pairs: dict[int, frozenset[str]] = {}
        self._around: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def behind(self, at: int) -> Iterator[Way]:
        """Yield those in which the one at a place may go on, none if it does not break off.

        That is the next under its headline, and the one behind that if the next may be a caption; where nothing more
        follows under its headline, any under those behind it.
        """
        left, behind = self._paragraphs[at], self._paragraphs[at + 1 : at + 1 + REACH]
        if not openness(left.text) or not behind:
            return
        past: Signs = {}
        if behind[0].run == left.run:
            yield from self._near(left, behind[0], {"next": 1})
            if not behind[0].sentence or left.heading:
                return
            past, behind = self._past(at + 1), behind[1:]
        if behind and behind[0].run == left.run:
            yield from self._near(left, behind[0], past | {"past-fresh": is_fresh(behind[0].text)})
        elif not left.heading:
            for right in behind:
                yield from self._apart(left, right, past)

    def _near(self, left: Paragraph, right: Paragraph, place: Signs) -> Iterator[Way]:
        signs = None if right.first else ends(left.text, right.text, self._language)
        if signs is None:
            return
        if left.heading:
            place = place | {"heading": 1, "heading-seam": max(0.0, signs["seam"])}
        yield right, signs | place | {"sentence": right.sentence}

    def _past(self, at: int) -> Signs:
        """Return the signs of a sentence being a caption that stands between two halves of a paragraph."""
        here = self._paragraphs[at]
        around = self._paragraphs[max(0, at - REACH) : at + REACH]
        said = _all(self._in(each) for each in around if each.run == here.run and each is not here)
        shared = common(self._in(here) & said, self._language)
        return {"past": 1, "past-alike": self._is_about(here, said), "past-said": shared}

    def _apart(self, left: Paragraph, right: Paragraph, past: Signs) -> Iterator[Way]:
        if right.first or (openness(right.text) == 2 and len(right.text) <= HEADLINE):
            return
        signs = ends(left.text, right.text, self._language)
        if signs is None:
            return
        told, (before, rest) = self._told(left.run), self._parted(right)
        behind, own = rest - self._in(right), before - told
        yield (
            right,
            signs
            | past
            | {
                "apart": 1,
                "farther": right.run - left.run - 1,
                "fresh": is_fresh(right.text),
                "caption": right.sentence and bool(behind) and self._is_about(right, told | behind),
                "told": common(rest & told - before, self._language),
                "kept": common(rest & own, self._language),
                "own": common(self._in(right) & own, self._language),
                "again": left.text[-1:] + right.text[:1] in told | rest,
            },
        )

    def _is_about(self, sentence: Paragraph, said: frozenset[str]) -> bool:
        pairs = self._in(sentence)
        return len(pairs & said) >= ABOUT * len(pairs)

    def _told(self, run: int) -> frozenset[str]:
        return self._parted(self._runs[run][0])[1]

    def _parted(self, right: Paragraph) -> tuple[frozenset[str], frozenset[str]]:
        """Return the pairs of the paragraphs before one in its run, and those of it and all behind it."""
        if right.number not in self._around:
            run = self._runs[right.run]
            self._around |= zip((each.number for each in run), _splits([self._in(each) for each in run]), strict=True)
        return self._around[right.number]

    def _in(self, paragraph: Paragraph) -> frozenset[str]:
        if paragraph.number not in self._pairs:
            self._pairs[paragraph.number] = pairs_of(paragraph.text)
        return self._pairs[paragraph.number]


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _splits(sets: Sequence[frozenset[str]]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for at in range(len(sets)):
        yield _all(sets[:at]), _all(sets[at:])
