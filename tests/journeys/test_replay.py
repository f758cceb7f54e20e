"""A replay of an archive produces its entries again, equal in every key."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from tests.fangzhi import documents, fangzhi, warcs
from tests.town import Town


@pytest.mark.parametrize("workers", ["1", "2", "4"])
def test_replay_changes_nothing_whatever_the_number_of_workers(town: Town, workers: str) -> None:
    before = town.entries()
    (report,) = town.run("replay", "--json", "--workers", workers)
    assert (report["unchanged"], report["changed"], report["added"]) == (len(before), 0, 0)
    assert town.entries() == before


def test_replay_without_the_registry_takes_the_sites_from_the_archive(town: Town) -> None:
    before = town.entries()
    done = fangzhi("replay", "--json", "--archive", str(town.archive))
    assert documents(done)[0]["changed"] == 0, done.stderr
    assert town.entries() == before


def test_a_replay_restores_a_lost_catalogue(town: Town, tmp_path: Path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(town.archive, copy, ignore=shutil.ignore_patterns("catalogue*"))
    (report,) = documents(fangzhi("replay", "--json", "--archive", str(copy), "--site", "yunzhou"))
    entries = [entry for entry in town.entries() if entry["site"] == "yunzhou"]
    assert report["added"] == len(entries)
    again = documents(fangzhi("list", "--json", "--archive", str(copy)))[::-1]
    same_verdict = [{**entry, "verdict": None} for entry in entries]
    assert [{**entry, "verdict": None} for entry in again] == same_verdict


def test_a_dry_run_shows_what_would_change_and_changes_nothing(town: Town, tmp_path: Path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(town.archive, copy, ignore=shutil.ignore_patterns("catalogue*"))
    done = fangzhi("replay", "--dry-run", "--diff", "--archive", str(copy), "--site", "yunzhou")
    assert done.stdout.count("added: ") == sum(entry["site"] == "yunzhou" for entry in town.entries())
    assert documents(fangzhi("list", "--json", "--archive", str(copy))) == []


def test_a_foreign_warc_is_read_in_place(town: Town, tmp_path: Path) -> None:
    plain = tmp_path / "theirs.warc"
    plain.write_bytes(gzip.decompress(warcs(town.archive)[0].read_bytes()))
    (report,) = documents(fangzhi("replay", str(plain), "--json", "--archive", str(tmp_path / "mine")))
    assert report["added"] > 0
    (entry, *_) = documents(fangzhi("list", "--json", "--outcome", "article", "--archive", str(tmp_path / "mine")))
    ours = next(one for one in town.entries() if one["id"] == entry["id"])
    assert entry["articles"] == ours["articles"]
    assert not warcs(tmp_path / "mine")


def test_files_of_the_archive_can_be_named_by_path(town: Town) -> None:
    before = town.entries()
    (report,) = town.run("replay", "--json", *map(str, warcs(town.archive)))
    assert (report["unchanged"], report["changed"], report["added"]) == (len(before), 0, 0)


def test_bytes_that_only_a_foreign_archive_has_are_archived_by_a_fetch(town: Town, tmp_path: Path) -> None:
    theirs, mine = tmp_path / "theirs.warc.gz", str(tmp_path / "mine")
    article = next(entry for entry in town.entries() if entry["outcome"] == "article")
    shutil.copy(town.archive / article["location"]["file"], theirs)
    fangzhi("replay", str(theirs), "--archive", mine)
    for expected in (b"WARC-Type: response", b"WARC-Type: revisit"):
        (entry,) = documents(fangzhi("fetch", article["final_url"], "--archive", mine, *town.options[2:]))
        assert entry["verdict"]["of"] == article["id"]
        assert expected in gzip.decompress((Path(mine) / entry["location"]["file"]).read_bytes())
    theirs.unlink()
    done = fangzhi("replay", "--json", "--archive", mine)
    assert documents(done)[0]["unchanged"] == 2, done.stderr


def test_a_truncated_file_is_read_up_to_its_end_and_named(town: Town, tmp_path: Path) -> None:
    whole = warcs(town.archive)[0].read_bytes()
    truncated, noise = tmp_path / "truncated.warc.gz", tmp_path / "noise.warc.gz"
    truncated.write_bytes(whole[: len(whole) // 2])
    noise.write_bytes(b"no WARC at all\n" * 99)
    done = fangzhi("replay", str(truncated), str(noise), "--json", "--archive", str(tmp_path / "a"))
    assert done.returncode == 3
    assert documents(done)[0]["added"] > 10
    assert str(truncated) in done.stderr
    assert str(noise) in done.stderr
    assert "Traceback" not in done.stderr
    assert fangzhi("replay", str(noise), "--archive", str(tmp_path / "b")).returncode == 1
