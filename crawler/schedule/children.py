"""Crawls as child processes: each one begins with fresh memory and a fresh Twisted reactor.

They are forked from a server process that has imported what a crawl needs: an interpreter of its own would take 2.5 s
of CPU time for that, where a crawl of a site without news takes 1 s.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from typing import IO, Any

from attrs import evolve

from crawler.config.config import Config
from crawler.config.load import environment
from pipelines.errors import FangzhiError
from pipelines.line.fork_server import fork_context, start_server, unblock
from pipelines.messages import gettext as _

Command = Callable[[], object]
"""The command line of fangzhi: reads `sys.argv` and ends by SystemExit. A function that can be pickled."""


class CrawlProcess:
    """A running crawl. Its warnings go to our stderr; its report is read when it has ended."""

    def __init__(self, process: ForkServerProcess, out: IO[bytes], files: ExitStack) -> None:
        """`out` is the file to which the process writes its report, `files` closes it."""
        self._process, self._out, self._files = process, out, files

    def ended(self) -> int | None:
        """Return the exit code, negative if a signal ended the process; None while it runs."""
        return self._process.exitcode

    def stop(self) -> None:
        """Ask the crawl to finish the requests in flight and close its WARC file."""
        self._process.terminate()

    def kill(self) -> None:
        """Kill the process. Acknowledged pages are safe, and the next start closes its WARC file."""
        self._process.kill()

    def report(self) -> dict[str, Any] | None:
        """Return the report of the ended crawl, None if it wrote none. Call it once: it closes the file."""
        with self._files:
            self._out.seek(0)
            lines = self._out.read().splitlines()
        try:
            report: dict[str, Any] = json.loads(lines[-1])
        except (IndexError, ValueError):
            return None
        return report


class CrawlLauncher:
    """Starts crawls of single sites with the settings of this process."""

    def __init__(self, config: Config, max_running: int, *options: str, command: Command, imports: str) -> None:
        """Prepare crawls with these further options; `max_running` crawls share the configured extraction workers.

        `imports` names a module that imports what `command` needs for a crawl.
        """
        shared = evolve(config, workers=max(min(1, config.workers), config.workers // max_running))
        if config.shared_files == "scheduled":
            shared = evolve(shared, shared_files="always")
        self._environ = {**os.environ, **environment(shared)}
        self._command, self._options = command, options
        self._context = fork_context([imports])

    def start(self, site: str) -> CrawlProcess:
        """Start a crawl of what is due of a site; raises FangzhiError if the machine lacks the resources."""
        arguments = ["fangzhi", "crawl", "--due", "--json", *self._options, "--", site]
        with ExitStack() as files, _translated(site):
            out = files.enter_context(tempfile.TemporaryFile())  # a pipe would have to be read during the crawl
            child = _Child(self._command, arguments, self._environ, out.fileno())
            process = self._context.Process(target=child, name=f"crawl of {site}")
            start_server()
            process.start()
            return CrawlProcess(process, out, files.pop_all())


class _Child:
    """What a forked process does: it becomes the command, with stdout to a file, in a process group of its own.

    Ctrl-C in the terminal then reaches only the scheduler, which passes it on.
    """

    def __init__(self, command: Command, arguments: list[str], environ: Mapping[str, str], out: int) -> None:
        self._command, self._arguments, self._environ = command, arguments, environ
        self._out: Any = out

    def __getstate__(self) -> dict[str, Any]:
        """Send the file along: our process is pickled while it is started."""
        return {**self.__dict__, "_out": DupFd(self._out)}

    def __call__(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # also one that arrived since the fork
        os.setpgid(0, 0)
        unblock()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(self._out.detach(), 1)
        os.environ.clear()
        os.environ.update(self._environ)
        sys.argv = self._arguments
        try:
            self._command()
        finally:
            atexit._run_exitfuncs()  # as multiprocessing itself does from Python 3.14 on


@contextmanager
def _translated(site: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = _("the machine is out of memory, processes, files or disk space; the start is retried in a minute")
        raise FangzhiError(_("no crawl of {site} can be started: {error}", site=site, error=error), hint) from error
