"""Rows of the table that a soak run prints, and the cases that make them."""

from __future__ import annotations

import os
import re
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from attrs import define, field, frozen

COLUMNS = ("part", "case", "tries", "lost", "doubled", "failures", "seconds", "peak MB")

MAX_PROBLEMS = 20
"""Problems of a case that are kept in full: one defect often makes hundreds; all are counted."""

SECRETS = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": "us-east-1"}
"""Credentials that the S3 servers of the tests accept."""


@define
class Case:
    """One kind of torture, while it runs: `tries` faults, what was lost or doubled, and the other problems."""

    part: str
    name: str
    folder: Path
    tries: int = 0
    lost: int = 0
    doubled: int = 0
    failures: int = 0
    peak_mb: float = 0.0
    note: str = ""
    problems: list[str] = field(factory=list)
    cleanups: list[Callable[[], object]] = field(factory=list)

    def fail(self, problem: str) -> None:
        """Record a problem."""
        self.failures += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def require(self, holds: object, problem: str) -> None:
        """Record a problem unless something holds."""
        if not holds:
            self.fail(problem)


@frozen(kw_only=True)
class Row:
    """One line of the table. A row is right if nothing was lost or doubled, and nothing else failed."""

    part: str
    case: str
    tries: int
    lost: int
    doubled: int
    failures: int
    seconds: float
    peak_mb: float
    note: str
    problems: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether every invariant held."""
        return not (self.lost or self.doubled or self.failures)


Act = Callable[[Case], None]


def run_case(part: str, name: str, folder: Path, act: Act) -> Row:
    """Run a case in a new folder, print its row, and return it; an exception is a failure of the case alone."""
    case = Case(part, name, folder / re.sub(r"[^\w.]+", "-", f"{part} {name}"))
    case.folder.mkdir(parents=True)
    began = time.monotonic()
    try:
        act(case)
    except Exception as error:  # noqa: BLE001 - the other cases go on
        case.fail("".join(traceback.format_exception(error)[-3:]).strip())
    finally:
        for clean in case.cleanups:
            clean()
    row = Row(
        part=part,
        case=name,
        tries=case.tries,
        lost=case.lost,
        doubled=case.doubled,
        failures=case.failures,
        seconds=time.monotonic() - began,
        peak_mb=case.peak_mb,
        note=case.note,
        problems=tuple(case.problems),
    )
    print(*table([row], heading=False), sep="\n", flush=True)
    return row


def run_cases(part: str, folder: Path, acts: Mapping[str, Act], at_once: int = 1) -> list[Row]:
    """Run cases, some of them at once if they mostly wait."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda name: run_case(part, name, folder, acts[name]), acts))


def in_environment(act: Act) -> Act:
    """Return a case that may change the environment: it is restored at the end, and the S3 session is forgotten."""

    def run(case: Case) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(boto3, "DEFAULT_SESSION", None)
            before = dict(os.environ)
            try:
                act(case)
            finally:
                os.environ.clear()
                os.environ.update(before)

    return run


def table(rows: Sequence[Row], *, heading: bool = True) -> list[str]:
    """Return the lines of the table: a line for each row, and below it its note and its problems."""
    lines = [_line(COLUMNS)] if heading else []
    for row in rows:
        counts = (row.tries, row.lost, row.doubled, row.failures, f"{row.seconds:.0f}", f"{row.peak_mb:.0f}")
        lines.append(_line((row.part, row.case, *map(str, counts))))
        lines += [f"    {row.note}"] if row.note else []
        lines += [
            f"    FAILED {line}" if not number else f"        {line}"
            for problem in row.problems
            for number, line in enumerate(problem.splitlines())
        ]
    return lines


def _line(cells: Sequence[str]) -> str:
    part, case, *numbers = cells
    return f"{part:<9} {case:<34} " + " ".join(f"{each:>8}" for each in numbers)
