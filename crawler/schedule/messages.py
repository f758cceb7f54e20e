"""`fangzhi notify` as a child process of the schedule: it runs after crawls, and delays none of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from crawler.config.config import Config
from crawler.config.load import environment
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _

PAUSE_S = 60.0
"""Seconds between two runs: the health of 60 sites takes four seconds to read, and of 500 sites some crawl ends
each minute."""

END_S = 300
"""Seconds that the last run may take when the schedule ends: ten messages to a server that does not answer."""


class MessageRuns:
    """Starts `fangzhi notify` after crawls, one at a time; without rules it does nothing."""

    def __init__(self, config: Config, options: Sequence[str], pause_s: float = PAUSE_S) -> None:
        """Prepare runs with the settings of this process and these further options."""
        self._has_rules = bool(config.notify)
        self._environ = {**os.environ, **environment(config)}
        self._command = [sys.executable, "-P", "-m", "crawler.cli", "notify", "--quiet", *options]
        self._process: subprocess.Popen[bytes] | None = None
        self._started, self._pause_s = -pause_s, pause_s
        self._is_wanted = False

    def want(self) -> None:
        """Note that a crawl has ended."""
        self._is_wanted = self._has_rules

    def check(self) -> None:
        """Start a run if a crawl has ended since the last one; raises FangzhiError if it cannot be started."""
        is_running = self._process is not None and self._process.poll() is None
        if not self._is_wanted or is_running or time.monotonic() - self._started < self._pause_s:
            return
        self._start()

    def close(self) -> None:
        """Wait for the run that is going on, and make the last one if a crawl has ended since."""
        self._wait()
        if self._is_wanted:
            self._start()
            self._wait()

    def _start(self) -> None:
        self._is_wanted, self._started = False, time.monotonic()
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=self._environ,
                process_group=0,
            )
        except OSError as error:
            raise FangzhiError(_("no messages can be sent: {error}", error=error)) from error

    def _wait(self) -> None:
        if self._process:
            try:
                self._process.wait(END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
