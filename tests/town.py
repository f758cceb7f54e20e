"""The demo city, served from this process, so that a test can change the visit and read the access log."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import frozen

from crawler.demo import Server, Truth, registry
from crawler.demo.city import City
from crawler.demo.model import HttpAnswer
from pipelines.times import CHINA
from tests.fangzhi import Entries, documents, fangzhi

SITES = ("yunzhou", "huawu")
YESTERDAY = dt.datetime.now(CHINA).date() - dt.timedelta(days=1)
"""The newest day of a city on its first visit. Two articles of its second visit are a day newer, from past midnight."""

SECOND_DAY = 1.5
"""Days from the first visit of a city to the second one. Its youngest article, of yesterday afternoon, is up to 30
hours old at the first one, and due again when that time has passed once more."""


@frozen
class Town:
    """A running city, a registry of its sites, and an archive."""

    server: Server
    registry: Path
    archive: Path | str

    def run(self, *arguments: str, **environment: str) -> list[dict]:
        """Run a command on the archive and return its JSON. The command must succeed."""
        done = fangzhi(*arguments, *self.options, **environment)
        assert done.returncode == 0, done.stderr
        return documents(done)

    @property
    def options(self) -> tuple[str, ...]:
        """Options that give a command the archive and the registry."""
        return ("--archive", str(self.archive), "--registry", str(self.registry))

    def crawl(self, **environment: str) -> dict:
        """Crawl both sites and return the report."""
        (report,) = self.run("crawl", *SITES, "--json", **environment)
        return report

    def pass_time(self, days: float) -> None:
        """Move all times in the frontier back by this number of days, as if they had passed."""
        columns = {
            "pages": ("due", "asked", "visited", "since"),
            "lists": ("asked", "shown", "brought"),
            "sites": ("started", "ended"),
            "runs": ("started", "ended"),
        }
        microseconds = round(days * 86_400_000_000)
        with closing(sqlite3.connect(Path(self.archive, "frontier.sqlite"))) as db, db:
            for table, names in columns.items():
                db.execute(f"UPDATE {table} SET {', '.join(f'{name} = {name} - {microseconds}' for name in names)}")

    def entries(self) -> Entries:
        """Return all entries, oldest first."""
        return self.run("list", "--json")[::-1]

    def truths(self) -> list[Truth]:
        """Return the expected results of a crawl of both sites on the current visit of the city."""
        truths = self.server.city.truth(self.server.base_urls)
        return [truth for truth in truths if truth.portal in SITES and truth.linked]


class Gate:
    """A city that answers a number of requests, and the others only after `open`: a crawl cannot end before that."""

    def __init__(self, city: City, answers: int) -> None:
        self.city = city
        self._open = threading.Event()
        self._left = answers
        self._lock = threading.Lock()

    def answer(self, *request: Any, **options: Any) -> HttpAnswer:
        """Return the answer of the city, after waiting for `open` if necessary."""
        with self._lock:
            self._left -= 1
            is_closed = self._left < 0
        if is_closed:
            self._open.wait()
        return self.city.answer(*request, **options)

    def open(self) -> None:
        """Answer all requests from now on."""
        self._open.set()


def settle(server: Server, folder: Path) -> Town:
    """Register the sites of a running city in a folder, which is also the place of the archive.

    Their pages are archived without requisites, which most tests do not need: a crawl then makes half the requests.
    """
    sites = folder / "sites"
    sites.mkdir()
    for name, toml in registry(server.base_urls, "text").items():
        (sites / name).write_text(toml, "utf-8")
    return Town(server, sites, folder / "archive")
