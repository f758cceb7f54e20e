"""The catalogue can be rebuilt from the WARC files alone, equal in every key."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crawler.demo import build, serve
from pipelines.catalogue.catalogue import Catalogue
from tests.fangzhi import documents, fangzhi, one_line, start_installed
from tests.town import Town, settle
from tests.wait import wait_until


@pytest.fixture(scope="module")
def revisited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small city, crawled, edited and crawled again: most of the second crawl are revisits."""
    with serve(build(pages=150)) as server:
        town = settle(server, tmp_path_factory.mktemp("revisited"))
        town.crawl()
        server.city = build(pages=150, visit=2)
        town.pass_time(days=181)  # so that every page is due again
        town.crawl()
        yield town


@pytest.fixture
def copy(revisited: Town, tmp_path: Path) -> Town:
    shutil.copytree(revisited.archive, tmp_path / "archive")
    return Town(revisited.server, revisited.registry, tmp_path / "archive")


def catalogue(town: Town) -> Path:
    return Path(town.archive, "catalogue.sqlite")


@pytest.mark.parametrize("options", [(), ("--deep",)])
def test_a_crawled_archive_passes_every_check(revisited: Town, options: tuple[str, ...]) -> None:
    assert revisited.run("verify", "--json", *options) == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_lost_catalogue_is_rebuilt_equal_in_every_key(revisited: Town, copy: Town, workers: str) -> None:
    before = revisited.entries()
    assert {entry["verdict"]["kind"] for entry in before} >= {"new", "same-bytes", "same-text", "new-version"}
    searches = (("市",), ("通知", "-title:通知"), ("来源:日报", "OR", "number:2024"), ("市", "--copies"))
    found = [revisited.run("search", "--json", *search) for search in searches]
    assert all(found)
    catalogue(copy).unlink()
    (summary,) = copy.run("rebuild", "--json", "--workers", workers)
    assert summary == {"captures": len(before), "files": 4, "indexes": 0, "findings": 0, "lost": 0, "elsewhere": {}}
    assert copy.entries() == before
    assert [copy.run("search", "--json", *search) for search in searches] == found


def test_a_broken_catalogue_and_lost_indexes_are_rebuilt(revisited: Town, copy: Town) -> None:
    indexes = {path: path.read_bytes() for path in Path(copy.archive, "cdx").rglob("*.cdxj")}
    first, *others = indexes
    first.write_bytes(b"something else\n")
    for path in others:
        path.unlink()
    catalogue(copy).write_bytes(b"no database at all" * 999)
    catalogue(copy).with_name("catalogue.sqlite-wal").write_bytes(b"its log" * 999)
    (summary,) = copy.run("rebuild", "--json")
    assert summary["indexes"] == len(indexes)
    assert copy.entries() == revisited.entries()
    assert {path: path.read_bytes() for path in indexes} == indexes
    assert not list(Path(copy.archive).rglob("*.rebuilding*"))


def test_a_killed_rebuild_leaves_the_old_catalogue_and_resumes(revisited: Town, copy: Town) -> None:
    before = revisited.entries()
    growing = Path(f"{catalogue(copy)}.rebuilding")
    with start_installed("rebuild", *copy.options, "--workers", "1") as process:
        wait_until(lambda: _count(growing) >= 20 or process.poll() is not None)
        process.kill()
    assert growing.exists()
    assert copy.entries() == before
    copy.run("rebuild")
    assert copy.entries() == before
    assert not growing.exists()


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    try:
        with closing(Catalogue(f"sqlite:///{path}", create=False)) as opened:
            return sum(1 for _ in opened.entries())
    except Exception:  # noqa: BLE001 - the file is still being created
        return 0


def test_the_old_catalogue_stays_if_another_process_writes(revisited: Town, copy: Town) -> None:
    path = Path(copy.archive, "warc", "yunzhou", "of-a-living-process.warc.gz.open")
    path.write_bytes(b"")
    with path.open("rb") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        done = fangzhi("rebuild", "-q", *copy.options)
    assert done.returncode == 1
    assert "was written during the rebuild" in one_line(done.stderr)
    assert copy.entries() == revisited.entries()


def test_captures_in_files_of_a_running_crawl_are_not_recorded_as_lost(revisited: Town, copy: Town) -> None:
    published = next(Path(copy.archive, "warc", "huawu").rglob("*.gz"))
    path = published.rename(published.with_name(f"{published.name}.open"))
    with path.open("rb") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        done = fangzhi("rebuild", "-q", *copy.options)
    assert (done.returncode, done.stdout) == (1, "")
    assert "was written during the rebuild" in one_line(done.stderr)
    assert [path for path in Path(copy.archive, "ledger").rglob("*.json") if '"lost"' in path.read_text()] == []


def test_a_file_outside_the_archive_is_named(revisited: Town, copy: Town, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.warc.gz"
    shutil.copy(next(Path(copy.archive, "warc", "huawu").rglob("*.gz")), theirs)
    mine = tmp_path / "mine"
    (report,) = documents(fangzhi("replay", str(theirs), "--json", "--archive", str(mine)))
    done = fangzhi("rebuild", "--json", "--archive", str(mine))
    assert documents(done)[0]["elsewhere"] == {str(theirs): report["added"]}
    assert documents(fangzhi("list", "--json", "--archive", str(mine))) == []


def test_what_was_removed_is_named_by_rebuild_and_by_every_verification_after_it(revisited: Town, copy: Town) -> None:
    removed = [entry for entry in revisited.entries() if "/huawu/" in entry["location"]["file"]]
    for folder in ("warc", "cdx", "manifest/warc", "manifest/cdx"):
        shutil.rmtree(Path(copy.archive, folder, "huawu"))
    done = fangzhi("rebuild", "--json", *copy.options)
    *findings, summary = documents(done)
    assert done.returncode == 3
    assert summary["captures"] == len(revisited.entries()) - len(removed)
    what = "\n".join(finding["what"] for finding in findings if finding["kind"] == "lost-capture")
    assert removed
    assert [entry["id"] for entry in removed if entry["id"] not in what] == []
    files = {entry["location"]["file"] for entry in removed}
    assert files == {finding["file"] for finding in findings if finding["kind"] == "missing"}
    for command in ("verify", "verify --deep"):
        after = fangzhi(*command.split(), "--json", *copy.options)
        assert after.returncode == 1
        assert files <= {finding["file"] for finding in documents(after) if finding["kind"] == "missing"}
    again = fangzhi("rebuild", "--json", *copy.options)
    assert again.returncode == 3
    assert len(documents(again)) == len(findings) + 1


def test_damage_is_reported_and_the_rest_is_rebuilt(revisited: Town, copy: Town) -> None:
    truncated, broken = sorted(Path(copy.archive, "warc").rglob("*.gz"), key=lambda path: path.name.split("-")[2])[-2:]
    before = {entry["id"]: entry for entry in revisited.entries()}
    index = {path: path.read_bytes() for path in Path(copy.archive, "cdx").rglob("*.cdxj")}
    truncated.write_bytes(truncated.read_bytes()[:-700])
    member = next(entry["location"] for entry in before.values() if entry["location"]["file"].endswith(broken.name))
    content = bytearray(broken.read_bytes())
    content[member["offset"] + member["length"] // 2] ^= 255
    broken.write_bytes(content)
    catalogue(copy).unlink()
    done = fangzhi("rebuild", *copy.options)
    assert done.returncode == 3
    assert "fangzhi verify --deep" in done.stderr
    assert "Traceback" not in done.stderr
    after = {entry["id"]: entry for entry in copy.entries()}
    assert len(after) in (len(before) - 2, len(before) - 1)
    assert after.items() <= before.items()
    assert {path: path.read_bytes() for path in index} == index
