"""Possible continuations of each paragraph of a page that breaks off, with the features for and against each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from pipelines.parse.segment.bigrams import MIN_CAPTION_SHARE, LanguageModel, bigrams_of, shared_rarity
from pipelines.parse.segment.block_traits import MAX_HEADLINE_CHARS, openness
from pipelines.parse.segment.join_evidence import Features, begins_like_paragraph, join_features

MAX_PARAGRAPHS_AWAY = 60
"""Number of paragraphs after one that breaks off, or around one, that are searched: a page of a newspaper has about so
many."""

Candidate = tuple["Paragraph", Features]


@frozen(kw_only=True)
class Paragraph:
    """A paragraph of a page: the number of its block, its text, and the number of its run.

    A run is all blocks under one headline. `starts_new` says that it continues no other paragraph, as the first of a
    run, a subhead, or one with a dateline. `may_be_caption` says that it is a sentence that can be a caption,
    `is_heading` that it looks like a subhead.
    """

    number: int
    text: str
    run: int
    starts_new: bool = False
    may_be_caption: bool = False
    is_heading: bool = False


class JoinCandidates:
    """The paragraphs of a page by runs, with the bigrams of each."""

    def __init__(self, paragraphs: Sequence[Paragraph], language: LanguageModel) -> None:
        """Take the paragraphs in reading order."""
        self._paragraphs = paragraphs
        self._language = language
        self._runs: dict[int, list[Paragraph]] = {}
        for paragraph in paragraphs:
            self._runs.setdefault(paragraph.run, []).append(paragraph)
        self._bigrams: dict[int, frozenset[str]] = {}
        self._before_and_from: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def continuations_of(self, position: int) -> Iterator[Candidate]:
        """Yield the possible continuations of the paragraph at a position; none if it does not break off.

        These are the next paragraph under the same headline, and the one after that if the next may be a caption. If
        nothing more follows under the same headline, they are all paragraphs under the headlines after it.
        """
        left, after = self._paragraphs[position], self._paragraphs[position + 1 : position + 1 + MAX_PARAGRAPHS_AWAY]
        if not openness(left.text) or not after:
            return
        across: Features = {}
        if after[0].run == left.run:
            yield from self._in_same_run(left, after[0], {"next": 1})
            if not after[0].may_be_caption or left.is_heading:
                return
            across, after = self._across_caption(position + 1), after[1:]
        if after and after[0].run == left.run:
            fresh = begins_like_paragraph(after[0].text)
            yield from self._in_same_run(left, after[0], across | {"caption-fresh": fresh})
        elif not left.is_heading:
            for right in after:
                yield from self._in_other_run(left, right, across)

    def _in_same_run(self, left: Paragraph, right: Paragraph, place: Features) -> Iterator[Candidate]:
        features = None if right.starts_new else join_features(left.text, right.text, self._language)
        if features is None:
            return
        if left.is_heading:
            place = place | {"heading": 1, "heading-join-gain": max(0.0, features["join-gain"])}
        yield right, features | place | {"sentence": right.may_be_caption}

    def _across_caption(self, position: int) -> Features:
        """Return the features of a sentence that may be a caption between two halves of a paragraph."""
        caption = self._paragraphs[position]
        around = self._paragraphs[max(0, position - MAX_PARAGRAPHS_AWAY) : position + MAX_PARAGRAPHS_AWAY]
        same_run = (one for one in around if one.run == caption.run and one is not caption)
        context = _union(self._bigrams_of(one) for one in same_run)
        shared = shared_rarity(self._bigrams_of(caption) & context, self._language)
        return {"across-caption": 1, "caption-alike": self._repeats(caption, context), "caption-shared": shared}

    def _in_other_run(self, left: Paragraph, right: Paragraph, across: Features) -> Iterator[Candidate]:
        if right.starts_new or (openness(right.text) == 2 and len(right.text) <= MAX_HEADLINE_CHARS):
            return
        features = join_features(left.text, right.text, self._language)
        if features is not None:
            yield right, features | across | self._topic_features(left, right)

    def _topic_features(self, left: Paragraph, right: Paragraph) -> Features:
        """Return whether a paragraph under another headline fits the left's article or what precedes it there."""
        article = self._split_run(self._runs[left.run][0])[1]
        before, rest = self._split_run(right)
        following, only_before = rest - self._bigrams_of(right), before - article
        own = self._bigrams_of(right) & only_before
        return {
            "other-headline": 1,
            "headlines-between": right.run - left.run - 1,
            "fresh": begins_like_paragraph(right.text),
            "maybe-caption": right.may_be_caption and bool(following) and self._repeats(right, article | following),
            "shared-with-left": shared_rarity(rest & article - before, self._language),
            "rest-shared-with-before": shared_rarity(rest & only_before, self._language),
            "shared-with-before": shared_rarity(own, self._language),
            "bigram-repeats": left.text[-1:] + right.text[:1] in article | rest,
        }

    def _repeats(self, sentence: Paragraph, context: frozenset[str]) -> bool:
        """Return whether a sentence repeats so much of a context that it may be a caption."""
        bigrams = self._bigrams_of(sentence)
        return len(bigrams & context) >= MIN_CAPTION_SHARE * len(bigrams)

    def _split_run(self, paragraph: Paragraph) -> tuple[frozenset[str], frozenset[str]]:
        """Return the bigrams of the paragraphs before one in its run, and those of it and all after it."""
        if paragraph.number not in self._before_and_from:
            run = self._runs[paragraph.run]
            splits = _splits([self._bigrams_of(one) for one in run])
            self._before_and_from |= zip((one.number for one in run), splits, strict=True)
        return self._before_and_from[paragraph.number]

    def _bigrams_of(self, paragraph: Paragraph) -> frozenset[str]:
        if paragraph.number not in self._bigrams:
            self._bigrams[paragraph.number] = bigrams_of(paragraph.text)
        return self._bigrams[paragraph.number]


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _splits(sets: Sequence[frozenset[str]]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield for each position the union of the sets before it, and of those from it on."""
    for at in range(len(sets)):
        yield _union(sets[:at]), _union(sets[at:])
