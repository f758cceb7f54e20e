"""Near copies: what is found of known reprints and what falsely, beside MinHash, and what a full index costs."""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import random
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import combinations
from pathlib import Path

from opencc import OpenCC

from crawler.city.prose import compose
from pipelines.catalogue import Catalogue, nearby
from pipelines.nearness import Compared, anchors, normalise
from pipelines.repair.simplify import simplify
from tests.pipelines.nearness import forms
from tests.pipelines.nearness.reprints import CHANGES

KINDS = ("news", "notice", "document", "trade")
BANDS, ROWS = 32, 4
A_TEXT = 29
"""Anchors of the city's texts on average."""

Sketch = Callable[[str], Iterable[object]]
"""The keys that two texts must have one of in common to be compared."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print recall, false hits, cost and memory; `--documents` sets how many texts the catalogue is filled with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=1_000)
    parser.add_argument("--documents", type=int, default=100_000)
    asked = parser.parse_args(arguments)
    texts = [compose(f"copies/{n}", KINDS[n % 4], dt.date(2024, 3, 5)).text for n in range(asked.texts)]
    _found(texts)
    _false(texts)
    _indexed(asked.documents)


def _found(texts: list[str]) -> None:
    """Print what each way finds of each change, in percent, with its cost."""
    traditional, chance = OpenCC("s2t"), random.Random(1)
    changed = {name: [change(text, chance) for text in texts] for name, change in CHANGES.items()}
    changed["other script"] = [simplify(traditional.convert(text)) for text in texts]
    around = [texts[(number + step) % len(texts)] for number in range(len(texts)) for step in (1, 2, 3)]
    changed["in a page of four"] = ["\n".join((text, *around[3 * n : 3 * n + 3])) for n, text in enumerate(texts)]
    ways: dict[str, Sketch | None] = {
        "anchors": anchors,
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
        for anchor in anchors(text):
            pairs |= {(other, number) for other in holders[anchor]}
            holders[anchor].append(number)
    compared = list(map(Compared, texts))
    hits = [pair for pair in pairs if compared[pair[0]].likeness(compared[pair[1]])]
    print(f"other texts of the city: {len(hits)} of {len(pairs):,} pairs with a passage in common told copies")
    for kind in forms.KINDS:
        made = list(map(Compared, forms.texts(kind, 30)))
        found = sum(one.likeness(other) is not None for one, other in combinations(made, 2))
        print(f"  form {kind:<12} {found} of {len(made) * (len(made) - 1) // 2} pairs told copies")


def _indexed(documents: int) -> None:
    """Print what a text costs to look up and to put in as the index fills, the room it takes, and the memory."""
    chance, steps = random.Random(2), 4
    print(f"an index of {documents:,} texts with {A_TEXT} anchors each, SQLite")
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Catalogue(f"sqlite:///{folder}/catalogue.sqlite")) as catalogue,
    ):
        tracemalloc.start()
        for step in range(1, steps + 1):
            _fill(catalogue, range(documents * (step - 1) // steps, documents * step // steps), chance)
            look, put = _timed(catalogue, documents * 2, chance)
            size = sum(path.stat().st_size for path in Path(folder).iterdir()) * steps / documents / step
            peak = tracemalloc.get_traced_memory()[1] / 1e6
            print(
                f"  {documents * step // steps:>11,} texts: {1 / look:,.0f} lookups/s, {1 / put:,.0f} inserts/s, "
                f"{size:,.0f} bytes a text, {peak:.1f} MB of memory"
            )
        tracemalloc.stop()


def _fill(catalogue: Catalogue, numbers: range, chance: random.Random) -> None:
    """Put texts of random anchors in, many in a transaction."""
    for start in range(numbers.start, numbers.stop, 5_000):
        with catalogue._writing.begin() as connection:
            for number in range(start, min(start + 5_000, numbers.stop)):
                nearby.remember(connection, _random(chance), (number * 1_000_000, number))


def _timed(catalogue: Catalogue, number: int, chance: random.Random) -> tuple[float, float]:
    """Return the seconds of looking a text up and of putting one in, each in a transaction of its own."""
    count = 300
    start = time.perf_counter()
    for _ in range(count):
        with catalogue._engine.connect() as connection:
            nearby.nearest(connection, _random(chance), (number * 1_000_000, number))
    looked = time.perf_counter()
    for each in range(count):
        with catalogue._writing.begin() as connection:
            nearby.remember(connection, _random(chance), (chance.randrange(1 << 50), each))
    return (looked - start) / count, (time.perf_counter() - looked) / count


def _random(chance: random.Random) -> set[int]:
    return {chance.getrandbits(48) for _ in range(A_TEXT)}


def _near(one: str, other: str) -> bool:
    return Compared(one).likeness(Compared(other)) is not None


def _grams(text: str) -> list[str]:
    whole = normalise(text)
    return sorted({whole[at : at + 3] for at in range(len(whole) - 2)})


def _banded(signature: Sequence[int]) -> list[object]:
    return [(band, *signature[band * ROWS : band * ROWS + ROWS]) for band in range(BANDS)]


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
