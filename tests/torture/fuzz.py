"""Random input for every reader, made by Hypothesis: changed samples of each format.

Each format runs in a process of its own, two at a time: `python -m tests.torture.fuzz FORMAT SECONDS SEED` prints what
it found as JSON. The same exception at the same line is one defect, and is shown with the smallest input seen.
"""

from __future__ import annotations

import json
import logging
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from attrs import asdict, define, field
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Flaky

from tests.fangzhi import ROOT, environment
from tests.torture.report import Case, Row, run_cases

CPU_S = 5.0
"""CPU time after which an input counts as a hang: ordinary inputs of this size take some milliseconds."""

MAX_MB = 1_500
"""Most memory of a process: that of its libraries and tables is 300 to 500 MB."""

ADDRESS_SPACE = 6 << 30
"""Bytes; an input that needs more must not harm the machine."""

SHRINK_S = 15
"""Time to make an input of a new defect smaller."""

EXAMPLES = 500
"""Examples of one round of Hypothesis; each round has a seed of its own."""

SHOWN_CHARS = 400

GRACE_S = 120
"""Time for a process to start, to shrink and to end."""

AT_ONCE = 2


class Hang(BaseException):
    """An input took too much CPU time. No `except Exception` of a reader can catch it."""


@define
class Fuzzing:
    """What the inputs of a format have shown: their number, and the smallest input of each defect by its place."""

    examples: int = 0
    defects: dict[str, str] = field(factory=dict)
    mb: float = 0.0


def rows(folder: Path, seed: int, minutes: float = 1.0) -> list[Row]:
    """Fuzz every format for some minutes."""
    from tests.torture.formats import FORMATS

    acts = {name: partial(in_process, name=name, seconds=minutes * 60, seed=seed) for name in FORMATS}
    return run_cases("fuzz", folder, acts, at_once=AT_ONCE)


def in_process(case: Case, name: str, seconds: float, seed: int) -> None:
    """Fuzz a format in a process of its own, which a fault in a C library can end."""
    command = [sys.executable, "-m", "tests.torture.fuzz", name, str(seconds), str(seed)]
    with (case.folder / "stderr").open("w") as err:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
            cwd=ROOT,
            env=environment(),
            timeout=seconds + GRACE_S,
            check=False,
        )
    if done.returncode:
        said = (case.folder / "stderr").read_text()[-SHOWN_CHARS:]
        case.fail(f"the process ended with {done.returncode}: {said}")
        return
    found = Fuzzing(**json.loads(done.stdout.splitlines()[-1]))
    case.tries, case.peak_mb = found.examples, found.mb
    for place, example in found.defects.items():
        case.fail(f"{place}\ninput {example}")
    case.require(found.mb < MAX_MB, f"{found.mb:.0f} MB of memory")


def fuzz(name: str, seconds: float, seed: int) -> Fuzzing:
    """Give a format's reader random inputs until the time is over."""
    from tests.torture.formats import FORMATS

    each, found = FORMATS[name], Fuzzing()
    until = time.monotonic() + seconds
    chance = random.Random(f"{seed} {name}")
    read = limited(each.read)
    while time.monotonic() < until:
        one_round(found, each.inputs, read, each.allowed, chance.randrange(2**32), until)
    found.mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return found


def one_round(
    found: Fuzzing,
    inputs: Any,
    read: Callable[[Any], None],
    allowed: tuple[type[Exception], ...],
    seed: int,
    until: float,
) -> None:
    """Run one round of Hypothesis. It ends at the first new defect, whose input Hypothesis then makes smaller."""
    new: dict[str, Any] = {}

    def test(value: Any) -> None:
        if time.monotonic() > until:
            return
        found.examples += 1
        try:
            read(value)
        except allowed:
            pass
        except (Exception, Hang) as error:  # noqa: BLE001 - all others are defects
            place = place_of(error)
            if place in found.defects and place not in new:
                return
            new.setdefault(place, [value, min(until, time.monotonic() + SHRINK_S)])
            if len(repr(value)) <= len(repr(new[place][0])):
                new[place][0] = value
            found.defects[place] = shown(new[place][0])
            if time.monotonic() < new[place][1]:
                raise AssertionError(place) from None

    quiet = settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        print_blob=False,
    )
    with suppress(AssertionError, Flaky):
        seeded(seed)(quiet(given(inputs)(test)))()


def place_of(error: BaseException) -> str:
    """Return what makes a defect: the exception, and the last line of our own code that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/pipelines/" in frame.filename or "/crawler/" in frame.filename]
    last = ours[-1] if ours else frames[-1]
    where = Path(last.filename).relative_to(ROOT) if last.filename.startswith(str(ROOT)) else last.filename
    return f"{type(error).__name__} in {where}:{last.lineno} {last.name}"


def shown(value: Any) -> str:
    """Return an input as Python writes it, with its middle left out if it is long."""
    text = repr(value)
    half = SHOWN_CHARS // 2
    return text if len(text) <= SHOWN_CHARS else f"{text[:half]} … {text[-half:]} ({len(text)} characters)"


def limited(read: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return a reader that raises Hang after too much CPU time."""

    def hang(*_: object) -> None:
        raise Hang(f"more than {CPU_S} s of CPU time")

    signal.signal(signal.SIGVTALRM, hang)

    def run(value: Any) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, CPU_S)
        try:
            read(value)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    return run


def main() -> None:
    """Fuzz one format and print what was found as JSON."""
    name, seconds, seed = sys.argv[1:]
    logging.disable()  # what readers say of damaged input is no defect
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    print(json.dumps(asdict(fuzz(name, float(seconds), int(seed)))))


if __name__ == "__main__":
    main()
