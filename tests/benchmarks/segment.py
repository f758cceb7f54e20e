"""Quality of splitting pages of several articles and joining their columns, on articles that no rule was tuned on."""

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
    """The result for a page: headlines, joined pairs of pieces, captions, and whether every character was conserved."""

    titles: set[str]
    joins: set[tuple[str, str]]
    captions: set[str]
    conserved: bool


def found(page: Page) -> Found:
    """Split a page, and take the result apart into the pieces that the page was composed of."""
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
    """Yield the pieces of an article as they were on the page, each with the rule that moved or joined it."""
    text = "\n".join(block.text for block in part.blocks)
    rules = {}
    for number, repair in enumerate(part.repairs):
        before = undo(text[: repair.start], part.repairs[:number])
        rules[before.count("\n") + (before[-1:] not in ("", "\n"))] = repair.rule
    for number, line in enumerate(undo(text, part.repairs).split("\n")):
        yield line, rules.get(number, "")


def _counted(texts: Iterable[str]) -> Counter[str]:
    """Count the characters of texts, except white space and the dash before a line below a headline."""
    return Counter(char for text in texts for char in text if not char.isspace() and char != "—")


@define
class Score:
    """Counts over pages: found and true, found, and true."""

    right: int = 0
    found: int = 0
    true: int = 0

    def add(self, found: set[object], true: set[object]) -> None:
        """Add what was found on a page and what is true."""
        self.right += len(found & true)
        self.found += len(found)
        self.true += len(true)

    def __str__(self) -> str:
        precision, recall = self.right / (self.found or 1), self.right / (self.true or 1)
        f1 = 2 * precision * recall / ((precision + recall) or 1)
        return f"{precision:>7.3f}{recall:>7.3f}{f1:>7.3f}" if self.true else " " * 21


@define
class Row:
    """The figures over some pages."""

    titles: Score = field(factory=Score)
    joins: Score = field(factory=Score)
    captions: Score = field(factory=Score)
    conserved: int = 0
    took: list[float] = field(factory=list)

    def add(self, page: Page) -> None:
        """Split a page and add its result."""
        result = found(page)
        self.titles.add(result.titles, page.titles)
        self.joins.add(result.joins, page.joins)
        self.captions.add(result.captions, {piece.text for piece in page.pieces if piece.role == "caption"})
        self.conserved += result.conserved
        self.took.append(timed(page))

    def __str__(self) -> str:
        conserved = f"{self.conserved / len(self.took):.1%}"
        took = f"{statistics.median(self.took):>8.2f}{max(self.took):>8.2f}"
        return f"{self.titles}  {self.joins}  {self.captions}  {conserved:>8}{took}"


def timed(page: Page) -> float:
    """Return the CPU milliseconds that splitting a page takes."""
    draft = page.draft
    began = time.process_time_ns()
    segment(draft, language_model)
    return (time.process_time_ns() - began) / 1e6


def main() -> None:
    """Print a row for each kind and size of page, one for all pages, and the cost of a page with one article.

    The argument selects the articles: `held` (held out), `tuned`, or those of a printed paper, `printed-held` and
    `printed-tuned`.
    """
    source = next(iter(sys.argv[1:]), "held")
    if source.startswith("printed") and not printed("held"):
        sys.exit("The evaluation corpus, from which printed articles are taken, is not beside this checkout.")
    language_model.join_gain("预热", "词表")
    heads = "".join(f"  {name:<19}" for name in ("headlines P/R/F1", "joins P/R/F1", "captions P/R/F1"))
    print(f"  {source} articles, {PAGES} pages per row{'':<2}{heads}  conserved   ms     max")
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
    print(f"  one article: {statistics.median(map(timed, single)):.2f} ms, {cut} of {PAGES} split")


if __name__ == "__main__":
    main()
