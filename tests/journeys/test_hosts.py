"""Two machines share a frontier, a catalogue and a bucket; one dies, and the other gets its sites and its spool.

`make soak` has four of them, with leases that run out by themselves (tests/torture/hosts.py).
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from attrs import evolve

from tests.crawler.frontier.conftest import run_sql
from tests.fangzhi import documents, environment, fangzhi, start_installed
from tests.journeys.test_catalogue_away import count_entries
from tests.pipelines.catalogue.server import Server, installed, postgresql_server
from tests.torture.hosts import on_host
from tests.town import SITES, Gate, Town
from tests.wait import wait_until


@pytest.fixture
def shared(new_town: Town, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Town, Server]]:
    """A small city; its archive is a bucket, its catalogue and its frontier are in PostgreSQL."""
    if not installed():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql_server(durable=False) as server:
        monkeypatch.setenv("FANGZHI_CATALOGUE", server.url)
        yield evolve(new_town, archive=f"s3://{bucket}/news"), server


def spool(folder: Path, name: str) -> dict[str, str]:
    return {"FANGZHI_SPOOL": str(folder / name)}


@pytest.mark.soak
def test_a_machine_dies_and_another_gets_its_sites_and_its_spool(shared: tuple[Town, Server], tmp_path: Path) -> None:
    town, server = shared
    city = town.server.city
    town.server.city = Gate(city, 60)
    dying = start_installed(
        "crawl", *SITES, *town.options, prefix=on_host("dying"), env=environment(**spool(tmp_path, "dying"))
    )
    wait_until(lambda: count_entries(server) >= 20 or dying.poll() is not None)
    assert dying.poll() is None
    for process in psutil.Process(dying.pid).children(recursive=True):
        process.send_signal(signal.SIGKILL)
    dying.communicate()
    town.server.city.open()  # type: ignore[attr-defined]
    town.server.city = city
    busy = fangzhi("crawl", *SITES, *town.options, **spool(tmp_path, "living"))
    assert busy.stderr.count("another crawl of it is running") == len(SITES), "its lease holds"
    timetable = documents(fangzhi("schedule", "--dry-run", "--json", *SITES, *town.options))
    assert [(row["outcome"], row["is_due"]) for row in timetable] == [("running", False)] * len(SITES)
    run_sql(server.url, "UPDATE crawlers SET expires = 1")
    town.run("crawl", *SITES, "--json", **spool(tmp_path, "living"))
    assert list((tmp_path / "dying").rglob("*.open"))
    town.run("crawl", "--due", *SITES, "--json", **spool(tmp_path, "dying"))
    assert not [path for path in (tmp_path / "dying").rglob("*") if path.is_file()]
    everything_is_there(town)


def everything_is_there(town: Town) -> None:
    """Pages that were only in the spool of the dead machine are there twice, the second time as a copy."""
    entries = town.entries()
    assert {one["url"] for one in entries} == {truth.url for truth in town.truths()}
    captured = Counter((one["url"], one["final_url"]) for one in entries if one["reason"] in (None, "file"))
    for (url, _final), times in captured.items():
        of_page = [one for one in entries if one["url"] == url]
        files = {one["location"]["file"].rpartition("-")[2] for one in of_page}
        assert times == 1 or (times == 2 and "dying.warc.gz" in files), of_page
    assert town.run("verify", "--deep", "--json") == []
    (report,) = town.run("replay", "--dry-run", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0)


def test_hosts_of_the_tests_have_names_and_pids_of_their_own() -> None:
    with start_installed(prefix=(*on_host("own"), "sh", "-c", "hostname; echo $$"), env=dict(os.environ)) as process:
        name, pid = process.communicate()[0].split()
    assert name == "own"
    assert int(pid) < 10
