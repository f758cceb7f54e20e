"""Weights of the join features: those in use, those of maximum likelihood on composed pages, and their gain.

Needs numpy, and the evaluation corpus for the articles of a printed paper.
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
"""Pages of each size, kind and source."""

L2_PENALTY = 0.5
"""Strength of the L2 penalty: without it, a feature that occurs only a few times could get any weight."""

MAX_STEPS, TOLERANCE = 50, 1e-4
"""Maximum number of Newton steps, and the largest change of a weight at which they end."""

WRITTEN_ONLY = ("heading", "heading-join-gain")
"""Features that occur only on written pages: the articles of the printed paper have no headings."""

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Choice = tuple[list[Row], int]
"""The features of all join candidates of one open end or beginning, and the index of the true one, -1 for none."""


def choices(page: Page, names: Sequence[str]) -> Iterator[Choice]:
    """Yield the join candidates of each open end and torn beginning, except those that truly belong to another."""
    blocks = tuple(map(BlockTraits, page.draft.blocks))
    heads = headlines(blocks, language_model)
    paragraphs = paragraphs_of(blocks, heads, roles_of(blocks, heads)) if heads else []
    texts = [piece.text for piece in page.pieces]
    true = {(texts.index(piece.follows.text), at) for at, piece in enumerate(page.pieces) if piece.follows}
    onward, backward = dict(true), {right: left for left, right in true}
    sides: dict[tuple[str, int], list[tuple[Row, bool]]] = defaultdict(list)
    candidates = JoinCandidates(paragraphs, language_model)
    for at, left in enumerate(paragraphs):
        for right, features in candidates.continuations_of(at):
            one, two = left.number, right.number
            row = [float(features.get(name, 0)) for name in names]
            if backward.get(two, one) == one:
                sides["left", one].append((row, (one, two) in true))
            if onward.get(one, two) == two:
                sides["right", two].append((row, (one, two) in true))
    for side in sides.values():
        yield [row for row, _ in side], next((at for at, (_, is_true) in enumerate(side) if is_true), -1)


def likelihood(weights: Vector, observed: Sequence[tuple[Matrix, int]]) -> tuple[float, Vector, Matrix]:
    """Return the log-likelihood of the true choices with these weights, in nats, with its gradient and Hessian."""
    total, gradient, hessian = 0.0, np.zeros(len(weights)), np.zeros((len(weights), len(weights)))
    for rows, true in observed:
        points = rows @ weights
        most = max(0.0, points.max())
        shares = np.exp(points - most)
        shares /= shares.sum() + np.exp(-most)
        mean = shares @ rows
        gradient += (rows[true] if true >= 0 else 0.0) - mean
        hessian += np.outer(mean, mean) - (rows.T * shares) @ rows
        total += float(np.log(shares[true] if true >= 0 else 1 - shares.sum() + 1e-300))
    return total, gradient, hessian


def fitted(observed: Sequence[tuple[Matrix, int]], size: int) -> Vector:
    """Return the weights of maximum likelihood, by Newton's method; there is exactly one maximum."""
    weights = np.zeros(size)
    for _ in range(MAX_STEPS):
        _, gradient, hessian = likelihood(weights, observed)
        step = np.linalg.solve(2 * L2_PENALTY * np.eye(size) - hessian, gradient - 2 * L2_PENALTY * weights)
        weights += step
        if float(np.abs(step).max()) < TOLERANCE:
            break
    return weights


def gathered(names: Sequence[str]) -> Iterator[tuple[Matrix, int]]:
    """Yield the choices on the pages that may be used for fitting."""
    for source in ("tuned", "printed-tuned"):
        for kind in KINDS:
            for least, most in SIZES:
                rng = random.Random(f"{kind}{least}weights")
                for _ in range(PAGES):
                    page = compose(rng.randint(least, most), kind, source, rng)
                    for rows, true in choices(page, names):
                        matrix = np.array(rows)
                        if source != "tuned":
                            matrix[:, [names.index(name) for name in WRITTEN_ONLY]] = 0.0
                        yield matrix, true


def main() -> None:
    """Print each weight, in use and fitted, and the log-likelihood of both sets of weights."""
    if not printed("tuned"):
        sys.exit("The evaluation corpus, from which printed articles are taken, is not beside this checkout.")
    names = list(WEIGHTS)
    observed = list(gathered(names))
    best = fitted(observed, len(names))
    print(f"{len(observed)} open ends and beginnings on {2 * PAGES * len(KINDS) * len(SIZES)} pages: in use, fitted")
    for name, weight in zip(names, best, strict=True):
        print(f"  {name:<24}{WEIGHTS[name]:>7.1f}{weight:>8.2f}")
    used = likelihood(np.array(list(WEIGHTS.values())), observed)[0]
    print(f"  {'nats per choice':<24}{used / len(observed):>8.3f}{likelihood(best, observed)[0] / len(observed):>8.3f}")


if __name__ == "__main__":
    main()
