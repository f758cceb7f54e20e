"""How well pages of several articles are cut and their columns joined, on articles that no rule was made with."""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from pipelines.model import Draft
from pipelines.parse.repair import language_model
from pipelines.parse.repair.edits import undo
from pipelines.parse.segment import segment
from pipelines.parse.segment.drafts import CAPTION, JOIN
from tests.pages_of_articles.compose import KINDS, Page, compose
from tests.pages_of_articles.printed import printed

PAGES = 100
"""Pages of each size and kind."""

SIZES = ((2, 2), (3, 5), (6, 8), (9, 12))


@frozen(kw_only=True)
class Found:
    """What came of a page: headlines, joined pairs of pieces, captions apart, and whether it has every character."""

    titles: set[str]
    joins: set[tuple[str, str]]
    captions: set[str]
    conserved: bool


def found(page: Page) -> Found:
    """Cut a page and take the result apart again into the pieces that it was composed of."""
    parts = segment(page.draft, language_model)
    pieces = [list(pieces_of(part)) for part in parts]
    heads = [part.title or "" for part in parts if part.title != page.title]
    out = [*heads, *(part.subtitle or "" for part in parts), *(text for each in pieces for text, _ in each)]
    texts = [[(text, rule) for text, rule in each if rule in ("", JOIN)] for each in pieces]
    return Found(
        titles=set(heads),
        joins={(one, two) for each in texts for (one, _), (two, rule) in itertools.pairwise(each) if rule == JOIN},
        captions={text for each in pieces for text, rule in each if rule == CAPTION},
        conserved=_counted(out) == _counted(block.text for block in page.draft.blocks),
    )


def pieces_of(part: Draft) -> Iterator[tuple[str, str]]:
    """Yield the pieces of an article as they stood on the page, each with the rule by which it was lifted or joined."""
    text = "\n".join(block.text for block in part.blocks)
    rules = {}
    for number, repair in enumerate(part.repairs):
        before = undo(text[: repair.start], part.repairs[:number])
        rules[before.count("\n") + (before[-1:] not in ("", "\n"))] = repair.rule
    for number, line in enumerate(undo(text, part.repairs).split("\n")):
        yield line, rules.get(number, "")


def _counted(texts: Iterable[str]) -> Counter[str]:
    """Count the characters of texts but for white space and the dash before a line under a headline."""
    return Counter(char for text in texts for char in text if not char.isspace() and char != "—")


@define
class Score:
    """Right, found and true things, added up over pages."""

    right: int = 0
    found: int = 0
    true: int = 0

    def add(self, found: set[object], true: set[object]) -> None:
        """Count what was found on a page against what is true of it."""
        self.right += len(found & true)
        self.found += len(found)
        self.true += len(true)

    def __str__(self) -> str:
        precision, recall = self.right / (self.found or 1), self.right / (self.true or 1)
        f1 = 2 * precision * recall / ((precision + recall) or 1)
        return f"{precision:>7.3f}{recall:>7.3f}{f1:>7.3f}" if self.true else " " * 21


@define
class Row:
    """The figures of some pages."""

    titles: Score = field(factory=Score)
    joins: Score = field(factory=Score)
    captions: Score = field(factory=Score)
    conserved: int = 0
    took: list[float] = field(factory=list)

    def add(self, page: Page) -> None:
        """Cut a page and count what came of it."""
        came = found(page)
        self.titles.add(came.titles, page.titles)
        self.joins.add(came.joins, page.joins)
        self.captions.add(came.captions, {piece.text for piece in page.pieces if piece.role == "caption"})
        self.conserved += came.conserved
        self.took.append(timed(page))

    def __str__(self) -> str:
        kept = f"{self.conserved / len(self.took):.1%}"
        took = f"{statistics.median(self.took):>8.2f}{max(self.took):>8.2f}"
        return f"{self.titles}  {self.joins}  {self.captions}  {kept:>8}{took}"


def timed(page: Page) -> float:
    """Return how many milliseconds of the processor a page takes."""
    draft = page.draft
    began = time.process_time_ns()
    segment(draft, language_model)
    return (time.process_time_ns() - began) / 1e6


def main() -> None:
    """Print a row for each kind and each size of page, one for all pages, and the cost of a page with one article.

    An argument names the articles: `held`, `tuned`, or those of a real paper, `printed-held` and `printed-tuned`.
    """
    source = next(iter(sys.argv[1:]), "held")
    if source.startswith("printed") and not printed("held"):
        sys.exit("The evaluation corpus, out of which printed articles are taken, is not beside this checkout.")
    language_model.join_gain("预热", "词表")
    heads = "".join(f"  {name:<19}" for name in ("headlines P/R/F1", "joins P/R/F1", "captions P/R/F1"))
    print(f"  {source} articles, {PAGES} pages a row{'':<2}{heads}  conserved   ms    most")
    whole = Row()
    for kind in KINDS:
        for least, most in SIZES:
            rng, here = random.Random(f"{kind}{least}"), Row()  # the same pages in every run
            for _ in range(PAGES):
                page = compose(rng.randint(least, most), kind, source, rng)
                here.add(page)
                whole.add(page)
            print(f"  {kind:<10}{f'{least}–{most} articles':<18}{here}", flush=True)
    print(f"  {'all pages':<28}{whole}")
    single = [compose(1, "whole", source, random.Random(seed)) for seed in range(PAGES)]
    cut = sum(len(segment(page.draft, language_model)) > 1 for page in single)
    print(f"  one article: {statistics.median(map(timed, single)):.2f} ms, {cut} of {PAGES} cut")


if __name__ == "__main__":
    main()
