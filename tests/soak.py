"""What takes long, is random or needs load: `make soak`. It prints its figures, and ends with 1 if anything failed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOAK = ("-m", "soak or hypothesis", "--hypothesis-profile=soak")
"""The tests marked `soak`, and every test by Hypothesis with new examples: 1,000 of each."""

STEPS = (
    ("pytest", *SOAK, "-n", "logical", "--dist", "loadscope", "--no-loadscope-reorder", "--durations=30"),
    ("tests.benchmarks.kills",),
    ("tests.benchmarks.faults",),
)


def main() -> int:
    """Run each step, print how long it took, and return 1 if any has failed."""
    failed = False
    for module, *arguments in STEPS:
        print(f"── {module} {' '.join(arguments)}", flush=True)
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=False)
        failed = failed or done.returncode != 0
        print(f"{module}: {time.monotonic() - began:.0f} s, exit code {done.returncode}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
