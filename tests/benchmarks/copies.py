"""Near copies: recall on known reprints, false hits, and cost, in comparison with three MinHash libraries.

The cost of lookups among many texts is measured by `tests.benchmarks.catalogue`, the effect on a crawl by `.full`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from opencc import OpenCC

from crawler.demo.prose import compose
from pipelines.dedupe.similarity import ComparedText
from pipelines.dedupe.winnowing import fingerprints
from pipelines.text.normalise import normalise
from pipelines.text.simplify import simplify
from tests.pipelines.dedupe import templates
from tests.pipelines.dedupe.reprints import CHANGES

KINDS = ("news", "notice", "document", "trade")
BANDS, ROWS = 32, 4
"""128 permutations: of pairs with a Jaccard index of .38 half share a band, at .6 all but one in 85."""

Sketch = Callable[[str], Iterable[object]]
"""Returns the keys of a text; two texts that share a key are compared."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print recall, false hits and cost; `--texts` is the number of texts of the demo city."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=1_000)
    options = parser.parse_args(arguments)
    texts = [compose(f"copies/{n}", KINDS[n % 4], dt.date(2024, 3, 5)).text for n in range(options.texts)]
    _print_recall(texts)
    _print_false_hits(texts)


def _print_recall(texts: list[str]) -> None:
    """Print what share of the reprints each method finds, for each change, and its cost."""
    traditional, chance = OpenCC("s2t"), random.Random(1)
    changed = {name: [change(text, chance) for text in texts] for name, change in CHANGES.items()}
    changed["other script"] = [simplify(traditional.convert(text)) for text in texts]
    around = [texts[(number + step) % len(texts)] for number in range(len(texts)) for step in (1, 2, 3)]
    changed["in a page of four"] = ["\n".join((text, *around[3 * n : 3 * n + 3])) for n, text in enumerate(texts)]
    methods: dict[str, Sketch | None] = {
        "winnowing": fingerprints,
        "MinHash, numpy": _numpy(),
        "MinHash, datasketch": _datasketch(),
        "MinHash, rensa": _rensa(),
    }
    print(
        f"{len(texts):,} texts of {sum(map(len, texts)) // len(texts)} characters; share of reprints found, by change"
    )
    print(f"  {'':<22}" + "".join(f"{name:>20}" for name in changed))
    for name, sketch in methods.items():
        if sketch is None:
            print(f"  {name:<22}  not installed")
            continue
        start, keys = time.process_time(), [set(sketch(text)) for text in texts]
        cost = (time.process_time() - start) / len(texts) * 1e3
        shares = [
            sum(not known.isdisjoint(sketch(text)) for known, text in zip(keys, made, strict=True)) / len(texts)
            for made in changed.values()
        ]
        columns = "".join(f"{share:>20.1%}" for share in shares)
        print(f"  {name:<22}{columns}   {cost:.2f} ms and {sum(map(len, keys)) // len(keys)} keys per text")
    start = time.process_time()
    whole = {name: sum(map(_near, made, texts)) / len(texts) for name, made in changed.items()}
    cost = (time.process_time() - start) / len(texts) / len(changed) * 1e3
    print(
        f"  {'classified as copy':<22}"
        + "".join(f"{share:>20.1%}" for share in whole.values())
        + f"   {cost:.2f} ms per pair"
    )


def _print_false_hits(texts: list[str]) -> None:
    """Print how many other texts are classified as copies."""
    holders = defaultdict[int, list[int]](list)
    pairs = set[tuple[int, int]]()
    for number, text in enumerate(texts):
        for fingerprint in fingerprints(text):
            pairs |= {(other, number) for other in holders[fingerprint]}
            holders[fingerprint].append(number)
    compared = list(map(ComparedText, texts))
    hits = [pair for pair in pairs if compared[pair[0]].similarity_to(compared[pair[1]])]
    print(f"other texts of the city: {len(hits)} of {len(pairs):,} pairs with a common passage classified as copies")
    for kind in templates.KINDS:
        made = list(map(ComparedText, templates.texts(kind, 30)))
        found = sum(one.similarity_to(other) is not None for one, other in combinations(made, 2))
        print(f"  template {kind:<12} {found} of {len(made) * (len(made) - 1) // 2} pairs classified as copies")


def _near(one: str, other: str) -> bool:
    return ComparedText(one).similarity_to(ComparedText(other)) is not None


def _grams(text: str) -> list[str]:
    whole = normalise(text)
    return sorted({whole[at : at + 3] for at in range(len(whole) - 2)})


def _banded(signature: Sequence[int]) -> list[object]:
    return [(band, *signature[band * ROWS : band * ROWS + ROWS]) for band in range(BANDS)]


def _numpy() -> Sketch | None:
    if not importlib.util.find_spec("numpy"):
        return None
    import numpy as np

    chance = np.random.default_rng(1)
    factors, terms = chance.integers(1, 1 << 61, (2, BANDS * ROWS, 1), dtype=np.uint64)

    def sketch(text: str) -> list[object]:
        codes = np.frombuffer(normalise(text).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        grams = np.unique(codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:])
        mixed = grams * np.uint64(0x9E3779B97F4A7C15)  # otherwise permutations keep the order of similar grams
        permuted = (factors | np.uint64(1)) * (mixed ^ mixed >> np.uint64(32)) + terms
        return _banded((permuted >> np.uint64(32)).min(axis=1).tolist())

    return sketch


def _datasketch() -> Sketch | None:
    if not importlib.util.find_spec("datasketch"):
        return None
    from datasketch import MinHash

    def sketch(text: str) -> list[object]:
        made = MinHash(num_perm=BANDS * ROWS, seed=1)
        made.update_batch([gram.encode() for gram in _grams(text)])
        return _banded([int(value) for value in made.hashvalues])

    return sketch


def _rensa() -> Sketch | None:
    if not importlib.util.find_spec("rensa"):
        return None
    from rensa import RMinHash

    def sketch(text: str) -> list[object]:
        made = RMinHash(num_perm=BANDS * ROWS, seed=1)
        made.update(_grams(text))
        return _banded(made.digest())

    return sketch


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
