"""The installed command, run as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("fangzhi")
ENVIRONMENT = {**os.environ, "FANGZHI_ALLOW_PRIVATE": "1", "NO_COLOR": "1"}


def fangzhi(*arguments: str, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `fangzhi` to its end; private addresses are allowed unless the environment says otherwise."""
    command = [str(PROGRAM), *arguments]
    environ = {**ENVIRONMENT, **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environ, check=False)


def documents(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the JSON objects on a command's stdout, a line each."""
    return [json.loads(line) for line in done.stdout.splitlines()]


Entries = list[dict[str, Any]]


def warcs(archive: Path) -> list[Path]:
    """Return the archive's finished WARC files."""
    return sorted(archive.rglob("*.warc.gz"))


def warcio_check(archive: Path) -> subprocess.CompletedProcess[str]:
    """Run `warcio check` over every WARC file of an archive."""
    command = [str(PROGRAM.with_name("warcio")), "check", *map(str, warcs(archive))]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
