"""What each sign of a join counts: the weights in use beside those that are likeliest on made pages, and their gain.

Needs numpy, and the evaluation corpus for the articles of a real paper.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.parse.repair import language_model
from pipelines.parse.segment.block_traits import BlockTraits
from pipelines.parse.segment.headlines import headlines
from pipelines.parse.segment.join_candidates import JoinCandidates
from pipelines.parse.segment.join_weights import WEIGHTS
from pipelines.parse.segment.roles import paragraphs_of, roles_of
from tests.benchmarks.segment import SIZES
from tests.pages_of_articles.compose import KINDS, Page, compose
from tests.pages_of_articles.printed import printed

PAGES = 200
"""Pages of each size and kind, of each source."""

PRIOR = 0.5
"""How strongly weights are held near 0: a sign that is seen a few times would get any."""

STEPS, SETTLED = 50, 1e-4
"""Newton's steps at most, and the change of all weights at which they end."""

WRITTEN_ONLY = ("heading", "heading-join-gain")
"""Signs that only written pages have: those of the paper are without headings."""

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Choice = tuple[list[Row], int]
"""The signs of all ways that one end or beginning has, and which of them is true, -1 for none."""


def choices(page: Page, names: Sequence[str]) -> Iterator[Choice]:
    """Yield for each open end the ways to go on, and for each torn beginning those to go back, that others leave it."""
    blocks = tuple(map(BlockTraits, page.draft.blocks))
    heads = headlines(blocks, language_model)
    paragraphs = paragraphs_of(blocks, heads, roles_of(blocks, heads)) if heads else []
    texts = [piece.text for piece in page.pieces]
    true = {(texts.index(piece.follows.text), at) for at, piece in enumerate(page.pieces) if piece.follows}
    onward, backward = dict(true), {right: left for left, right in true}
    sides: dict[tuple[str, int], list[tuple[Row, bool]]] = defaultdict(list)
    ways = JoinCandidates(paragraphs, language_model)
    for at, left in enumerate(paragraphs):
        for right, signs in ways.continuations_of(at):
            one, two = left.number, right.number
            row = [float(signs.get(name, 0)) for name in names]
            if backward.get(two, one) == one:
                sides["left", one].append((row, (one, two) in true))
            if onward.get(one, two) == two:
                sides["right", two].append((row, (one, two) in true))
    for told in sides.values():
        yield [row for row, _ in told], next((at for at, (_, right) in enumerate(told) if right), -1)


def likelihood(weights: Vector, given: Sequence[tuple[Matrix, int]]) -> tuple[float, Vector, Matrix]:
    """Return how likely the true choices are by some weights, in nats, with its slope and curvature."""
    total, slope, curve = 0.0, np.zeros(len(weights)), np.zeros((len(weights), len(weights)))
    for rows, true in given:
        points = rows @ weights
        most = max(0.0, points.max())
        shares = np.exp(points - most)
        shares /= shares.sum() + np.exp(-most)
        mean = shares @ rows
        slope += (rows[true] if true >= 0 else 0.0) - mean
        curve += np.outer(mean, mean) - (rows.T * shares) @ rows
        total += float(np.log(shares[true] if true >= 0 else 1 - shares.sum() + 1e-300))
    return total, slope, curve


def fitted(given: Sequence[tuple[Matrix, int]], size: int) -> Vector:
    """Return the weights by which the true choices are likeliest, by Newton's method: there is one maximum."""
    weights = np.zeros(size)
    for _ in range(STEPS):
        _, slope, curve = likelihood(weights, given)
        step = np.linalg.solve(2 * PRIOR * np.eye(size) - curve, slope - 2 * PRIOR * weights)
        weights += step
        if float(np.abs(step).max()) < SETTLED:
            break
    return weights


def gathered(names: Sequence[str]) -> Iterator[tuple[Matrix, int]]:
    """Yield the choices on the pages that weights may be made with."""
    for source in ("tuned", "printed-tuned"):
        for kind in KINDS:
            for least, most in SIZES:
                rng = random.Random(f"{kind}{least}weights")
                for _ in range(PAGES):
                    page = compose(rng.randint(least, most), kind, source, rng)
                    for rows, true in choices(page, names):
                        kept = np.array(rows)
                        if source != "tuned":
                            kept[:, [names.index(name) for name in WRITTEN_ONLY]] = 0.0
                        yield kept, true


def main() -> None:
    """Print each weight in use and fitted, and by how much the fitted ones explain the pages better."""
    if not printed("tuned"):
        sys.exit("The evaluation corpus, out of which printed articles are taken, is not beside this checkout.")
    names = list(WEIGHTS)
    given = list(gathered(names))
    best = fitted(given, len(names))
    print(f"{len(given)} ends and beginnings on {2 * PAGES * len(KINDS) * len(SIZES)} pages: in use, fitted")
    for name, weight in zip(names, best, strict=True):
        print(f"  {name:<24}{WEIGHTS[name]:>7.1f}{weight:>8.2f}")
    used = likelihood(np.array(list(WEIGHTS.values())), given)[0]
    print(f"  {'nats a choice':<24}{used / len(given):>8.3f}{likelihood(best, given)[0] / len(given):>8.3f}")


if __name__ == "__main__":
    main()
