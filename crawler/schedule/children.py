"""Crawls as processes of their own, so that each begins with fresh memory and a fresh reactor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

from attrs import evolve

from crawler.config import Config, environment
from pipelines.errors import FangzhiError


class Child:
    """One crawl at work; its warnings go where ours go, its report is read when it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], out: IO[bytes], files: ExitStack) -> None:
        """`out` is what the process writes its report to, `files` closes it."""
        self._process, self._out, self._files = process, out, files

    def ended(self) -> int | None:
        """Return the exit code, negative where a signal ended it; None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """Let it finish what is in flight and close its WARC."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once; what it had acknowledged is safe, and the next start closes its WARC."""
        self._process.kill()

    def report(self) -> dict[str, Any] | None:
        """Return the report that it ended with, None where there is none; to be asked for once."""
        with self._files:
            self._out.seek(0)
            lines = self._out.read().splitlines()
        try:
            report: dict[str, Any] = json.loads(lines[-1])
        except (IndexError, ValueError):
            return None
        return report


class Crawls:
    """Starts crawls of single sites with the settings of this process."""

    def __init__(self, config: Config, at_once: int, *options: str) -> None:
        """Prepare crawls with these further options; the processes that read are shared out among so many at once."""
        shared = evolve(config, workers=max(min(1, config.workers), config.workers // at_once))
        self._environ = {**os.environ, **environment(shared)}
        self._options = options

    def start(self, site: str) -> Child:
        """Begin to crawl a site, as far as it is due; raises FangzhiError where the machine has no room for it."""
        # -P: what lies in the folder that we were started in must not be imported
        program = [sys.executable, "-P", "-m", "crawler.cli"]
        with ExitStack() as files, _translated(site):
            out = files.enter_context(tempfile.TemporaryFile())  # a pipe would have to be read meanwhile
            process = subprocess.Popen(
                [*program, "crawl", "--due", "--json", *self._options, "--", site],
                stdin=subprocess.DEVNULL,
                stdout=out,
                env=self._environ,
                process_group=0,  # so that a Ctrl-C in the terminal reaches us alone, and we pass it on
            )
            return Child(process, out, files.pop_all())


@contextmanager
def _translated(site: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "the machine is out of memory, processes, files or disk space: it is tried again in a minute"
        raise FangzhiError(f"no crawl of {site} can be started: {error}", hint) from error
