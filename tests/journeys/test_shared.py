"""Scheduled crawls share WARC files: everything that reads an archive finds the captures of each site in them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import build, serve
from tests.fangzhi import documents, fangzhi, warcio_check, warcs
from tests.town import SITES, Town, settle


@pytest.fixture(scope="module")
def scheduled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town of which each site was crawled twice, by two `fangzhi schedule --once`, one site after the other."""
    with serve(build(pages=150)) as server:
        town = settle(server, tmp_path_factory.mktemp("scheduled"))
        for _ in range(2):
            done = fangzhi("schedule", *SITES, "--once", "--workers", "1", *town.options, FANGZHI_SHARED_FILES="always")
            assert done.returncode in (0, 3), done.stderr
            town.pass_time(days=9)
        yield town


@pytest.fixture
def copy(scheduled: Town, tmp_path: Path) -> Town:
    shutil.copytree(scheduled.archive, tmp_path / "archive")
    return Town(scheduled.server, scheduled.registry, tmp_path / "archive")


def open_warcs(town: Town) -> list[Path]:
    return sorted(Path(town.archive, "warc").rglob("*.open"))


def test_four_crawls_of_two_sites_write_one_file_which_can_be_read_while_it_is_open(copy: Town) -> None:
    (path,) = open_warcs(copy)
    assert warcs(copy.archive) == []
    entries = copy.entries()
    assert {entry["site"] for entry in entries} == set(SITES)
    (status,) = copy.run("status", "--json")
    assert (status["warcs"], status["bytes"]) == (0, 0)
    assert (status["open_warcs"], status["open_bytes"]) == (1, path.stat().st_size)
    shown = fangzhi("status", *copy.options).stdout
    assert "1 WARC file is open" in shown
    assert copy.run("verify", "--deep", "--json") == []
    (article, *_) = (entry for entry in entries if entry["articles"])
    assert copy.run("show", article["id"], "--json")


def test_the_end_of_a_schedule_publishes_the_file(copy: Town) -> None:
    copy.run("schedule", *SITES, "--once", "--workers", "1", "--json")
    assert open_warcs(copy) == []
    assert len(warcs(copy.archive)) == 1, "crawls one after the other continue the file"
    assert warcio_check(copy.archive).returncode == 0


def test_a_replay_publishes_the_file_and_can_be_limited_to_a_site(copy: Town) -> None:
    before = copy.entries()
    (report,) = copy.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(before), 0, 0)
    assert open_warcs(copy) == []
    assert len(warcs(copy.archive)) == 1
    for site in SITES:
        (report,) = copy.run("replay", "--json", "--site", site, "--dry-run")
        assert report["unchanged"] == sum(entry["site"] == site for entry in before)
        assert (report["changed"], report["added"]) == (0, 0)
    assert copy.entries() == before
    for deep in ((), ("--deep",)):
        assert copy.run("verify", "--json", *deep) == []
    assert warcio_check(copy.archive).returncode == 0


def test_a_rebuild_gives_the_same_entries(copy: Town) -> None:
    before = copy.entries()
    Path(copy.archive, "catalogue.sqlite").unlink()
    (report,) = copy.run("rebuild", "--json")
    assert (report["captures"], report["files"]) == (len(before), 1)
    assert copy.entries() == before


def test_a_crawl_by_hand_has_a_file_of_its_own_which_is_published_at_its_end(copy: Town) -> None:
    (path,) = open_warcs(copy)
    copy.run("fetch", copy.truths()[0].url)
    assert open_warcs(copy) == [path], "the file of the schedule is left open"
    (published,) = warcs(copy.archive)
    assert "shared" not in published.name


def test_captures_of_one_site_are_forgotten_and_those_of_the_other_keep_theirs(copy: Town) -> None:
    entries = {entry["id"]: entry for entry in copy.entries()}
    removed = {key for key, entry in entries.items() if entry["site"] == SITES[0]}
    done = fangzhi("forget", *removed, "--reason", "court order 7", "--yes", *copy.options)
    assert done.returncode == 0, done.stderr
    after = {entry["id"]: entry for entry in copy.entries()}
    assert after.keys() == entries.keys() - removed
    (path,) = warcs(copy.archive)
    assert path.name.endswith("-r1.warc.gz")
    assert copy.run("verify", "--deep", "--json") == []
    Path(copy.archive, "catalogue.sqlite").unlink()
    copy.run("rebuild", "--json")
    assert {entry["id"]: entry for entry in copy.entries()} == after
    (report,) = documents(fangzhi("replay", "--site", SITES[0], "--json", *copy.options))
    assert report["unchanged"] == 0


def test_a_package_of_one_site_says_which_site_its_captures_are_of(copy: Town, tmp_path: Path) -> None:
    copy.run("replay", "--dry-run", "--json")
    package, other, empty = tmp_path / "x.wacz", str(tmp_path / "other"), tmp_path / "no-sites"
    empty.mkdir()
    fangzhi("export", str(package), "--site", SITES[1], *copy.options)
    done = fangzhi("replay", str(package), "--archive", other, "--registry", str(empty), "--json")
    assert documents(done)[0]["added"] > 0, done.stderr
    found = [json.loads(line) for line in fangzhi("list", "--json", "--archive", other).stdout.splitlines()]
    expected = {entry["id"]: entry["site"] for entry in copy.entries()}
    assert {entry["id"]: entry["site"] for entry in found} == {entry["id"]: expected[entry["id"]] for entry in found}
    assert {entry["site"] for entry in found} >= {SITES[1]}
