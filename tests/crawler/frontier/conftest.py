"""An empty frontier in each kind of database."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from crawler.frontier.addresses import open_database
from crawler.frontier.identity import Owner


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a frontier that does not exist yet, in each kind of database."""
    if request.param == "sqlite":
        return str(tmp_path / "deep" / "frontier.sqlite")
    return str(request.getfixturevalue("database"))


def run_sql(address: str | Path, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements in a frontier's database, and return the rows of the last one."""

    def run(db: Any) -> list[tuple[Any, ...]]:
        cursors = [db.execute(statement) for statement in statements]
        return [tuple(dict(row).values()) for row in cursors[-1].fetchall()] if returns else []

    returns = statements[-1].startswith("SELECT")
    with closing(open_database(address)) as opened:
        return opened.write(run)


def kill(address: str | Path) -> None:
    """Make the frontier believe that its crawling process has ended."""
    ended = evolve(Owner.of_process(os.getpid()), start="0.00").identity
    run_sql(address, f"UPDATE crawlers SET owner = '{ended}'")
