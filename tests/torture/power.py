"""Power cuts: of each WARC file only the bytes that were synced to disk are left."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.pipelines.line.test_batch import cut_power
from tests.power import Power
from tests.torture.report import Case, Row, run_case

TRIALS = 20
"""Each cuts the power about five times while 24 pages are archived, and starts again after each cut."""


def rows(folder: Path, seed: int) -> list[Row]:
    """Cut the power of the batch and its stores, which run in this process, at random moments."""

    def act(case: Case) -> None:
        acknowledged = 0
        for number in range(TRIALS):
            (case.folder / str(number)).mkdir()
            with pytest.MonkeyPatch.context() as patch:
                cuts = cut_power(case.folder / str(number), Power(patch), random.Random(f"{seed} {number}"))
            case.tries += len(cuts)
            acknowledged += sum(cuts)
        case.note = f"{acknowledged} pages acknowledged before a cut"

    return [run_case("power", "cut while pages are archived", folder, act)]
