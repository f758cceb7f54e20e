"""Near copies: what is found of known reprints and what falsely, beside MinHash of three makers, and the cost of each.

What it costs to look texts up among many is in `tests.benchmarks.catalogue`, what a crawl makes of it in `.full`.
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
"""128 permutations: half of the pairs with a Jaccard index of .38 have a band in common, at .6 all but one in 85."""

Sketch = Callable[[str], Iterable[object]]
"""The keys that two texts must have one of in common to be compared."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print recall, false hits, and cost; `--texts` says of how many texts of the city."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=1_000)
    asked = parser.parse_args(arguments)
    texts = [compose(f"copies/{n}", KINDS[n % 4], dt.date(2024, 3, 5)).text for n in range(asked.texts)]
    _found(texts)
    _false(texts)


def _found(texts: list[str]) -> None:
    """Print what each way finds of each change, in percent, with its cost."""
    traditional, chance = OpenCC("s2t"), random.Random(1)
    changed = {name: [change(text, chance) for text in texts] for name, change in CHANGES.items()}
    changed["other script"] = [simplify(traditional.convert(text)) for text in texts]
    around = [texts[(number + step) % len(texts)] for number in range(len(texts)) for step in (1, 2, 3)]
    changed["in a page of four"] = ["\n".join((text, *around[3 * n : 3 * n + 3])) for n, text in enumerate(texts)]
    ways: dict[str, Sketch | None] = {
        "anchors": fingerprints,
        "MinHash, numpy": _numpy(),
        "MinHash, datasketch": _datasketch(),
        "MinHash, rensa": _rensa(),
    }
    print(f"{len(texts):,} texts of {sum(map(len, texts)) // len(texts)} characters; found of each change, %")
    print(f"  {'':<22}" + "".join(f"{name:>20}" for name in changed))
    for name, sketch in ways.items():
        if sketch is None:
            print(f"  {name:<22}  not installed")
            continue
        start, before = time.process_time(), [set(sketch(text)) for text in texts]
        cost = (time.process_time() - start) / len(texts) * 1e3
        shares = [
            sum(not held.isdisjoint(sketch(text)) for held, text in zip(before, made, strict=True)) / len(texts)
            for made in changed.values()
        ]
        told = "".join(f"{share:>20.1%}" for share in shares)
        print(f"  {name:<22}{told}   {cost:.2f} ms and {sum(map(len, before)) // len(before)} keys a text")
    start = time.process_time()
    whole = {name: sum(map(_near, made, texts)) / len(texts) for name, made in changed.items()}
    cost = (time.process_time() - start) / len(texts) / len(changed) * 1e3
    print(
        f"  {'and told a copy':<22}"
        + "".join(f"{share:>20.1%}" for share in whole.values())
        + f"   {cost:.2f} ms a pair"
    )


def _false(texts: list[str]) -> None:
    """Print how many texts that are none are told copies."""
    holders = defaultdict[int, list[int]](list)
    pairs = set[tuple[int, int]]()
    for number, text in enumerate(texts):
        for anchor in fingerprints(text):
            pairs |= {(other, number) for other in holders[anchor]}
            holders[anchor].append(number)
    compared = list(map(ComparedText, texts))
    hits = [pair for pair in pairs if compared[pair[0]].similarity_to(compared[pair[1]])]
    print(f"other texts of the city: {len(hits)} of {len(pairs):,} pairs with a passage in common told copies")
    for kind in templates.KINDS:
        made = list(map(ComparedText, templates.texts(kind, 30)))
        found = sum(one.similarity_to(other) is not None for one, other in combinations(made, 2))
        print(f"  form {kind:<12} {found} of {len(made) * (len(made) - 1) // 2} pairs told copies")


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
        mixed = grams * np.uint64(0x9E3779B97F4A7C15)  # the permutations below keep the order of neighbours otherwise
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
