"""Shared files: crawls of several sites continue one file, which is published once a day, complete and checked."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.archive import Archive
from pipelines.archive.open_files import open_files, open_sizes
from pipelines.archive.record_index import RecordIndex
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.shared import SHARED_FILES
from pipelines.archive.verify import FileCheck, Finding
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.model import Capture
from pipelines.storage import Storage, open_storage, spool_path
from pipelines.storage.local import LocalStorage
from pipelines.storage.options import Options
from tests.pipelines.archive.made import AT, digests, made

SHARED = Options(shared=True)
DAY, INTERVAL = dt.timedelta(days=1), dt.timedelta(hours=6)

WRITES_FOR_EVER = """
import sys
from pipelines.archive import Archive
from pipelines.storage import open_storage
from pipelines.storage.options import Options
from tests.pipelines.archive.made import made, digests

archive = Archive(open_storage(sys.argv[1]), options=Options(shared=True))
for number in range(int(sys.argv[2]), 1_000_000):
    capture = made(number)
    location = archive.put(capture, digests(capture), f"site{number % 3}")
    print(number, location.file, location.offset, location.length, flush=True)
"""


def info(site: str) -> dict[str, str]:
    return {"fangzhi-site": json.dumps({"slug": site})} if site else {"operator": "A Library"}


def crawl(storage: Storage, site: str, *numbers: int, at: dt.datetime = AT) -> list[Capture]:
    """Archive captures as a scheduled crawl of one site does; return them with their locations."""
    archive = Archive(storage, info, SHARED)
    archive.publish_idle(at)
    captures = []
    for number in numbers:
        capture = made(number, fetched_at=at + dt.timedelta(microseconds=number))
        captures.append(evolve(capture, stored=archive.put(capture, digests(capture), site)))
    archive.close()
    return captures


def findings(storage: Storage) -> list[Finding]:
    with closing(RecordIndex()) as record_index:
        return [
            finding
            for key in Archive(storage).files()
            for finding in _file_findings(storage, FileCheck(key, record_index), key)
        ]


def _file_findings(storage: Storage, check: FileCheck, key: str) -> list[Finding]:
    with storage.open(key) as file:
        return list(check.findings(file))


@pytest.mark.parametrize("parallel", [1, 2])
def test_the_number_of_files_is_that_of_the_days_times_the_crawls_at_a_time(folder: Path, parallel: int) -> None:
    sites, days, storage = 6, 20, open_storage(str(folder))
    number = 0
    for turn in range(days * (DAY // INTERVAL)):
        at = AT + turn * INTERVAL
        for first in range(0, sites, parallel):
            archives = [Archive(storage, info, SHARED) for _ in range(parallel)]
            for site, archive in enumerate(archives, first):
                archive.publish_idle(at)
                capture = made(number := number + 1, fetched_at=at)
                archive.put(capture, digests(capture), f"site{site}")
            for archive in archives:
                archive.close()
    Archive(storage, options=SHARED).publish_idle()
    crawls, files = sites * days * (DAY // INTERVAL), len(list(Archive(storage).files()))
    sys.stdout.write(f"{crawls} crawls of {sites} sites in {days} days, {parallel} at a time: {files} files\n")
    assert files == days * parallel
    assert findings(storage) == []
    assert sum(1 for key in Archive(storage).files() for _ in Archive(storage).read(key)) == crawls == number


def test_crawls_of_several_sites_continue_one_file(storage: Storage) -> None:
    first = crawl(storage, "one", 1, 2)
    second = crawl(storage, "two", 3, at=AT + INTERVAL)
    third = crawl(storage, "one", 4, at=AT + 2 * INTERVAL)
    assert list(Archive(storage).files()) == []
    assert list(Archive(storage).unfinished()) == [], "an idle file is no leftover of a crash"
    (key,) = open_files(storage)
    assert key.startswith(SHARED_FILES + f"{AT:%Y/%m}/fangzhi-shared-{AT:%Y%m%d%H%M%S}-")
    assert open_sizes(storage) == {key: spool_path(storage, key).stat().st_size}
    for each in (*first, *second, *third):
        assert each.stored
        assert Archive(storage).get(each.stored) == each, "an idle file can be read"

    Archive(storage, options=SHARED).publish_idle(AT + DAY)
    assert list(Archive(storage).files()) == [key]
    assert open_files(storage) == set()
    found = list(Archive(storage).read(key))
    assert [evolve(each, record_id=None) for _, each in found] == [*first, *second, *third]
    assert [each.get("isPartOf") for each, _ in found] == ["one", "one", "two", "one"]
    assert [each.get("fangzhi-site") for each, _ in found] == [
        info(each["isPartOf"])["fangzhi-site"] for each, _ in found
    ]
    assert findings(storage) == []


def test_a_crawl_of_several_sites_writes_one_warcinfo_for_each(storage: Storage) -> None:
    archive = Archive(storage, info, SHARED)
    for number in range(20):
        archive.put(made(number), digests(made(number)), f"site{number % 2}")
    archive.close()
    archive.publish_idle()
    (key,) = archive.files()
    with storage.open(key) as file:
        kinds = Counter(record.kind for record in records(RecordStream(file)))
    assert kinds == {"warcinfo": 3, "response": 20, "request": 20}, "one is of the file"
    assert [each["isPartOf"] for each, _ in archive.read(key)] == ["site0", "site1"] * 10
    assert findings(storage) == []


def test_a_shared_file_is_valid_for_other_programs(folder: Path, valid: Callable[[Path], bool]) -> None:
    storage = open_storage(str(folder))
    for number, site in enumerate(("one", "two", "one")):
        crawl(storage, site, number)
    Archive(storage).publish_idle()
    (path,) = folder.rglob("*.warc.gz")
    assert valid(path)


def test_a_crawl_that_runs_at_the_same_time_has_a_file_of_its_own(folder: Path) -> None:
    storage = open_storage(str(folder))
    archives = [Archive(storage, info, SHARED) for _ in range(3)]
    for number, archive in enumerate(archives):
        archive.put(made(number), digests(made(number)), "site")
    assert len(open_files(storage)) == 3
    archives[0].publish_idle()
    assert len(open_files(storage)) == 3, "files that are being written are left alone"
    for archive in archives:
        archive.close()
    (later,) = crawl(storage, "other", 7, at=AT + INTERVAL)
    assert later.stored
    assert later.stored.file == min(open_files(storage)), "the oldest is continued first"
    assert len(open_files(storage)) == 3


def test_a_file_is_published_by_age_and_by_size(folder: Path) -> None:
    storage = open_storage(str(folder))
    crawl(storage, "site", 1)
    crawl(storage, "site", 2, at=AT + DAY - dt.timedelta(minutes=1))
    assert len(open_files(storage)) == 1
    crawl(storage, "site", 3, at=AT + DAY)
    assert (len(open_files(storage)), len(list(Archive(storage).files()))) == (1, 1)
    archive = Archive(storage, info, evolve(SHARED, roll_size=1))
    archive.put(made(4, fetched_at=AT + DAY), digests(made(4)), "site")
    archive.close()
    assert len(open_files(storage)) == 1, "one of a byte is not continued, and a new one is published at once"
    assert len(list(Archive(storage).files())) == 2


def test_a_file_that_a_wrong_clock_begins_is_published(folder: Path) -> None:
    storage = open_storage(str(folder))
    crawl(storage, "site", 1, at=AT + 400 * DAY)
    crawl(storage, "site", 2)
    assert len(list(Archive(storage).files())) == 1


def test_a_crawl_without_captures_leaves_no_file(folder: Path) -> None:
    crawl(open_storage(str(folder)), "site")
    assert list(folder.rglob("*.gz*")) == []


def test_nothing_is_lost_by_a_kill_while_a_file_is_continued(folder: Path, valid: Callable[[Path], bool]) -> None:
    storage = open_storage(str(folder))
    earlier = crawl(storage, "earlier", 900_000, 900_001)
    child = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, folder, "0"], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    lines = [child.stdout.readline() for _ in range(200)]
    os.kill(child.pid, signal.SIGKILL)
    lines += child.stdout.read().splitlines(keepends=True)
    child.wait()
    acknowledged = {tuple(line.split()[1:]) for line in lines if line.endswith("\n")}
    places = [each.stored for each in earlier if each.stored]
    acknowledged |= {(place.file, str(place.offset), str(place.length)) for place in places}
    assert len({file for file, *_ in acknowledged}) == 1, "the process continued the file"

    (later,) = crawl(storage, "later", 950_000)
    assert later.stored
    assert later.stored.file not in {file for file, *_ in acknowledged}, "a file of a dead process is not continued"
    (left,) = Archive(storage).unfinished()
    found = {(each.file, str(each.offset), str(each.length)) for _, one in left.read() if (each := one.stored)}
    assert acknowledged <= found
    assert len(found) - len(acknowledged) <= 1
    left.publish()
    Archive(storage).publish_idle()
    assert findings(storage) == []
    assert all(valid(path) for path in folder.rglob("*.warc.gz"))
    assert list(folder.rglob("*.open")) == []


@pytest.mark.parametrize("at", [30, -30], ids=["of the first crawl", "of the second crawl"])
def test_a_byte_that_the_disk_changed_is_found_before_the_file_is_put(folder: Path, at: int) -> None:
    storage = open_storage(str(folder))
    crawl(storage, "one", *range(20))
    crawl(storage, "two", 30)
    (key,) = open_files(storage)
    path = spool_path(storage, key)
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)
    for _ in range(2):
        with pytest.raises(StoreCorrupt, match="is not what was written"):
            Archive(storage).publish_idle()
        assert open_files(storage) == {key}, "it stays for a person"


def test_whole_records_that_another_program_appended_are_not_published(folder: Path) -> None:
    storage = open_storage(str(folder))
    crawl(storage, "one", 1)
    (key,) = open_files(storage)
    path = spool_path(storage, key)
    archive = Archive(storage, info, SHARED)
    archive.put(made(2), digests(made(2)), "two")
    with path.open("ab") as file:
        file.write(path.read_bytes())
    archive.roll(AT, everything=True)
    with pytest.raises(StoreCorrupt, match="is not what was written"):
        archive.close()


def test_idle_files_wait_while_the_store_is_unavailable(folder: Path) -> None:
    class Away(LocalStorage):
        separate_spool = True
        away = True

        def put(self, key: str, path: Path) -> None:
            if self.away:
                raise StoreUnavailable("the store is away")
            super().put(key, path)

    storage = Away(folder)
    crawl(storage, "one", 1)
    Archive(storage).publish_idle()
    (key,) = open_files(storage)
    (second,) = crawl(storage, "two", 2)
    assert second.stored
    assert second.stored.file == key, "it is continued meanwhile"
    storage.away = False
    Archive(storage).publish_idle()
    assert list(Archive(storage).files()) == [key]
    assert list(folder.rglob("*.open")) == []
