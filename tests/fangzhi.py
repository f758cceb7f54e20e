"""The installed command, run as a person runs it, with this checkout's code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).with_name("fangzhi")
CODE = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))

Entries = list[dict[str, Any]]


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a command; private addresses are allowed unless it is changed otherwise."""
    return {**os.environ, "PYTHONPATH": CODE, "FANGZHI_ALLOW_PRIVATE": "1", "NO_COLOR": "1", **changes}


def fangzhi(
    *arguments: str, timeout: float = 120, cwd: Path | None = None, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run `fangzhi` to its end, in `cwd`, with these changes to the environment."""
    command = [str(PROGRAM), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=cwd, env=environment(**changes), check=False
    )


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start `fangzhi` and come back at once; `options` are those of `Popen`."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment()}
    return subprocess.Popen([str(PROGRAM), *arguments], **{**pipes, **options})


def documents(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the JSON objects on a command's stdout, a line each."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def one_line(text: str) -> str:
    """Return the one line that an expected failure says on stderr, without the name of the program before it."""
    (line,) = text.splitlines()
    assert line.startswith("fangzhi: "), line
    return line.removeprefix("fangzhi: ")


def warcs(archive: Path | str) -> list[Path]:
    """Return the archive's finished WARC files."""
    return sorted(Path(archive).rglob("*.warc.gz"))


def warcio_check(archive: Path | str) -> subprocess.CompletedProcess[str]:
    """Run `warcio check` over every WARC file of an archive."""
    command = [str(PROGRAM.with_name("warcio")), "check", *map(str, warcs(archive))]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
