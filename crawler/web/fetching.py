"""Jobs that readers ask for: a few at a time, one of a host at a time, within a quota of pages."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path

from crawler.cli.fetch import checked_url
from crawler.config.config import Config
from crawler.web.jobs import BackgroundJob, JobKind
from crawler.web.problems import Refused
from crawler.web.work import WORK
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.text.urls import split_url

logger = logging.getLogger(__name__)

HOURLY = 60
"""Pages that may be fetched in an hour, over all who have the token: a person who saves pages asks for one a minute."""

PAGES: Mapping[JobKind, int] = {"fetch": 1, "survey": 30, "hand-over": 0}
"""The pages that a job requests: a survey looks at some twenty, then at one list, and at up to eight articles."""

AT_ONCE = 2
"""Jobs at a time; each is a process with 150 MB."""

MAX_JOBS = 200
"""Jobs that are remembered; the oldest is forgotten first."""

MAX_FILES = 5
"""Packages and surveys whose files are kept for those who asked for them; the oldest are removed first."""


class Conflict(Refused):
    """The host is being asked already."""

    status = HTTPStatus.CONFLICT


class Exhausted(Refused):
    """The pages of this hour are used up."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Fetches:
    """The jobs of a room, in threads that wait for their processes."""

    def __init__(
        self,
        config: Config,
        clock: Callable[[], float] = time.monotonic,
        run: Callable[[BackgroundJob], None] | None = None,
    ) -> None:
        """Work with the archive of a configuration; `run` replaces the process in tests of the queue."""
        self._config, self._clock = config, clock
        self._run = run or self._work
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, BackgroundJob] = OrderedDict()
        self._times: deque[float] = deque()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def ask(self, given: str, kind: JobKind = "fetch", arguments: tuple[str, ...] = ()) -> BackgroundJob:
        """Begin a job: fetch a page, survey a site, or hand over what `arguments` of `export` select.

        Raises ConfigError for an address that may not be fetched, Conflict while its host is asked for another page,
        Exhausted after too many pages.
        """
        url = given if kind == "hand-over" else checked_url(given.strip(), allow_private=self._config.allow_private)
        with self._lock:
            self._check_quota(PAGES[kind])
            self._check_conflict(kind, url)
            self._times.extend([self._clock()] * PAGES[kind])
            key, now = secrets.token_urlsafe(16), dt.datetime.now(dt.UTC)
            job = BackgroundJob(id=key, kind=kind, url=url, arguments=arguments, asked_at=now)
            self._jobs[job.id] = job
            while len(self._jobs) > MAX_JOBS:
                self._jobs.popitem(last=False)
        threading.Thread(target=self._wait, args=(job,), daemon=True).start()
        return job

    def job(self, key: str) -> BackgroundJob | None:
        """Return a job by its id."""
        return self._jobs.get(key)

    def _check_quota(self, pages: int) -> None:
        now = self._clock()
        while self._times and now - self._times[0] > 3600:
            self._times.popleft()
        if len(self._times) + pages > HOURLY:
            raise Exhausted(_("{count} pages were fetched in this hour", count=HOURLY), _("try again later"))

    def _check_conflict(self, kind: JobKind, url: str) -> None:
        open_jobs = [each for each in self._jobs.values() if not each.is_over]
        if kind == "hand-over":
            if any(each.kind == kind for each in open_jobs):
                raise Conflict(_("another package is being written"), _("try again when it is done"))
            return
        host = split_url(url).netloc
        if any(each.kind != "hand-over" and split_url(each.url).netloc == host for each in open_jobs):
            raise Conflict(_("{host} is being asked for another page", host=host), _("try again in a few seconds"))

    def _wait(self, job: BackgroundJob) -> None:
        with self._slots:
            job.state = "running"
            try:
                self._run(job)
            except (FangzhiError, OSError, subprocess.SubprocessError, ValueError) as error:
                logger.warning("%s for a reader, %s: %s", job.kind, job.url, error)
                job.reason = job.reason or "failed"
            job.state = "done" if job.has_result else "failed"

    def _work(self, job: BackgroundJob) -> None:
        """Run the commands of a job in a folder of its own, which is kept if it has a package or pages to show."""
        with self._lock:
            self._folder = self._folder or tempfile.TemporaryDirectory(prefix="fangzhi-")
        folder = Path(self._folder.name) / job.id
        folder.mkdir(mode=0o700)
        try:
            WORK[job.kind](self._config, job, folder)
        finally:
            if not job.kept:
                shutil.rmtree(folder, ignore_errors=True)
            self._remove_old_files()

    def _remove_old_files(self) -> None:
        kept = [each for each in list(self._jobs.values()) if each.kept]
        for each in kept[:-MAX_FILES]:
            if each.kept:
                shutil.rmtree(each.kept.parent, ignore_errors=True)
            each.file = each.pages = None
