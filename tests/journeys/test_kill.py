"""Crawls that are killed or interrupted: no acknowledged page is lost, and none is archived twice."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipelines.dedupe.verdict import EMPTY
from tests.fangzhi import environment, press_ctrl_c, shell_code, start_installed, warcio_check
from tests.town import SITES, Gate, Town
from tests.wait import wait_until

MOMENTS = ((1, 16), pytest.param((1, 2, 4, 6, 8, 10, 12), marks=pytest.mark.soak))
"""Number of new entries at which each crawl is killed: at the first, and later in the middle of its work. All together,
with what comes in meanwhile, are fewer than the city has pages, so that no crawl ends before."""

AHEAD = 20
"""Further responses that the server gives, so that pages are being processed at the moment of the kill."""


@contextmanager
def crawling(town: Town, entries: int, catalogue: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], Gate]]:
    """Start a crawl that cannot end, and yield when the catalogue has `entries` more entries."""
    catalogue = catalogue or Path(town.archive, "catalogue.sqlite")
    city, wanted = town.server.city, len(entry_ids(catalogue)) + entries
    town.server.city = gate = Gate(city, entries + AHEAD)
    with start_installed("crawl", *SITES, *town.options, "--json", env=environment(FANGZHI_WORKERS="2")) as process:
        try:
            wait_until(lambda: len(entry_ids(catalogue)) >= wanted or process.poll() is not None)
            assert process.poll() is None, process.communicate()[1]
            yield process, gate
        finally:
            process.kill()
            gate.open()
            town.server.city = city


def entry_ids(catalogue: Path) -> set[str]:
    """Return the ids of the entries while a crawl writes them; the catalogue or its tables can still be missing."""
    with contextlib.suppress(sqlite3.OperationalError), closing(_reading(catalogue)) as db:
        return {key for (key,) in db.execute("SELECT id FROM entries")}
    return set()


def _reading(catalogue: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{catalogue.as_uri()}?mode=ro", uri=True)


def unfinished(town: Town) -> list[Path]:
    return list(Path(town.archive).rglob("*.open"))


@pytest.mark.parametrize("moments", MOMENTS, ids=len)
def test_kill_9_at_any_moment_loses_and_duplicates_nothing(new_town: Town, moments: tuple[int, ...]) -> None:
    acknowledged: set[str] = set()
    for moment in moments:
        with crawling(new_town, moment) as (process, _):
            process.kill()
        assert unfinished(new_town)
        acknowledged |= entry_ids(Path(new_town.archive, "catalogue.sqlite"))
    assert len(acknowledged) >= sum(moments)

    new_town.crawl()
    assert not unfinished(new_town)
    entries = {entry["id"]: entry for entry in new_town.entries()}
    assert acknowledged <= entries.keys()
    assert {entry["url"] for entry in entries.values()} == {truth.url for truth in new_town.truths()}
    fetched = Counter(  # after a kill between a redirect and its target, the crawl starts again at the redirect
        (entry["url"], entry["final_url"]) for entry in entries.values() if entry["reason"] != "redirect"
    )
    assert {pair for pair, times in fetched.items() if times > 1} == set(), "acknowledged pages are not fetched again"
    payloads = Counter(one["digests"]["payload"] for one in entries.values() if one["verdict"]["kind"] != "same-bytes")
    assert {digest for digest, times in payloads.items() if times > 1} <= {EMPTY}
    assert warcio_check(new_town.archive).returncode == 0
    (report,) = new_town.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0)


def test_ctrl_c_finishes_requests_in_flight_and_closes_the_files(new_town: Town) -> None:
    with crawling(new_town, 5) as (process, gate):
        process.send_signal(signal.SIGINT)
        gate.open()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert '"fetched":' in out
    assert len(new_town.entries()) < len(new_town.truths())
    assert not unfinished(new_town)
    assert warcio_check(new_town.archive).returncode == 0


def test_repeated_ctrl_c_ends_at_once_and_loses_nothing(new_town: Town) -> None:
    with crawling(new_town, 5) as (process, _):
        press_ctrl_c(process)
        err = process.communicate()[1]
    assert shell_code(process.returncode) == 130, err
    assert "Traceback" not in err
    new_town.crawl()
    assert {entry["url"] for entry in new_town.entries()} == {truth.url for truth in new_town.truths()}
    assert not unfinished(new_town)
