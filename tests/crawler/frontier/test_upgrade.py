"""Files of earlier versions: they open and go on, or the error says what to do."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crawler.frontier import Frontier, Run
from crawler.frontier.host_quirks import HostQuirks
from crawler.frontier.identity import Owner
from crawler.frontier.recovery import settle_stale_leases
from crawler.frontier.tables import VERSION
from pipelines.errors import StoreUnavailable
from pipelines.model import Entry
from tests.crawler.frontier.conftest import run_sql
from tests.crawler.frontier.test_store import DAY, NOW, article, catalogued, list_page, no_requisites, queued

VERSION_0 = Path(__file__).with_name("version_0.sql")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A frontier of version 0: a crawl of fu was killed with article 2 in flight, zhen has a queued article."""
    path = tmp_path / "frontier.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(VERSION_0.read_text("utf-8"))
    return path


def test_a_frontier_of_version_0_opens_and_goes_on(path: Path) -> None:
    with closing(Frontier(path)) as frontier:
        assert frontier.runs() == {
            "fu": Run(started=NOW, outcome="killed", failures=1),
            "zhen": Run(started=NOW, ended=NOW),
        }
        assert frontier.requests_today("fu", NOW) == 1
        assert frontier.paused_until("zhen") == NOW + DAY
        assert frontier.list_statuses()["fu"][0].showing
        assert [(known.page, since) for known, since in frontier.stale_leases()] == [(article(2), NOW)]
        settle_stale_leases(frontier, lambda _: None, NOW, lambda *_: (), no_requisites)
        assert frontier.claim_site("fu", "full", NOW + DAY / 2)
        frontier.enqueue([list_page()])
        assert queued(frontier, NOW + DAY / 2) == [article(2)], "the crawl is continued: its first page was fetched"
        known = frontier.lease_pages("fu", NOW + DAY, 3)[-1]
        assert known.history.etag in (None, '"x"')
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    quirks = HostQuirks(str(path))
    assert quirks.get("fu.cn", "scheme") in ("https", None), "it is forgotten after a month"
    quirks.close()


def test_a_page_in_flight_that_is_catalogued_is_settled_after_the_upgrade(path: Path) -> None:
    found: dict[str, Entry] = {article(2).url: catalogued(article(2), NOW)}
    with closing(Frontier(path)) as frontier:
        settle_stale_leases(frontier, found.get, NOW, lambda *_: (), no_requisites)
        frontier.claim_site("fu", "full", NOW)
        assert queued(frontier) == []


def test_the_tables_after_an_upgrade_are_those_of_a_new_file(path: Path, tmp_path: Path) -> None:
    def columns(file: Path) -> dict[str, set[str]]:
        Frontier(file).close()
        with closing(sqlite3.connect(file)) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")]
            return {name: {row[1] for row in db.execute(f"PRAGMA table_info({name})")} for name in tables}

    assert columns(path) == columns(tmp_path / "new.sqlite")


def test_an_upgrade_waits_until_crawls_of_the_earlier_version_have_ended(path: Path) -> None:
    owner = Owner.of_process(os.getpid())
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE sites SET owner = ? WHERE site = 'fu'", (f"{owner.pid}@{owner.start}@{owner.boot}",))
    with pytest.raises(StoreUnavailable, match=r"is crawling with the frontier .*: fu") as caught:
        Frontier(path)
    assert "wait until these crawls have ended" in (caught.value.hint or "")


def test_a_program_of_version_0_cannot_open_an_upgraded_file(path: Path) -> None:
    Frontier(path).close()
    with closing(sqlite3.connect(path)) as db, pytest.raises(sqlite3.OperationalError, match="no such column: leased"):
        db.execute("CREATE INDEX IF NOT EXISTS leased ON pages (site) WHERE leased")


def test_a_frontier_of_a_later_version_is_not_opened(path: Path) -> None:
    Frontier(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreUnavailable, match="later version"):
        Frontier(path)


@pytest.mark.parametrize("table", ["lists", "runs"])
def test_a_frontier_from_before_a_table_opens_and_gets_it(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"DROP TABLE {table}")
    with closing(Frontier(path)) as frontier:
        assert (frontier.list_statuses() if table == "lists" else frontier.runs()) == {}
        frontier.claim_site("fu", "", NOW)
        assert frontier.runs().keys() >= {"fu"}


def test_the_error_of_a_broken_file_has_a_hint(tmp_path: Path) -> None:
    (tmp_path / "frontier.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable, match="not a database") as caught:
        Frontier(tmp_path / "frontier.sqlite")
    assert "remove it" in (caught.value.hint or "")


def test_no_other_process_can_write_while_stale_leases_are_settled(tmp_path: Path) -> None:
    path = tmp_path / "frontier.sqlite"
    with closing(Frontier(path)) as killed:
        killed.claim_site("fu", "", NOW)
        killed.enqueue([article(1), article(2)])
        queued(killed)
        killed.release_site("fu", NOW, keep_pages=True)
    with closing(Frontier(path)) as frontier, closing(sqlite3.connect(path, timeout=0)) as other:
        looked_up = []

        def newest(url: str) -> Entry | None:
            looked_up.append(url)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            return None

        settle_stale_leases(frontier, newest, NOW, lambda *_: (), no_requisites)
        other.execute("BEGIN IMMEDIATE")
    assert looked_up == [article(1).url, article(2).url]


def test_a_server_of_version_1_gets_what_it_lacks(database: str) -> None:
    Frontier(database).close()
    run_sql(database, "DROP TABLE reservations", "UPDATE frontier_version SET version = 1")
    with closing(Frontier(database)) as frontier:
        assert frontier.reserve_site("fu", "one", None)
    assert run_sql(database, "SELECT version FROM frontier_version") == [(VERSION,)]
    run_sql(database, f"UPDATE frontier_version SET version = {VERSION + 1}")
    with pytest.raises(StoreUnavailable, match="later version"):
        Frontier(database)
