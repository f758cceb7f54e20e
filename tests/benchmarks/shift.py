"""Torn GBK halves: how many of the damaged passages are found, and how many come out exactly."""

from __future__ import annotations

import lzma
import random
import sys
import time
from pathlib import Path

from opencc import OpenCC

from pipelines.repair.mend_gbk_shift import mend_gbk_shift
from tests.damage.shift import KINDS

CLEAN = Path(__file__).parents[3] / "shared" / "corpus" / "clean" / "peoples-daily-1998-01.txt.xz"


def main(passages: int = 400) -> None:
    if not CLEAN.is_file():
        print("the clean texts are not beside this checkout")
        return
    lines = [line for line in lzma.decompress(CLEAN.read_bytes()).decode().split("\n") if 60 < len(line) < 600]
    for kind, damage in KINDS.items():
        found = exact = 0
        began = time.perf_counter()
        for damaged, text in _damaged(lines, damage, passages):
            mended = mend_gbk_shift(damaged).text
            found += mended != damaged
            exact += mended == text
        spent = (time.perf_counter() - began) / passages
        print(f"{kind:16} {passages} passages: {found} found, {exact} exact, {spent:.2f} s each")


def _damaged(lines, damage, passages):
    rng, convert = random.Random(7), OpenCC("s2t").convert
    left = passages
    for line in rng.sample(lines, len(lines)):
        damaged = damage(text := convert(line), rng)
        if damaged != text:
            yield damaged, text
            left -= 1
        if not left:
            return


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
