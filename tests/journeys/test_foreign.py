"""Archives of others, and what a replay brings besides entries: links, differences, texts."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from pipelines.archive import read_file
from tests.fangzhi import PROGRAM, documents, fangzhi, one_line, start, warcs
from tests.pipelines.archive.foreign import IDENTICAL, http, record, record_id
from tests.pipelines.pages import page
from tests.town import Town


def article(number: int) -> bytes:
    return page(number).body


def theirs(folder: Path) -> tuple[Path, Path]:
    """A page in one file, and in another, that sorts before it, a revisit of it that names its id alone."""
    url, said = "http://news.example/a/t20240305_1.html", {"Content_Type": "application/http; msgtype=response"}
    first, again = folder / "b.warc.gz", folder / "a.warc.gz"
    answer = http("HTTP/2 200", "content-type: text/html; charset=utf-8", body=article(1))
    first.write_bytes(gzip.compress(record("response", answer, url=url)))
    told = {"Profile": IDENTICAL, "Refers_To": record_id("response", url), **said}
    again.write_bytes(
        gzip.compress(
            record("revisit", http("HTTP/2 200", "x: y", body=b""), url=url, date="2024-03-06T00:00:00Z", **told)
        )
    )
    return first, again


def test_a_copy_of_the_archives_own_file_moves_nothing(town: Town, tmp_path: Path) -> None:
    before = town.entries()
    for name in warcs(town.archive):
        shutil.copy(name, tmp_path)
    (report,) = town.run("replay", "--json", str(tmp_path))
    assert (report["unchanged"], report["changed"], report["added"]) == (len(before), 0, 0)
    assert town.entries() == before


def test_revisits_find_their_originals_across_files_and_days(tmp_path: Path) -> None:
    first, again = theirs(tmp_path)
    archive = ("--archive", str(tmp_path / "mine"))
    (report,) = documents(fangzhi("replay", str(again), str(first), "--json", *archive))
    assert (report["articles"], report["duplicates"], report["rejected"]) == (1, 1, {})
    apart = ("--archive", str(tmp_path / "apart"))
    fangzhi("replay", str(first), "--json", *apart)
    elsewhere = again.with_name("c.warc.gz")
    elsewhere.write_bytes(
        gzip.compress(
            gzip.decompress(again.read_bytes()).replace(
                b"WARC-Profile",
                b"WARC-Refers-To-Date: 2020-01-02T03:04:05Z\r\nWARC-Profile",
            )
        )
    )
    (report,) = documents(fangzhi("replay", str(elsewhere), "--json", *apart))
    assert (report["duplicates"], report["rejected"]) == (1, {}), "the catalogue knows where the original lies"


def test_an_import_is_a_copy_that_the_archive_lives_by(tmp_path: Path) -> None:
    originals = {path.name: path.read_bytes() for path in theirs(tmp_path)}
    mine = tmp_path / "mine"
    done = fangzhi("replay", *(str(tmp_path / name) for name in sorted(originals)), "--into", str(mine), "--json")
    assert documents(done)[0]["added"] == 2, done.stderr
    assert {path.name: path.read_bytes() for path in warcs(mine)} == originals
    for name in originals:
        (tmp_path / name).unlink()
    entries = documents(fangzhi("list", "--json", "--archive", str(mine)))
    assert all(entry["location"]["file"].startswith("warc/imported/") for entry in entries)
    (report,) = documents(fangzhi("replay", "--json", "--archive", str(mine)))
    assert (report["unchanged"], report["changed"], report["added"]) == (2, 0, 0)
    for command in (("verify",), ("verify", "--deep"), ("rebuild",)):
        done = fangzhi(*command, "--archive", str(mine), "--json")
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert documents(fangzhi("list", "--json", "--archive", str(mine))) == entries, command
    for path in mine.glob("catalogue*"):
        path.unlink()
    (report,) = documents(fangzhi("replay", "--json", "--archive", str(mine)))
    assert documents(fangzhi("list", "--json", "--archive", str(mine))) == entries, "the catalogue is a cache"


def test_a_changed_byte_of_an_import_is_found(tmp_path: Path) -> None:
    theirs(tmp_path)
    mine = str(tmp_path / "mine")
    fangzhi("replay", str(tmp_path / "b.warc.gz"), "--into", mine)
    assert fangzhi("verify", "--archive", mine).returncode == 0
    (path,) = warcs(mine)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)
    for deep in ((), ("--deep",)):
        done = fangzhi("verify", *deep, "--archive", mine)
        assert done.returncode == 1
        assert str(path.relative_to(mine)) in done.stdout


def test_what_is_crawled_after_an_import_does_not_lean_on_it(town: Town, tmp_path: Path) -> None:
    """A revisit of ours names a record of ours: one that was imported has another program's id."""
    url = next(entry["final_url"] for entry in town.entries() if entry["outcome"] == "article")
    fangzhi("fetch", url, "--archive", str(tmp_path / "theirs"))
    mine = str(tmp_path / "mine")
    fangzhi("replay", str(tmp_path / "theirs" / "warc"), "--into", mine)
    (entry,) = documents(fangzhi("fetch", url, "--archive", mine))
    assert entry["verdict"]["kind"] == "same-bytes"
    (found,) = [capture for _, capture in read_file(Path(mine) / entry["location"]["file"])]
    assert found.body


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--into", "x"], "--into needs the WARC files"),
        (["a.warc", "--into", "x", "--archive", "y"], "leave --archive out"),
        (["a.warc", "--into", "x", "--dry-run"], "--into writes to the archive, --dry-run writes nothing"),
        (["a.warc", "--site", "x"], "--site selects files of the archive"),
        (["--links", "--diff"], "--links only prints the links of list pages"),
    ],
)
def test_options_that_contradict_each_other(tmp_path: Path, options: list[str], said: str) -> None:
    done = fangzhi("replay", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_bucket_takes_imports_and_gives_back_what_lies_in_them(bucket: str, tmp_path: Path) -> None:
    theirs(tmp_path)
    mine = f"s3://{bucket}/mine"
    data = {"XDG_DATA_HOME": str(tmp_path / "data")}
    (report,) = documents(fangzhi("replay", str(tmp_path), "--into", mine, "--json", **data))
    assert (report["articles"], report["duplicates"], report["rejected"]) == (1, 1, {})
    (again,) = documents(fangzhi("replay", "--archive", mine, "--json", **data))
    assert (again["unchanged"], again["added"]) == (2, 0)
    (theirs_now,) = documents(
        fangzhi("replay", f"{mine}/warc/", "--archive", str(tmp_path / "other"), "--json", **data)
    )
    assert theirs_now["added"] == 2, "an address that ends in / means all below it"


def test_noise_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "noise.warc.gz").write_bytes(b"noise")
    done = fangzhi("replay", str(tmp_path / "noise.warc.gz"), "--into", str(tmp_path / "mine"), "-q")
    assert done.returncode == 1
    assert "is not a WARC, it was not imported" in one_line(done.stderr)


def test_links_are_found_again_without_asking_anybody(town: Town) -> None:
    entries = {entry["final_url"]: entry["id"] for entry in town.entries()}
    pages = town.run("replay", "--links")
    assert {each["site"] for each in pages} == {"yunzhou", "huawu"}
    links = [link for each in pages for link in each["articles"]]
    assert {link["url"] for link in links if link["entry"]} >= {
        truth.url for truth in town.truths() if truth.kind == "article" and truth.url in entries
    }
    assert all(each["articles"] or each["reason"] for each in pages)
    (first, *_) = links
    assert first.keys() == {"url", "title", "listed_on", "site", "entry"}


def test_a_difference_is_told_article_by_article_with_totals(town: Town, tmp_path: Path) -> None:
    """The catalogue is made to hold what an older version would have read; the archive stays as it is."""
    import sqlite3

    copy = tmp_path / "archive"
    shutil.copytree(town.archive, copy)
    found = (entry for entry in town.entries() if entry["outcome"] == "article")
    old = next(entry for entry in found if not entry["articles"][0]["attachments"])  # of which some are joined later
    (known,) = old["articles"]
    sentence = known["text"].split("。")[0] + "。"
    other = {**known, "title": f"旧{known['title']}", "text": known["text"].replace(sentence, "", 1).strip()}
    with sqlite3.connect(copy / "catalogue.sqlite") as catalogue:
        document = json.dumps({**old, "articles": [other]}, ensure_ascii=False, separators=(",", ":"))
        catalogue.execute("UPDATE entries SET document = ? WHERE id = ?", (document, old["id"]))
    options = ("--dry-run", "--diff", "--archive", str(copy), "--registry", str(town.registry))
    done = fangzhi("replay", *options)
    assert done.stdout.splitlines()[0] == f"changed: {old['id']} {old['final_url']}"
    assert f"title: [-旧-]{known['title']}" in done.stdout
    assert f"{{+{sentence.partition(chr(10))[0][:60]}" in done.stdout
    assert done.stdout.count("changed: ") == 1
    articles = sum(len(entry["articles"]) for entry in town.entries())
    assert f"articles: {articles - 1} equal, 1 changed, 0 new, 0 lost" in done.stderr
    page, report = documents(fangzhi("replay", "--json", *options))
    assert page["articles"][0]["fields"] == {"title": {"before": other["title"], "after": known["title"]}}
    assert report["compared"] == {"equal": articles - 1, "changed": 1, "new": 0, "lost": 0}
    assert report["fields"] == {"title": 1, "text": 1}


def test_texts_are_written_beside_the_archive_and_never_into_it(town: Town, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in warcs(town.archive)}
    (report,) = town.run("replay", "--json", "--conversions", str(tmp_path))
    assert {path: path.read_bytes() for path in warcs(town.archive)} == before
    (key,) = report["conversions"]
    check = subprocess.run(
        [str(PROGRAM.with_name("warcio")), "check", str(tmp_path / key)], capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stdout) == (0, "")
    text = gzip.decompress((tmp_path / key).read_bytes()).decode()
    articles = [article for entry in town.entries() for article in entry["articles"]]
    assert text.count("WARC-Type: conversion\r\n") == text.count("WARC-Refers-To: <urn:uuid:") == len(articles)
    assert all(f"\r\n\r\n{article['text']}\r\n\r\n" in text for article in articles)


def test_a_replay_that_is_killed_goes_on_where_it_was(town: Town, tmp_path: Path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(town.archive, copy, ignore=shutil.ignore_patterns("catalogue*"))
    command = ("replay", "--workers", "1", "--archive", str(copy), "--registry", str(town.registry))
    running = start(*command)
    while running.poll() is None and not list(copy.glob("replay-*.open")):
        time.sleep(0.05)
    running.kill()
    running.communicate()
    if not list(copy.glob("replay-*.open")):
        pytest.skip("the whole archive was read before its place was first kept")
    done = fangzhi(*command)
    entries = documents(fangzhi("list", "--json", "--archive", str(copy)))
    assert "resuming the interrupted replay" in done.stderr
    read = int(re.search(r"fetched (\d+) =", done.stderr)[1])
    assert 0 < read < len(entries)
    assert entries[::-1] == town.entries()
    assert not list(copy.glob("replay-*"))
