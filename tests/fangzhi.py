"""The command, run as a person runs it, with this checkout's code.

`fangzhi` and `start` run it in a child that is forked from a process with all imports done (tests/warm.py);
`installed` and `start_installed` run the program that is installed, from the start of its interpreter on.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.forks import environment, fork_server
from tests.wait import PATIENCE_S

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).with_name("fangzhi")

Entries = list[dict[str, Any]]
Done = subprocess.CompletedProcess[str]


class Running:
    """A command in a forked child, with the part of the interface of `Popen` that tests use."""

    def __init__(
        self, arguments: tuple[str, ...], cwd: Path | None, env: dict[str, str], stdout: Any = None, stderr: Any = None
    ) -> None:
        """Start it in a folder, with this environment alone; where no file is given, `communicate` returns the text."""
        self.returncode: int | None = None
        self._arguments = arguments
        self._kept = [file or _temporary() for file in (stdout, stderr)]
        self._returned = [not stdout, not stderr]
        request = {"arguments": [str(PROGRAM), *arguments], "folder": str(cwd or Path.cwd()), "environ": env}
        self._answer, answer = socket.socketpair()
        with answer, Path(os.devnull).open() as stdin:
            files = [answer.fileno(), stdin.fileno(), *(file.fileno() for file in self._kept)]
            socket.send_fds(fork_server(), [json.dumps(request).encode()], files)
        self._lines = self._answer.makefile("rb", buffering=0)
        self.pid = int(self._lines.readline())

    def poll(self) -> int | None:
        """Return the exit code, negative where a signal ended it; None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code; raises `TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._answer], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(["fangzhi", *self._arguments], timeout or 0)
            self.returncode = int(self._lines.readline())
            self._lines.close()
            self._answer.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end and return stdout and stderr, each empty where a file was given for it."""
        self.wait(timeout)
        out, err = (self._text(number) for number in range(2))
        return out, err

    def _text(self, number: int) -> str:
        if not self._returned[number]:
            return ""
        self._kept[number].seek(0)
        return str(self._kept[number].read())

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self.kill()  # a server would not end by itself, and the test has failed
        self.wait()
        for file, returned in zip(self._kept, self._returned, strict=True):
            if returned:
                file.close()


def _temporary() -> IO[str]:
    """Return a file for what a command writes: nobody reads it before the end, by when a pipe could be full."""
    return tempfile.TemporaryFile("w+")


def fangzhi(*arguments: str, timeout: float = PATIENCE_S, cwd: Path | None = None, **changes: str) -> Done:
    """Run `fangzhi` to its end in a forked child, in `cwd`, with these changes to the environment."""
    with Running(arguments, cwd, environment(**changes)) as running:
        try:
            out, err = running.communicate(timeout)
        finally:
            running.kill()
    return subprocess.CompletedProcess(["fangzhi", *arguments], running.wait(), out, err)


def start(*arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None, **files: IO[Any]) -> Running:
    """Start `fangzhi` in a forked child and come back at once; `files` are its stdout and stderr."""
    return Running(arguments, cwd, env or environment(), **files)


def installed(*arguments: str, timeout: float = PATIENCE_S, cwd: Path | None = None, **changes: str) -> Done:
    """Run the program that is installed to its end, in `cwd`, with these changes to the environment."""
    command = [str(PROGRAM), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=cwd, env=environment(**changes), check=False
    )


class Installed(subprocess.Popen[str]):
    """The program that is installed; it is killed where a test fails, because a server would not end by itself."""

    def __exit__(self, kind: Any, error: Any, at: Any) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, error, at)


def start_installed(*arguments: str, prefix: tuple[str, ...] = (), **options: Any) -> Installed:
    """Start the program that is installed and come back at once.

    `prefix` are words before the program, such as `nsenter` with its options; `options` are those of `Popen`.
    """
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment()}
    return Installed([*prefix, str(PROGRAM), *arguments], **{**pipes, **options})


def shell_code(code: int) -> int:
    """Return an exit code as a shell shows it, 130 for both ends by Ctrl-C.

    Python gives SIGINT its default action back while the interpreter ends: a Ctrl-C in these 0.1 s ends the process by
    the signal, whatever exit code it was about to return.
    """
    return code if code >= 0 else 128 - code


def press_ctrl_c(process: Running | subprocess.Popen[str]) -> None:
    """Press Ctrl-C once a second until a command has ended.

    A press while the interpreter ends, for 0.1 s, would interrupt an exit function of some library, which says so.
    """
    for _ in range(60):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
            return
    raise AssertionError("it does not end")


def documents(done: Done) -> list[dict[str, Any]]:
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


def warcio_check(archive: Path | str) -> Done:
    """Run `warcio check` over every WARC file of an archive."""
    command = [str(PROGRAM.with_name("warcio")), "check", *map(str, warcs(archive))]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
