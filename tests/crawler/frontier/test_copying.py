"""A frontier is moved into the other kind of database and back, and a crawl goes on there."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.frontier import Frontier
from crawler.frontier.addresses import open_database
from crawler.frontier.copying import TABLES, copy_frontier
from pipelines.errors import ConfigError, StoreUnavailable
from tests.crawler.frontier.test_store import NOW, article, list_page, queued
from tests.fangzhi import fangzhi

DAY = dt.timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A frontier in a file: a crawl of fu was killed with a page in flight, the others are queued."""
    path = str(tmp_path / "frontier.sqlite")
    with closing(Frontier(path)) as frontier:
        frontier.claim_site("fu", "full", NOW)
        frontier.enqueue([list_page(), *map(article, range(6))])
        (known,) = frontier.lease_pages("fu", NOW, 1)
        frontier.acknowledge(known, NOW + DAY, NOW)
        frontier.lease_pages("fu", NOW, 1)
        frontier.count_request("fu", NOW)
        frontier.pause("zhen", NOW + DAY)
        frontier.release_site("fu", NOW, "interrupted", keep_pages=True)
    return path


def content(address: str) -> dict[str, list[dict[str, Any]]]:
    with closing(open_database(address)) as database:
        tables = {
            name: database.read(lambda db, name=name: db.execute(f"SELECT * FROM {name}").fetchall()) for name in TABLES
        }
    return {name: sorted((dict(row) for row in rows), key=repr) for name, rows in tables.items()}


def test_a_frontier_in_postgresql_and_back_is_the_same_and_goes_on(file: str, database: str, tmp_path: Path) -> None:
    back = str(tmp_path / "back" / "frontier.sqlite")
    counts = copy_frontier(file, database)
    assert copy_frontier(database, back) == counts
    assert content(file) == content(database) == content(back)
    assert counts["pages"] == 7
    for address in (database, back):
        with closing(Frontier(address)) as frontier:
            assert len(frontier.stale_leases()) == 1
            assert frontier.requests_today("fu", NOW) == 1
            assert frontier.paused_until("zhen") == NOW + DAY
            assert frontier.claim_site("fu", "full", NOW + DAY / 2)
            assert frontier.enqueue([article(9)]) == [article(9)], "it has a number of its own"
            assert len(queued(frontier, NOW + DAY / 2)) == 7


def test_nothing_is_copied_while_a_crawl_runs(file: str, database: str) -> None:
    with closing(Frontier(file)) as running:
        running.claim_site("zhen", "", NOW)
        with pytest.raises(StoreUnavailable, match="crawls run with the frontier"):
            copy_frontier(file, database)
    copy_frontier(file, database)


def test_a_frontier_with_pages_is_not_overwritten(file: str, database: str, tmp_path: Path) -> None:
    copy_frontier(file, database)
    with pytest.raises(ConfigError, match="is not empty"):
        copy_frontier(file, database)
    with pytest.raises(ConfigError, match="there is no frontier"):
        copy_frontier(str(tmp_path / "none.sqlite"), database)
    assert not (tmp_path / "none.sqlite").exists()


def test_the_command_copies_and_says_what_is_next(file: str, tmp_path: Path) -> None:
    done = fangzhi("copy-frontier", file, str(tmp_path / "new.sqlite"))
    assert (done.returncode, "7 pages copied" in done.stderr) == (0, True), done.stderr
    again = fangzhi("copy-frontier", file, str(tmp_path / "new.sqlite"))
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)
    other = fangzhi("copy-frontier", "--json", file, str(tmp_path / "other.sqlite"))
    assert json.loads(other.stdout)["rows"]["pages"] == 7
