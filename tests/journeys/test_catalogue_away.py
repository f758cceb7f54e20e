"""Crawls, fetches and replays whose catalogue goes away: they wait for it, and no page is lost or captured twice."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.fangzhi import documents, fangzhi, start, warcio_check
from tests.journeys.test_kill import unfinished
from tests.pipelines.catalogue.server import Server, installed, postgresql_server
from tests.town import SITES, Gate, Town
from tests.wait import wait_until

OUTAGE_S = 3
"""Longer than the pauses between two tries, and than a fast restart of the server."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that a test can stop."""
    if not installed():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql_server(durable=False) as running:
        yield running


@pytest.fixture
def catalogued(new_town: Town, server: Server, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A small city with its catalogue in PostgreSQL, and its frontier in a file: only the catalogue goes away."""
    monkeypatch.setenv("FANGZHI_CATALOGUE", server.url)
    monkeypatch.setenv("FANGZHI_FRONTIER", str(Path(new_town.archive, "frontier.sqlite")))
    return new_town


WAITS = re.compile("the crawl pauses|waiting for the frontier")
"""Is in the log of a crawl whose frontier is away: which of them depends on the thread that asks first."""


class Controlled:
    """A command that a test controls: the city gives only as many responses as the test allows."""

    def __init__(self, town: Town, server: Server, log: Path, *command: str) -> None:
        self._town, self._city, self._server, self._log = town, town.server.city, server, log
        self._gate = Gate(self._city, 0)
        town.server.city = self._gate
        with log.open("w") as file:
            self.process = start(*command, *town.options, "--json", stderr=file)

    def go(self, answers: int) -> None:
        """Allow a number of further responses."""
        before, self._gate = self._gate, Gate(self._city, answers)
        self._town.server.city = self._gate
        before.open()

    def has_entries(self, entries: int) -> None:
        """Wait until the catalogue has this number of entries."""
        self.waits_until(lambda: count_entries(self._server) >= entries)

    def has_logged(self, words: str) -> None:
        """Wait until the command has logged some words."""
        self.waits_until(lambda: words in self.log())

    def waits_until(self, holds: Callable[[], object]) -> None:
        """Wait for something while the command runs."""
        wait_until(lambda: holds() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log()

    def end(self) -> tuple[int, str]:
        """Allow all responses, wait for the end of the command, and return its exit code and its output."""
        self.go(10**6)
        out = self.process.communicate(timeout=120)[0]
        self._town.server.city = self._city
        return self.process.wait(), out

    def log(self) -> str:
        return self._log.read_text()


def count_entries(server: Server) -> int:
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])  # type: ignore[index]
        except psycopg.errors.UndefinedTable:
            return 0


def paused_crawl(town: Town, server: Server, log: Path) -> Controlled:
    """Return a crawl that has catalogued some pages, and pauses because the server was stopped."""
    running = Controlled(town, server, log, "crawl", *SITES)
    running.go(60)
    running.has_entries(20)
    server.stop()
    running.go(10**6)
    running.has_logged("the crawl pauses: the catalogue")
    return running


def everything_is_there_once(town: Town) -> None:
    assert not unfinished(town)
    entries = town.entries()
    captured = Counter((one["url"], one["final_url"]) for one in entries if one["reason"] != "redirect")
    assert {pair for pair, times in captured.items() if times > 1} == set()
    assert {one["url"] for one in entries} == {truth.url for truth in town.truths()}
    assert town.run("verify", "--deep", "--json") == []
    assert warcio_check(town.archive).returncode == 0
    (report,) = town.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0)


def test_a_crawl_pauses_while_the_catalogue_is_away(catalogued: Town, server: Server, tmp_path: Path) -> None:
    running = paused_crawl(catalogued, server, tmp_path / "log")
    time.sleep(OUTAGE_S)
    server.start()
    code, _ = running.end()
    assert code == 0, running.log()
    assert "the crawl goes on" in running.log()
    everything_is_there_once(catalogued)


@pytest.mark.soak
def test_a_crawl_that_is_stopped_while_the_catalogue_is_away_captures_nothing_twice(
    catalogued: Town, server: Server, tmp_path: Path
) -> None:
    running = paused_crawl(catalogued, server, tmp_path / "log")
    running.process.terminate()
    code, _ = running.end()
    assert code == 1, running.log()
    assert "check that the server runs" in running.log()
    assert "Traceback" not in running.log()
    server.start()
    catalogued.crawl()
    everything_is_there_once(catalogued)


@pytest.mark.parametrize(
    "stopped",
    [False, pytest.param(True, marks=pytest.mark.soak)],
    ids=["until it is back", "until the crawl is stopped"],
)
def test_a_crawl_waits_for_its_frontier(catalogued: Town, server: Server, tmp_path: Path, stopped: bool) -> None:
    """Two threads ask the frontier: that of the line, and that which handles signals, also while it waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FANGZHI_FRONTIER", server.url)
        running = Controlled(catalogued, server, tmp_path / "log", "crawl", *SITES)
        running.go(60)
        running.has_entries(20)
        server.stop()
        running.go(10**6)
        running.waits_until(lambda: WAITS.search(running.log()))
        if stopped:
            running.process.terminate()
            code, _ = running.end()
            assert code == 1, running.log()
            assert "Traceback" not in running.log()
            server.start()
            catalogued.crawl()
        else:
            time.sleep(OUTAGE_S)
            server.start()
            code, _ = running.end()
            assert code == 0, running.log()
        everything_is_there_once(catalogued)


@pytest.mark.parametrize("command", ["crawl", pytest.param("schedule", marks=pytest.mark.soak)])
def test_a_crawl_that_starts_while_the_catalogue_restarts_waits_for_it(
    catalogued: Town, server: Server, tmp_path: Path, command: str
) -> None:
    server.stop()
    options = ("--once",) if command == "schedule" else ()
    running = Controlled(catalogued, server, tmp_path / "log", command, *SITES, *options)
    running.has_logged("trying again for 30 s")
    server.start()
    code, _ = running.end()
    assert code == 0, running.log()
    everything_is_there_once(catalogued)


def test_a_fetch_waits_for_the_catalogue(catalogued: Town, server: Server, tmp_path: Path) -> None:
    pages = [truth.url for truth in catalogued.truths() if truth.kind == "article"][:12]
    running = Controlled(catalogued, server, tmp_path / "log", "fetch", *pages)
    running.go(6)
    running.has_entries(2)
    server.stop()
    running.go(10**6)
    running.has_logged("the crawl pauses: the catalogue")
    server.start()
    code, out = running.end()
    assert code == 0, running.log()
    assert out.count('"outcome":"article"') == len(pages)
    assert len(catalogued.run("list", "--json")) == len(pages)


@pytest.mark.soak
def test_a_replay_waits_for_the_catalogue(catalogued: Town, server: Server, tmp_path: Path) -> None:
    catalogued.crawl()
    before = catalogued.entries()
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    running = Controlled(catalogued, server, tmp_path / "log", "replay")
    running.has_entries(20)
    server.stop()
    running.has_logged("waiting for the catalogue")
    time.sleep(OUTAGE_S)
    server.start()
    code, out = running.end()
    assert code == 0, running.log()
    assert "the catalogue is available again" in running.log()
    assert f'"added":{len(before)}' in out
    assert catalogued.entries() == before


def test_a_command_that_reads_names_the_server_and_the_remedy(catalogued: Town, server: Server) -> None:
    server.stop()
    done = fangzhi("list", *catalogued.options)
    assert (done.returncode, documents(done)) == (1, [])
    assert "check that the server runs" in done.stderr
    assert len(done.stderr.splitlines()) == 1
