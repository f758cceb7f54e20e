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


def main() -> int:
    """Run every step, also after one has failed, and return 1 if any has."""
    failed = []
    for name, program, *arguments in STEPS:
        sys.stdout.write(f"── {name}: {program} {' '.join(arguments)}\n")
        sys.stdout.flush()
        if subprocess.run([BIN / program, *arguments], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        sys.stdout.write(f"failed: {', '.join(failed)}\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
