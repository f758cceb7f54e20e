"""The one check: format, lint, types, layers, tests. The same on a developer's machine and in CI."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parent.parent
STEPS = (
    ("format", "ruff", "format", "--check", "."),
    ("lint", "ruff", "check", "."),
    ("types", "mypy"),
    ("layers", "lint-imports", "--no-cache"),
)
WORKERS = min(8, 2 * (os.cpu_count() or 1))
"""Workers of pytest: two for each core, because many tests wait for a slow server, a retry or a pause. A fifth on two
cores makes the others slower by as much as the cores are idle without it. Each spends eight seconds of CPU time on
collecting the tests, and takes about 0.7 GB of memory, hence at most eight."""

COMPILE = ("compile", "python", "-m", "compileall", "-q", "-j", "0", "crawler", "fangzhi", "pipelines")
TESTS = ("tests", "python", "-m", "pytest", "-n", str(WORKERS), "--dist", "loadscope", "--no-loadscope-reorder")


def main() -> int:
    """Run every step, also after one has failed, and return 1 if any has; the tests run beside the other steps.

    A test that fails once has failed: nothing is tried a second time.
    """
    began = time.monotonic()
    taken: dict[str, float] = {}
    failed: list[str] = []

    def note(name: str, code: int, since: float) -> None:
        taken[name] = time.monotonic() - since
        if code:
            failed.append(name)

    # Some machines set that Python keeps no compiled modules: here each of 300 commands would compile all of them.
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    note("compile", subprocess.run(_command(*COMPILE), cwd=ROOT, env=environ, check=False).returncode, began)
    # What pytest writes meanwhile stays in the pipe: the names of the workers and some lines of dots.
    pytest = _command(*TESTS, "--durations=15")
    with subprocess.Popen(pytest, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as tests:
        for name, *command in STEPS:
            _head(name, *command)
            since = time.monotonic()
            note(name, subprocess.run(_command(name, *command), cwd=ROOT, check=False).returncode, since)
        _head(*TESTS)
        assert tests.stdout
        for line in tests.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
        note("tests", tests.wait(), began)
    taken["whole"] = time.monotonic() - began
    sys.stdout.write(f"── time: {', '.join(f'{name} {seconds:.0f} s' for name, seconds in taken.items())}\n")
    if failed:
        sys.stdout.write(f"failed: {', '.join(failed)}\n")
    return bool(failed)


def _command(_: str, program: str, *arguments: str) -> list[str]:
    return [str(BIN / program), *arguments]


def _head(name: str, *command: str) -> None:
    sys.stdout.write(f"── {name}: {' '.join(command)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
