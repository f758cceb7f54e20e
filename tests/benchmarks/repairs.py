"""Repairs: recall for each kind of damage, false hits on clean text, and cost per page."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator

from pipelines.model import Block, Draft
from pipelines.parse.repair import mend, repair
from pipelines.parse.repair.widen_punctuation import FULL_WIDTH, widen_punctuation
from pipelines.text.script import script_of
from pipelines.text.simplify import convert, simplify
from tests.damage import shift
from tests.damage.kinds import KINDS, Kind
from tests.damage.marks import half_width
from tests.damage.texts import corpus, own, pages

TRIALS = 400
PAGE_CHARS = 800
TIMED_CHARS = 2000


def trials(kind: Kind, clean: list[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield clean pages with their damaged versions: `TRIALS` of those that the kind of damage changes."""
    tries = ((page, kind(page, rng)) for page in rng.choices(clean, k=TRIALS * 50))
    yield from itertools.islice(((page, damaged) for page, damaged in tries if damaged != page), TRIALS)


def tried(kind: Kind, clean: list[str]) -> str:
    """Return the row of a kind: trials, pages with any repair, pages and damaged lines that were restored exactly."""
    made, found, exact, lines = 0, 0, 0, Counter[bool]()
    for page, damaged in trials(kind, clean, random.Random(1)):  # the same damage in every run
        mended, _ = mend(damaged)
        made += 1
        found += mended != damaged
        exact += mended == page
        rows = zip(page.split("\n"), damaged.split("\n"), mended.split("\n"), strict=False)
        lines.update(right == out for right, wrong, out in rows if right != wrong)
    return f"{made:>7}{found:>7}{exact:>7}{lines[True] / (lines.total() or 1):>10.1%}"


def marks_right(text: str) -> str:
    """Make the full-width punctuation of a text half-width; return how much is restored, and how many others change."""
    right = Counter[bool]()
    changed = 0
    for page in pages(text, PAGE_CHARS):
        widened = widen_punctuation(half_width(page, random.Random(1))).text
        for mark, out in zip(_solid(page), _solid(widened), strict=True):
            if mark in FULL_WIDTH.values():
                right[mark == out] += 1
            changed += mark in FULL_WIDTH and mark != out
    return f"{right[True] / right.total():.2%} of {right.total():,}, {changed} other characters changed"


def _solid(text: str) -> str:
    """Return a text without spaces, because repair removes those beside punctuation."""
    return "".join(text.split())


def cost(text: str) -> str:
    """Return the median milliseconds of the whole repair of a page, and of its most expensive parts."""
    page = (text * (TIMED_CHARS // len(text) + 1))[:TIMED_CHARS]
    draft = Draft(title=page[:20], blocks=tuple(Block(text=line) for line in page.split("\n")))
    steps = {"rules": lambda: mend(page), "script": lambda: script_of(page), "simplified": lambda: simplify(page)}
    whole, *parts = (
        statistics.median(timed(step) for _ in range(50)) for step in (lambda: repair(draft), *steps.values())
    )
    return f"{whole:>7.2f} ms   including " + ", ".join(
        f"{name} {each:.2f}" for name, each in zip(steps, parts, strict=True)
    )


def timed(step: Callable[[], object]) -> float:
    """Return the CPU milliseconds of a step."""
    began = time.process_time_ns()
    step()
    return (time.process_time_ns() - began) / 1e6


def main() -> None:
    """Print a row for each kind of damage, the false hits on each clean text, and the cost for each script."""
    texts = corpus() or own()
    clean = [page for text in texts.values() for page in pages(text, PAGE_CHARS) if mend(page)[1] == ()]
    tearable = [each for each in shift.passages(texts.values()) if mend(each)[1] == ()]
    print(f"  {f'of pages of {PAGE_CHARS} characters':<24} trials  found  exact     lines    (shift: of paragraphs)")
    for name, kind in KINDS.items():
        print(f"  {name:<24}{tried(kind, tearable if name in shift.KINDS else clean)}", flush=True)
    for name, text in (own() | texts).items():
        print(f"  half-width punctuation restored in {name}: {marks_right(text)}")
    for name, text in (own() | texts).items():
        hits = Counter(made.rule for page in pages(text, PAGE_CHARS) for made in mend(page)[1])
        print(f"  false hits on {name} ({len(text):,} characters): {dict(hits) or 0}")
    for name, text in own().items():
        print(f"  {TIMED_CHARS:,} clean characters, {name}: {cost(text)}")
    print(f"  OpenCC alone, hant: {opencc(own()['hant'])}")


def opencc(text: str) -> str:
    """Return how long OpenCC takes for a page, and whether its result equals ours from its tables."""
    from opencc import OpenCC

    page, converter = (text * (TIMED_CHARS // len(text) + 1))[:TIMED_CHARS], OpenCC("t2s")
    same = all(convert(line) == converter.convert(line) for line in page.split("\n"))
    taken = statistics.median(timed(lambda: converter.convert(page)) for _ in range(5))
    return f"{taken:.2f} ms, {'equal' if same else 'UNEQUAL'} to ours before known errors are corrected"


if __name__ == "__main__":
    main()
