"""`fangzhi forget` removes captures, keeps the others as they were, and leaves a record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import build, serve
from pipelines.archive.ledger import read_ledger
from pipelines.storage import open_storage
from tests.fangzhi import documents, fangzhi, one_line
from tests.town import Town, settle


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with serve(build(pages=150)) as server:
        town = settle(server, tmp_path_factory.mktemp("crawled"))
        town.crawl()
        yield town


@pytest.fixture
def copy(crawled: Town, tmp_path: Path) -> Town:
    shutil.copytree(crawled.archive, tmp_path / "archive")
    return Town(crawled.server, crawled.registry, tmp_path / "archive")


def article(town: Town) -> dict[str, object]:
    """Return a capture that no other one refers to."""
    entries = town.entries()
    payloads = [entry["digests"]["payload"] for entry in entries]
    return next(
        entry for entry in entries if entry["outcome"] == "article" and payloads.count(entry["digests"]["payload"]) == 1
    )


@pytest.mark.parametrize("key", ["id", "url"])
def test_a_capture_is_removed_and_the_others_stay(copy: Town, key: str) -> None:
    before = {entry["id"]: entry for entry in copy.entries()}
    entry = article(copy)
    file = entry["location"]["file"]
    title = f'title:"{entry["articles"][0]["title"]}"'
    assert entry["id"] in [each["id"] for each in copy.run("search", title, "--copies", "--json")]
    done = fangzhi("forget", str(entry[key]), "--reason", "court order 7", "--yes", "--json", *copy.options)
    assert done.returncode == 0, done.stderr
    (removed,) = documents(done)
    assert (removed["file"], removed["captures"], removed["reason"]) == (file, [entry["id"]], "court order 7")
    after = {each["id"]: each for each in copy.entries()}
    assert before.keys() - after.keys() == {entry["id"]}
    assert entry["id"] not in [each["id"] for each in copy.run("search", title, "--copies", "--json")]
    assert not Path(copy.archive, file).exists()
    assert copy.run("verify", "--deep", "--json") == []
    assert entry["url"].encode() not in b"".join(
        path.read_bytes() for path in Path(copy.archive, "cdx").rglob("*.cdxj")
    )
    copy.run("rebuild", "--json")
    assert {each["id"]: each for each in copy.entries()} == after
    ledger = read_ledger(open_storage(str(copy.archive)))
    assert (file in ledger.forgotten, ledger.findings) == (True, [])


def test_a_whole_file_is_removed_and_one_that_was_lost_can_be_recorded_as_removed(copy: Town) -> None:
    file = article(copy)["location"]["file"]
    lost = {entry["id"] for entry in copy.entries() if entry["location"]["file"] == file}
    for path in Path(copy.archive).rglob(f"{Path(file).name.removesuffix('.warc.gz')}*"):
        path.unlink()
    assert fangzhi("rebuild", "-q", *copy.options).returncode == 3
    assert fangzhi("verify", "-q", *copy.options).returncode == 1
    copy.run("forget", file, *lost, "--reason", "disk failure", "--yes")
    assert copy.run("verify", "--json") == []


def test_nothing_is_removed_without_confirmation_or_by_a_wrong_name(copy: Town) -> None:
    entry = article(copy)
    done = fangzhi("forget", str(entry["id"]), "--reason", "x", *copy.options)
    assert (done.returncode, "--yes confirms it" in done.stderr) == (2, True)
    assert fangzhi("forget", "warc/none.warc.gz", "--reason", "x", "--yes", *copy.options).returncode == 2
    assert fangzhi("forget", "http://none.example.cn/", "--reason", "x", "--yes", *copy.options).returncode == 1
    assert entry in copy.entries()


def test_the_original_of_a_revisit_is_not_removed_alone(copy: Town) -> None:
    copy.run("fetch", str(article(copy)["url"]))
    entry = next(each for each in copy.entries() if each["verdict"]["kind"] == "same-bytes")
    done = fangzhi("forget", entry["verdict"]["of"], "--reason", "x", "--yes", *copy.options)
    assert done.returncode == 1
    assert "remove these captures too, in the same command" in one_line(done.stderr)
