"""What takes long, is random or needs load: `make soak`. It prints one table, and ends with 1 if anything failed.

`python -m tests.soak kills disks --seed 7` runs some parts alone; without names it runs all of them.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.torture.report import Row, table

ROOT = Path(__file__).parent.parent

TESTS = ("pytest", "-m", "soak or hypothesis", "--hypothesis-profile=soak", "-n", "logical")
"""The tests marked `soak`, and every test by Hypothesis with new examples: 1,000 of each."""

SCHEDULING = ("--dist", "loadscope", "--no-loadscope-reorder", "--durations=30")

PARTS = (
    *("tests", "kills", "power", "stores", "hosts", "week", "disks", "together", "clocks", "slow", "tls"),
    *("requisites", "cluster", "fuzz", "readers"),
)


def main(arguments: list[str] | None = None) -> int:
    """Run the parts one after the other, print the table, and return 1 if a row is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    drawn = random.SystemRandom().randrange(10**6)
    parser.add_argument("--seed", type=int, default=drawn, metavar="S", help="of all random choices (drawn anew)")
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="kill -9 so many times in all (100)")
    parser.add_argument("--fuzz-minutes", type=float, default=1.0, metavar="M", help="for each of the ten formats (1)")
    parser.add_argument("--sites", type=int, default=500, metavar="N", help="small sites of the part week (500)")
    parser.add_argument("--days", type=float, default=7, metavar="D", help="simulated days of the part week (7)")
    parser.add_argument("--keep", action="store_true", help="keep the folder with archives and logs of the cases")
    given = parser.parse_args(arguments)
    options = {"seed": given.seed, "count": given.kills, "minutes": given.fuzz_minutes}
    options |= {"sites": given.sites, "days": given.days}
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    print(f"seed {given.seed}; logs in {folder}, {'kept' if given.keep else 'removed at the end unless a row fails'}")
    began = time.monotonic()
    rows: list[Row] = []
    for part in given.parts or PARTS:
        print(f"── {part}", flush=True)
        rows += run_tests() if part == "tests" else run_part(part, folder / part, options)
    wrong = ", ".join(f"{row.part} {row.case}" for row in rows if not row.is_right)
    print(f"── seed {given.seed}, {time.monotonic() - began:.0f} s", *table(rows), sep="\n")
    if not wrong and not given.keep:
        shutil.rmtree(folder)
    print(f"FAILED: {wrong}" if wrong else "every invariant held")
    return int(bool(wrong))


def run_part(part: str, folder: Path, options: dict[str, Any]) -> list[Row]:
    """Run one part with those of the options that it takes."""
    folder.mkdir()
    function = importlib.import_module(f"tests.torture.{part}").rows
    taken = inspect.signature(function).parameters
    rows: list[Row] = function(folder, **{name: value for name, value in options.items() if name in taken})
    return rows


def run_tests() -> list[Row]:
    """Run the tests that `make test` leaves out or runs with few examples, as one row."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", *TESTS, *SCHEDULING], cwd=ROOT, check=False)
    failures = int(done.returncode != 0)
    problems = (f"pytest: exit code {done.returncode}",) * failures
    seconds = time.monotonic() - began
    return [
        Row(
            part="tests",
            case="pytest, soak and Hypothesis",
            tries=1,
            lost=0,
            doubled=0,
            failures=failures,
            seconds=seconds,
            peak_mb=0,
            note="",
            problems=problems,
        )
    ]


if __name__ == "__main__":
    sys.exit(main())
