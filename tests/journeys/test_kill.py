"""A crawl that is killed, and one that is interrupted: nothing that was acknowledged is lost, nothing doubled."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipelines.dedupe.verdict import EMPTY
from tests.fangzhi import start, warcio_check
from tests.town import SITES, Gate, Town
from tests.wait import wait_until

MOMENTS = (1, 8, 16, 24)
"""Entries of its own that each crawl has made when it is killed: the first, and then in the middle of things."""

AHEAD = 20
"""Answers given beyond those entries, so that the line is at work when the blow falls."""


@contextmanager
def crawling(town: Town, entries: int, catalogue: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], Gate]]:
    """Start a crawl that cannot end, and come back once the catalogue has so many more entries."""
    catalogue = catalogue or Path(town.archive, "catalogue.sqlite")
    city, wanted = town.server.city, len(remembered(catalogue)) + entries
    town.server.city = gate = Gate(city, entries + AHEAD)
    with start("crawl", *SITES, *town.options, "--json") as process:
        try:
            until = time.monotonic() + 60
            while len(remembered(catalogue)) < wanted and time.monotonic() < until and process.poll() is None:
                time.sleep(0.01)
            assert process.poll() is None, process.communicate()[1]
            yield process, gate
        finally:
            process.kill()
            gate.open()
            town.server.city = city


def remembered(catalogue: Path) -> set[str]:
    """Return the entries' ids while somebody writes them; there may be no catalogue yet, or one without tables."""
    with contextlib.suppress(sqlite3.OperationalError), closing(_reading(catalogue)) as db:
        return {key for (key,) in db.execute("SELECT id FROM entries")}
    return set()


def _reading(catalogue: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{catalogue.as_uri()}?mode=ro", uri=True)


def unfinished(town: Town) -> list[Path]:
    return list(Path(town.archive).rglob("*.open"))


def test_kill_9_at_any_moment_loses_and_doubles_nothing(new_town: Town) -> None:
    acknowledged: set[str] = set()
    for moment in MOMENTS:
        with crawling(new_town, moment) as (process, _):
            process.kill()
        assert unfinished(new_town)
        acknowledged |= remembered(Path(new_town.archive, "catalogue.sqlite"))
    assert len(acknowledged) >= sum(MOMENTS)

    new_town.crawl()
    assert not unfinished(new_town)
    entries = {entry["id"]: entry for entry in new_town.entries()}
    assert acknowledged <= entries.keys()
    assert {entry["url"] for entry in entries.values()} == {truth.url for truth in new_town.truths()}
    asked = Counter(  # a page that was killed between a redirect and its target begins again at the redirect
        (entry["url"], entry["final_url"]) for entry in entries.values() if entry["reason"] != "redirect"
    )
    assert {pair for pair, times in asked.items() if times > 1} == set(), "what was acknowledged is not asked again"
    kept = Counter(one["digests"]["payload"] for one in entries.values() if one["verdict"]["kind"] != "same-bytes")
    assert {digest for digest, times in kept.items() if times > 1} <= {EMPTY}
    assert warcio_check(new_town.archive).returncode == 0
    (report,) = new_town.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0)


def test_ctrl_c_finishes_what_is_in_flight_and_closes_the_files(new_town: Town) -> None:
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


def test_ctrl_c_again_and_again_ends_at_once_and_loses_nothing(new_town: Town) -> None:
    def ended_by_ctrl_c(process: subprocess.Popen[str]) -> bool:
        process.send_signal(signal.SIGINT)
        return process.poll() is not None

    with crawling(new_town, 5) as (process, _):
        wait_until(lambda: ended_by_ctrl_c(process))
        err = process.communicate()[1]
    assert process.returncode == 130, err
    assert "Traceback" not in err
    new_town.crawl()
    assert {entry["url"] for entry in new_town.entries()} == {truth.url for truth in new_town.truths()}
    assert not unfinished(new_town)
