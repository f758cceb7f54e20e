"""What readers ask for, as commands in processes of their own, with their progress."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from attrs import define, field

from crawler.cli.log_events import OTHER
from crawler.config.config import Config
from crawler.config.load import environment
from pipelines.printable import printable

MAX_EVENTS, MAX_EVENT_CHARS = 100, 500
"""Lines of progress that are kept of a job, and the characters of each."""

MAX_OUTPUT_BYTES = 64 * 1024 * 1024
"""Output of a command that is read: an entry of the longest page has some 30 MB."""

GRACE_S = 15
"""Seconds in which a command that took too long may finish its requests and print what it has."""

REQUEST = "HTTP Request: "
"""The beginning of a message of the library httpx about a request."""

JobState = Literal["waiting", "running", "done", "failed"]
JobKind = Literal["fetch", "survey", "hand-over"]


@define(kw_only=True)
class BackgroundJob:
    """What a reader asked for: its state, its lines of progress, and in the end what it made, or why it made nothing.

    A fetch makes a capture, a survey the TOML of a site with what a check of it found, a hand-over a package; `receipt`
    has the numbers. `url` is the address of a page or a site, or the query of a hand-over. `file` is a package, `pages`
    the archive with the pages of a survey.
    """

    id: str
    kind: JobKind = "fetch"
    url: str
    arguments: tuple[str, ...] = ()
    asked_at: dt.datetime
    state: JobState = "waiting"
    events: list[str] = field(factory=list)
    capture: str | None = None
    toml: str | None = None
    slug: str | None = None
    file: Path | None = None
    pages: Path | None = None
    receipt: dict[str, Any] = field(factory=dict)
    reason: str | None = None

    @property
    def has_result(self) -> bool:
        """Whether it made what it was to make."""
        return bool(self.capture or self.toml or self.file)

    @property
    def kept(self) -> Path | None:
        """What it wrote and keeps, in a folder of its own."""
        return self.file or self.pages

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in ("done", "failed")

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        made = {"toml": self.toml, "slug": self.slug, "receipt": self.receipt} if self.kind != "fetch" else {}
        return {
            "id": self.id,
            "url": self.url,
            "state": self.state,
            "capture": self.capture,
            **made,
            "reason": self.reason,
            "events": list(self.events),
        }

    def note(self, line: str) -> None:
        """Add a line of progress."""
        if len(self.events) < MAX_EVENTS and line.strip():
            self.events.append(printable(line.strip())[:MAX_EVENT_CHARS])


def run_command(config: Config, job: BackgroundJob, folder: Path, arguments: Sequence[str], max_s: float) -> bytes:
    """Run a command of fangzhi, note its progress, and return what it printed; it is ended after `max_s` seconds.

    It is asked to end first, so that it prints what it has. It has the settings of the room, but not its token. The
    path of `folder`, where it writes, is left out of its lines.
    """
    command = [sys.executable, "-P", "-m", "crawler.cli", *arguments]
    environ = {**os.environ, **environment(config), "FANGZHI_WORKERS": "0"}
    environ.pop("FANGZHI_SERVE_TOKEN", None)
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        timers = [threading.Timer(max_s, process.terminate), threading.Timer(max_s + GRACE_S, process.kill)]
        for timer in timers:
            timer.start()
        lines = threading.Thread(target=_follow, args=(process, job, folder), daemon=True)
        lines.start()
        try:
            output = process.stdout.read(MAX_OUTPUT_BYTES) if process.stdout else b""
            process.wait()
            lines.join(timeout=5)
        finally:
            for timer in timers:
                timer.cancel()
            with suppress(OSError):
                process.kill()
    return output


def _follow(process: subprocess.Popen[bytes], job: BackgroundJob, folder: Path) -> None:
    for line in process.stderr or ():
        job.note(said(line.decode("utf-8", "replace")).replace(f"{folder}/", ""))


def said(line: str) -> str:
    """Return what a line says to a reader; of the JSON log, what libraries say is left out, but for their requests.

    >>> said('{"event": "log", "message": "HTTP Request: GET http://a.example/ 200"}')
    'GET http://a.example/ 200'
    >>> said('{"event": "log", "message": "Scrapy 2.19.0 started"}'), said("5 captures")
    ('', '5 captures')
    """
    if not line.startswith("{"):
        return line
    try:
        document = json.loads(line)
    except ValueError:
        return line
    message = f"{document.get('message', '')}"
    if document.get("event") == OTHER:
        return message.partition(REQUEST)[2]
    return f"{message}: {document['hint']}" if document.get("hint") else message
