"""Archives of other programs, and the further results of a replay: links, differences, texts."""

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
from tests.fangzhi import PROGRAM, documents, fangzhi, one_line, start_installed, warcs
from tests.pipelines.archive.foreign import IDENTICAL, http, record, record_id
from tests.pipelines.pages import page
from tests.town import Town


def article(number: int) -> bytes:
    return page(number).body


def theirs(folder: Path) -> tuple[Path, Path]:
    """Write a page to one file, and to another, which sorts before it, a revisit that gives only the id of the page."""
    url, content_type = "http://news.example/a/t20240305_1.html", {"Content_Type": "application/http; msgtype=response"}
    first, revisit = folder / "b.warc.gz", folder / "a.warc.gz"
    answer = http("HTTP/2 200", "content-type: text/html; charset=utf-8", body=article(1))
    first.write_bytes(gzip.compress(record("response", answer, url=url)))
    fields = {"Profile": IDENTICAL, "Refers_To": record_id("response", url), **content_type}
    revisit.write_bytes(
        gzip.compress(
            record("revisit", http("HTTP/2 200", "x: y", body=b""), url=url, date="2024-03-06T00:00:00Z", **fields)
        )
    )
    return first, revisit


def test_a_copy_of_an_own_file_changes_no_locations(town: Town, tmp_path: Path) -> None:
    before = town.entries()
    for name in warcs(town.archive):
        shutil.copy(name, tmp_path)
    (report,) = town.run("replay", "--json", str(tmp_path))
    assert (report["unchanged"], report["changed"], report["added"]) == (len(before), 0, 0)
    assert town.entries() == before


def test_revisits_find_their_originals_across_files_and_days(tmp_path: Path) -> None:
    first, revisit = theirs(tmp_path)
    archive = ("--archive", str(tmp_path / "mine"))
    (report,) = documents(fangzhi("replay", str(revisit), str(first), "--json", *archive))
    assert (report["articles"], report["duplicates"], report["rejected"]) == (1, 1, {})
    apart = ("--archive", str(tmp_path / "apart"))
    fangzhi("replay", str(first), "--json", *apart)
    elsewhere = revisit.with_name("c.warc.gz")
    elsewhere.write_bytes(
        gzip.compress(
            gzip.decompress(revisit.read_bytes()).replace(
                b"WARC-Profile",
                b"WARC-Refers-To-Date: 2020-01-02T03:04:05Z\r\nWARC-Profile",
            )
        )
    )
    (report,) = documents(fangzhi("replay", str(elsewhere), "--json", *apart))
    assert (report["duplicates"], report["rejected"]) == (1, {}), "the catalogue knows the location of the original"


def test_the_archive_needs_only_its_imported_copies(tmp_path: Path) -> None:
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


def test_revisits_crawled_after_an_import_do_not_refer_to_it(town: Town, tmp_path: Path) -> None:
    """Our revisits refer to our records only: imported records have ids of another program."""
    url = next(entry["final_url"] for entry in town.entries() if entry["outcome"] == "article")
    fangzhi("fetch", url, "--archive", str(tmp_path / "theirs"), *town.options[2:])
    mine = str(tmp_path / "mine")
    fangzhi("replay", str(tmp_path / "theirs" / "warc"), "--into", mine)
    (entry,) = documents(fangzhi("fetch", url, "--archive", mine, *town.options[2:]))
    assert entry["verdict"]["kind"] == "same-bytes"
    (found,) = [capture for _, capture in read_file(Path(mine) / entry["location"]["file"])]
    assert found.body


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--into", "x"], "--into needs the WARC files"),
        (["a.warc", "--into", "x", "--archive", "y"], "leave --archive out"),
        (["a.warc", "--into", "x", "--dry-run"], "--into writes to the archive, --dry-run writes nothing"),
        (["a.warc", "--site", "x"], "--site selects files of the archive"),
        (["--links", "--diff"], "--links only prints the links of list pages"),
    ],
)
def test_options_that_contradict_each_other(tmp_path: Path, options: list[str], message: str) -> None:
    done = fangzhi("replay", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_files_are_imported_into_a_bucket_and_read_from_it(bucket: str, tmp_path: Path) -> None:
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
    assert theirs_now["added"] == 2, "an address that ends in / means all files below it"


def test_noise_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "noise.warc.gz").write_bytes(b"noise")
    done = fangzhi("replay", str(tmp_path / "noise.warc.gz"), "--into", str(tmp_path / "mine"), "-q")
    assert done.returncode == 1
    assert "is not a WARC, it was not imported" in one_line(done.stderr)


def test_links_are_extracted_again_without_any_request(town: Town) -> None:
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


def test_differences_are_listed_by_article_with_totals(town: Town, tmp_path: Path) -> None:
    """The catalogue is changed to what an older version would have extracted; the archive is unchanged."""
    import sqlite3

    copy = tmp_path / "archive"
    shutil.copytree(town.archive, copy)
    found = (entry for entry in town.entries() if entry["outcome"] == "article")
    old = next(
        entry for entry in found if not entry["articles"][0]["attachments"]
    )  # attachments are joined to their articles later
    (known,) = old["articles"]
    sentence = known["text"].split("。")[0] + "。"
    other = {**known, "title": f"旧{known['title']}", "text": known["text"].replace(sentence, "", 1).strip()}
    with sqlite3.connect(copy / "catalogue.sqlite") as catalogue:
        document = json.dumps({**old, "articles": [other]}, ensure_ascii=False, separators=(",", ":"))
        catalogue.execute("UPDATE entries SET document = ? WHERE id = ?", (document, old["id"]))
    options = ("--dry-run", "--diff", "--archive", str(copy), "--registry", str(town.registry))
    done = fangzhi("replay", *options)
    assert done.stdout.splitlines()[0] == f"changed: {old['id']} {old['final_url']}"
    assert f"Title: [-旧-]{known['title']}" in done.stdout
    assert f"{{+{sentence.partition(chr(10))[0][:60]}" in done.stdout
    assert done.stdout.count("changed: ") == 1
    articles = sum(len(entry["articles"]) for entry in town.entries())
    assert f"articles: {articles - 1} equal, 1 changed, 0 new, 0 lost" in done.stderr
    page, report = documents(fangzhi("replay", "--json", *options))
    assert page["articles"][0]["fields"] == {"title": {"before": other["title"], "after": known["title"]}}
    assert report["compared"] == {"equal": articles - 1, "changed": 1, "new": 0, "lost": 0}
    assert report["fields"] == {"title": 1, "text": 1}


def test_texts_are_written_to_another_place_and_never_into_the_archive(town: Town, tmp_path: Path) -> None:
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


def test_a_killed_replay_continues_where_it_was(town: Town, tmp_path: Path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(town.archive, copy, ignore=shutil.ignore_patterns("catalogue*"))
    command = ("replay", "--workers", "1", "--archive", str(copy), "--registry", str(town.registry))
    running = start_installed(*command)
    while running.poll() is None and not list(copy.glob("replay-*.open")):
        time.sleep(0.05)
    running.kill()
    running.communicate()
    if not list(copy.glob("replay-*.open")):
        pytest.skip("the whole archive was read before the first checkpoint")
    done = fangzhi(*command)
    entries = documents(fangzhi("list", "--json", "--archive", str(copy)))
    assert "resuming the interrupted replay" in done.stderr
    read = int(re.search(r"fetched (\d+) =", done.stderr)[1])
    assert 0 < read < len(entries)
    assert entries[::-1] == town.entries()
    assert not list(copy.glob("replay-*"))
