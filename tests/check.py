"""The one check: format, lint, types, layers, tests. The same on a developer's machine and in CI."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parent.parent
STEPS = (
    ("format", "ruff", "format", "--check", "."),
    ("lint", "ruff", "check", "."),
    ("types", "mypy"),
    ("layers", "lint-imports", "--no-cache"),
    ("tests", "python", "-m", "pytest"),
)


AGAIN = ("--last-failed", "--last-failed-no-failures=none")
"""Tests that kill programs and servers depend on what else the machine does: what fails is tried once more, alone."""


def main() -> int:
    """Run every step, also after one has failed, and return 1 if any has."""
    failed = []
    for name, program, *arguments in STEPS:
        sys.stdout.write(f"── {name}: {program} {' '.join(arguments)}\n")
        sys.stdout.flush()
        if not _passes(program, *arguments) and not (name == "tests" and _passes(program, *arguments, *AGAIN)):
            failed.append(name)
    if failed:
        sys.stdout.write(f"failed: {', '.join(failed)}\n")
    return bool(failed)


def _passes(program: str, *arguments: str) -> bool:
    return subprocess.run([BIN / program, *arguments], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
