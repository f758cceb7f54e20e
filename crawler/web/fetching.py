"""Fetches that readers ask for: `fetch` in a process of its own, a few at a time, with its progress."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Literal

from attrs import define, field

from crawler.cli.fetch import checked_url
from crawler.config.config import Config
from crawler.config.load import environment
from crawler.web.problems import Refused
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.printable import printable
from pipelines.text.urls import split_url

logger = logging.getLogger(__name__)

HOURLY = 60
"""Pages that may be fetched in an hour, over all who have the token: a person who saves pages asks for one a minute."""

AT_ONCE = 2
"""Fetches at a time; each is a process with 150 MB."""

MAX_S = 180
"""Seconds after which a fetch ends: robots.txt and page take 30 s each at most, the delay of a host a minute."""

MAX_JOBS = 200
"""Fetches that are remembered; the oldest is forgotten first."""

MAX_EVENTS, MAX_EVENT_CHARS = 100, 500
"""Lines of progress that are kept of a fetch, and the characters of each."""

MAX_OUTPUT_BYTES = 64 * 1024 * 1024
"""Output of a fetch that is read: an entry of the longest page has some 30 MB."""

State = Literal["waiting", "running", "done", "failed"]


class Conflict(Refused):
    """The host is being asked already."""

    status = HTTPStatus.CONFLICT


class Exhausted(Refused):
    """The pages of this hour are used up."""

    status = HTTPStatus.TOO_MANY_REQUESTS


@define(kw_only=True)
class Job:
    """A fetch: its state, its lines of progress, and in the end the id of its capture, or why there is none."""

    id: str
    url: str
    asked_at: dt.datetime
    state: State = "waiting"
    events: list[str] = field(factory=list)
    capture: str | None = None
    reason: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in ("done", "failed")

    def document(self) -> dict[str, Any]:
        """Return the fetch as JSON values."""
        return {
            "id": self.id,
            "url": self.url,
            "state": self.state,
            "capture": self.capture,
            "reason": self.reason,
            "events": list(self.events),
        }

    def note(self, line: str) -> None:
        """Add a line of progress."""
        if len(self.events) < MAX_EVENTS and line.strip():
            self.events.append(printable(line.strip())[:MAX_EVENT_CHARS])


class Fetches:
    """The fetches of a room, in threads that wait for their processes."""

    def __init__(
        self, config: Config, clock: Callable[[], float] = time.monotonic, run: Callable[[Job], None] | None = None
    ) -> None:
        """Fetch into the archive of a configuration; `run` replaces the process in tests of the queue."""
        self._config, self._clock = config, clock
        self._run = run or self._fetch
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._times: deque[float] = deque()

    def ask(self, given: str) -> Job:
        """Begin to fetch a page.

        Raises ConfigError for an address that may not be fetched, Conflict while its host is asked for another page,
        Exhausted after too many pages.
        """
        url = checked_url(given.strip(), allow_private=self._config.allow_private)
        host = split_url(url).netloc
        with self._lock:
            now = self._clock()
            while self._times and now - self._times[0] > 3600:
                self._times.popleft()
            if len(self._times) >= HOURLY:
                raise Exhausted(_("{count} pages were fetched in this hour", count=HOURLY), _("try again later"))
            if any(split_url(each.url).netloc == host and not each.is_over for each in self._jobs.values()):
                raise Conflict(_("{host} is being asked for another page", host=host), _("try again in a few seconds"))
            self._times.append(now)
            job = Job(id=secrets.token_urlsafe(16), url=url, asked_at=dt.datetime.now(dt.UTC))
            self._jobs[job.id] = job
            while len(self._jobs) > MAX_JOBS:
                self._jobs.popitem(last=False)
        threading.Thread(target=self._wait, args=(job,), daemon=True).start()
        return job

    def job(self, key: str) -> Job | None:
        """Return a fetch by its id."""
        return self._jobs.get(key)

    def _wait(self, job: Job) -> None:
        with self._slots:
            job.state = "running"
            try:
                self._run(job)
            except (FangzhiError, OSError, subprocess.SubprocessError, ValueError) as error:
                logger.warning("fetch of %s: %s", job.url, error)
                job.reason = job.reason or "failed"
            job.state = "done" if job.capture else "failed"

    def _fetch(self, job: Job) -> None:
        """Run `fangzhi fetch`, which checks the address again when it connects, and read what it prints."""
        command = [sys.executable, "-P", "-m", "crawler.cli", "fetch", "--json", "-v", "--", job.url]
        environ = {**os.environ, **environment(self._config), "FANGZHI_WORKERS": "0"}
        environ.pop("FANGZHI_SERVE_TOKEN", None)
        with subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            timer = threading.Timer(MAX_S, process.kill)
            timer.start()
            lines = threading.Thread(target=_follow, args=(process, job), daemon=True)
            lines.start()
            try:
                output = process.stdout.read(MAX_OUTPUT_BYTES) if process.stdout else b""
                process.wait()
                lines.join(timeout=5)
            finally:
                timer.cancel()
                with suppress(OSError):
                    process.kill()
        _take(job, output)


def _follow(process: subprocess.Popen[bytes], job: Job) -> None:
    for line in process.stderr or ():
        job.note(line.decode("utf-8", "replace"))


def _take(job: Job, output: bytes) -> None:
    """Read the entry that a fetch printed."""
    found = output.splitlines()
    document = json.loads(found[-1]) if found else {}
    job.capture, job.reason = document.get("id"), document.get("reason")
    if not job.capture:
        job.reason = job.reason or (job.events[-1] if job.events else "failed")
