"""The made city, served from this process so that a test can change the visit and read the access log."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import frozen

from crawler.demo import Server, Truth, registry
from crawler.demo.city import City
from crawler.demo.model import HttpAnswer
from tests.fangzhi import Entries, documents, fangzhi

SITES = ("yunzhou", "huawu")


@frozen
class Town:
    """A city that is up, a registry that knows its sites, and an archive for them."""

    server: Server
    registry: Path
    archive: Path | str

    def run(self, *arguments: str, **environment: str) -> list[dict]:
        """Run a command on the archive; it must succeed, its JSON comes back."""
        done = fangzhi(*arguments, *self.options, **environment)
        assert done.returncode == 0, done.stderr
        return documents(done)

    @property
    def options(self) -> tuple[str, ...]:
        """What a command needs to know of this town."""
        return ("--archive", str(self.archive), "--registry", str(self.registry))

    def crawl(self) -> dict:
        """Crawl both sites and return the report."""
        (report,) = self.run("crawl", *SITES, "--json")
        return report

    def pass_time(self, days: float) -> None:
        """Let the frontier believe that so many days have gone by since all it knows of."""
        times = ("due", "asked", "visited", "since")
        with closing(sqlite3.connect(Path(self.archive, "frontier.sqlite"))) as db, db:
            by = round(days * 86_400_000_000)
            db.execute(f"UPDATE pages SET {', '.join(f'{name} = {name} - {by}' for name in times)}")
            db.execute(f"UPDATE lists SET asked = asked - {by}, shown = shown - {by}, brought = brought - {by}")
            for table in ("sites", "runs"):
                db.execute(f"UPDATE {table} SET started = started - {by}, ended = ended - {by}")

    def entries(self) -> Entries:
        """Return all entries, oldest first."""
        return self.run("list", "--json")[::-1]

    def truths(self) -> list[Truth]:
        """Return what a crawl of the two sites must bring on the city's present visit."""
        truths = self.server.city.truth(self.server.base_urls)
        return [truth for truth in truths if truth.portal in SITES and truth.linked]


class Gate:
    """A city that answers so many requests, and the others only once it is opened: a crawl of it cannot end before."""

    def __init__(self, city: City, answers: int) -> None:
        self.city = city
        self._open = threading.Event()
        self._left = answers
        self._lock = threading.Lock()

    def answer(self, *asked: Any, **options: Any) -> HttpAnswer:
        """HttpAnswer as the city does, when it may."""
        with self._lock:
            self._left -= 1
            waits = self._left < 0
        if waits:
            self._open.wait()
        return self.city.answer(*asked, **options)

    def open(self) -> None:
        """Let everything through from now on."""
        self._open.set()


def settle(server: Server, folder: Path) -> Town:
    """Register a running city's sites in a folder; the archive is to lie there too."""
    sites = folder / "sites"
    sites.mkdir()
    for name, toml in registry(server.base_urls).items():
        (sites / name).write_text(toml, "utf-8")
    return Town(server, sites, folder / "archive")
