"""Crawls as child processes: each one begins with fresh memory and a fresh Twisted reactor."""

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

from crawler.config.config import Config
from crawler.config.load import environment
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _


class CrawlProcess:
    """A running crawl. Its warnings go to our stderr; its report is read when it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], out: IO[bytes], files: ExitStack) -> None:
        """`out` is the file to which the process writes its report, `files` closes it."""
        self._process, self._out, self._files = process, out, files

    def ended(self) -> int | None:
        """Return the exit code, negative if a signal ended the process; None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """Ask the crawl to finish the requests in flight and close its WARC file."""
        self._process.send_signal(signal.SIGTERM)

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

    def __init__(self, config: Config, max_running: int, *options: str) -> None:
        """Prepare crawls with these further options; `max_running` crawls share the configured extraction workers."""
        shared = evolve(config, workers=max(min(1, config.workers), config.workers // max_running))
        if config.shared_files == "scheduled":
            shared = evolve(shared, shared_files="always")
        self._environ = {**os.environ, **environment(shared)}
        self._options = options

    def start(self, site: str) -> CrawlProcess:
        """Start a crawl of what is due of a site; raises FangzhiError if the machine lacks the resources."""
        # -P: do not import modules from the folder in which we were started
        program = [sys.executable, "-P", "-m", "crawler.cli"]
        with ExitStack() as files, _translated(site):
            out = files.enter_context(tempfile.TemporaryFile())  # a pipe would have to be read during the crawl
            process = subprocess.Popen(
                [*program, "crawl", "--due", "--json", *self._options, "--", site],
                stdin=subprocess.DEVNULL,
                stdout=out,
                env=self._environ,
                process_group=0,  # so that Ctrl-C in the terminal reaches only us; we pass it on
            )
            return CrawlProcess(process, out, files.pop_all())


@contextmanager
def _translated(site: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = _("the machine is out of memory, processes, files or disk space; the start is retried in a minute")
        raise FangzhiError(_("no crawl of {site} can be started: {error}", site=site, error=error), hint) from error
