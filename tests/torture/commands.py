"""Commands under torture: each has a time limit, its memory is measured, and a traceback is a failure."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.fangzhi import environment, start, start_installed
from tests.torture.report import Case

LIMIT_S = 300
"""A command that has not ended by then hangs: those of the small city take below 30 s on a busy machine."""

SAMPLE_S = 0.05
"""Time between two measurements of memory."""

ORPHAN_S = 15
"""By then the child processes of a killed command must have ended: they notice it by a closed pipe."""


class Watched:
    """A running command, whose stdout and stderr go to files. `prefix` are words before the program, such as nsenter.

    Without a prefix, and with no interpreter of its own (`fresh`), it is forked from a process with all imports done.
    """

    def __init__(
        self, case: Case, *arguments: str, prefix: tuple[str, ...] = (), fresh: bool = False, **changes: str
    ) -> None:
        self._case, self.arguments = case, arguments
        number = len(list(case.folder.glob("*.err")))
        self._out, self._err = (case.folder / f"{number:04}.{kind}" for kind in ("out", "err"))
        with self._out.open("w") as out, self._err.open("w") as err:
            if prefix or fresh:
                files: dict[str, Any] = {"stdout": out, "stderr": err, "stdin": subprocess.DEVNULL}
                options = {"env": environment(**changes), **files}
                self.process: Any = start_installed(*arguments, prefix=prefix, **options)
            else:
                self.process = start(*arguments, env=environment(**changes), stdout=out, stderr=err)
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        case.cleanups.append(self._stop)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def stdout(self) -> str:
        return self._out.read_text("utf-8", "replace")

    @property
    def stderr(self) -> str:
        return self._err.read_text("utf-8", "replace")

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The JSON objects on stdout, without a last line that a kill has cut."""
        found = []
        for line in self.stdout.splitlines():
            with suppress(json.JSONDecodeError):
                found.append(json.loads(line))
        return found

    def kill(self) -> bool:
        """Kill it with SIGKILL; return whether it was running. Its children must end by themselves."""
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children(recursive=True)
            was_running = self.running
            self.process.kill()
            self.process.wait(LIMIT_S)
            self._end()
            left = psutil.wait_procs(children, timeout=ORPHAN_S)[1]
            self._case.require(not left, f"{self.arguments[0]}: {len(left)} child processes outlive the kill")
            for each in left:
                each.kill()
            return was_running
        self.process.wait(LIMIT_S)
        self._end()
        return False

    def finish(self, *codes: int, limit_s: float = LIMIT_S) -> Watched:
        """Wait for the end, and check time, traceback and exit code; without `codes` any exit code will do."""
        try:
            code = self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self._case.fail(f"{' '.join(self.arguments)}: hangs, not ended after {limit_s:.0f} s: {self.stderr[-300:]}")
            self._stop()
        else:
            said = self.stderr.strip()[-600:]
            wrong = codes and code not in codes
            self._case.require(not wrong, f"{' '.join(self.arguments)}: exit code {code}: {said}")
        self._end()
        return self

    def _stop(self) -> None:
        """End it with its children, if it still runs."""
        if not self.running:
            return
        with suppress(psutil.NoSuchProcess):
            for each in psutil.Process(self.process.pid).children(recursive=True):
                each.kill()
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(LIMIT_S)

    def _end(self) -> None:
        self._ended.set()
        self._sampler.join()
        text = self.stderr
        if "Traceback" in text:
            self._case.fail(f"{' '.join(self.arguments)}: traceback: {text[text.index('Traceback') :][-1500:]}")

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            self._case.peak_mb = max(self._case.peak_mb, memory_mb(self.process.pid))


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and its descendants, in MB; pages that they share count once for each."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += each.memory_info().rss
    return total / 1e6


def run(case: Case, *arguments: str, codes: tuple[int, ...] = (0,), **options: Any) -> Watched:
    """Run a command to its end."""
    limit_s = options.pop("limit_s", LIMIT_S)
    return Watched(case, *arguments, **options).finish(*codes, limit_s=limit_s)


def files_below(folder: Path) -> set[str]:
    """Return the files below a folder, by their names in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
