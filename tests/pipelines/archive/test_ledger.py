"""The ledger: one chain of entries, whoever appends, and whatever of it is changed is found."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.archive import Archive
from pipelines.archive.ledger import append, entry_key, read_ledger, recorded_content
from pipelines.archive.ledger.entries import parse_entry
from pipelines.archive.manifest import manifest_key
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.storage import Storage, open_storage
from pipelines.verify import Verification
from tests.pipelines.archive.made import digests, made
from tests.pipelines.archive.sealed import build, catalogue_url, findings, reseal


@pytest.fixture
def built(tmp_path: Path) -> Path:
    build(tmp_path / "archive")
    return tmp_path / "archive"


def appended(storage: Storage, count: int) -> None:
    for number in range(count):
        append(storage, "put", [recorded_content(str(number).encode(), f"warc/{number}")])


def named(found: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.kind, finding.file) for finding in found}


def test_every_published_file_has_an_entry_with_its_index_and_each_entry_names_the_one_before(storage: Storage) -> None:
    archive = Archive(storage)
    for number in range(3):
        archive.put(made(number), digests(made(number)), f"site{number}")
    archive.close()
    ledger = read_ledger(storage)
    assert (ledger.entries, ledger.findings) == (3, [])
    assert set(ledger.objects) == {*storage.keys("warc/"), *(key for key in storage.keys("cdx/"))}
    for key, recorded in ledger.objects.items():
        assert recorded == recorded_content(storage.read(key), key)


def _append_ten(folder: str, start: int) -> None:
    storage = open_storage(folder)
    for number in range(start, start + 10):
        append(storage, "put", [recorded_content(str(number).encode(), f"warc/{number}")])


def test_processes_that_append_at_the_same_time_make_one_chain(tmp_path: Path) -> None:
    folder = str(tmp_path / "archive")
    workers = [multiprocessing.Process(target=_append_ten, args=(folder, 10 * number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ledger = read_ledger(open_storage(folder))
    assert (ledger.entries, ledger.findings) == (40, [])
    assert set(ledger.objects) == {f"warc/{number}" for number in range(40)}
    assert not list(Path(folder).rglob("*.open"))


def test_an_act_that_is_recorded_again_after_a_failure_is_recorded_once(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    for _twice in range(2):
        append(storage, "put", [recorded_content(b"x", "warc/x")])
    assert read_ledger(storage).entries == 1


def test_a_killed_writer_leaves_nothing_that_the_next_one_does_not_mend(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    appended(storage, 2)
    (tmp_path / "ledger" / "123-torn.open").write_bytes(b'{"act":"pu')
    (tmp_path / manifest_key(entry_key(2))).unlink()
    assert read_ledger(storage).findings == []
    append(storage, "put", [recorded_content(b"y", "warc/y")])
    assert (tmp_path / manifest_key(entry_key(2))).exists()
    assert not list(tmp_path.rglob("*.open"))


def without_entry(folder: Path) -> None:
    (folder / entry_key(1)).unlink()
    (folder / manifest_key(entry_key(1))).unlink()


def without_end(folder: Path) -> None:
    (folder / entry_key(2)).unlink()


def without_ledger(folder: Path) -> None:
    shutil.rmtree(folder / "ledger")


def with_edited_end(folder: Path) -> None:
    path = folder / entry_key(2)
    path.write_bytes(path.read_bytes().replace(b'"act":"put"', b'"act":"lost"'))


def with_entries_swapped(folder: Path) -> None:
    one, other = ((folder / entry_key(number)).read_bytes() for number in (1, 2))
    (folder / entry_key(1)).write_bytes(other)
    (folder / entry_key(2)).write_bytes(one)


@pytest.mark.parametrize(
    ("act", "file"),
    [
        (without_entry, entry_key(1)),
        (without_end, entry_key(2)),
        (without_ledger, entry_key(1)),
        (with_edited_end, entry_key(2)),
        (with_entries_swapped, entry_key(1)),
    ],
)
def test_a_changed_ledger_is_named(built: Path, act: Callable[[Path], None], file: str) -> None:
    act(built)
    assert file in {finding.file for finding in findings(built, 1)}


@pytest.mark.parametrize("sample", [1, None])
def test_a_file_that_is_removed_with_its_index_and_manifests_is_named(built: Path, sample: int | None) -> None:
    for folder in ("warc/one", "cdx/one", "manifest/warc/one", "manifest/cdx/one"):
        shutil.rmtree(built / folder)
    (key,) = (key for key in read_ledger(open_storage(str(built))).objects if key.startswith("warc/one"))
    assert ("missing", key) in named(findings(built, sample))
    (finding,) = (each for each in findings(built, sample) if (each.kind, each.file) == ("missing", key))
    assert entry_key(1) in finding.what


def test_a_file_that_is_replaced_together_with_its_manifest_is_named(built: Path) -> None:
    (path,) = built.glob("warc/one/**/*.gz")
    reseal(built, path, path.read_bytes() + path.read_bytes())
    assert ("replaced", path.relative_to(built).as_posix()) in named(findings(built, 1))


def test_a_file_that_is_added_with_a_manifest_is_named(built: Path) -> None:
    (path,) = built.glob("warc/one/**/*.gz")
    other = path.with_name("other.warc.gz")
    shutil.copy(path, other)
    (built / manifest_key(other.relative_to(built).as_posix())).write_bytes(b"")
    reseal(built, other, other.read_bytes())
    assert ("not-in-ledger", other.relative_to(built).as_posix()) in named(findings(built, 1))


def test_an_older_archive_gets_a_ledger_of_what_is_there(built: Path, caplog: pytest.LogCaptureFixture) -> None:
    for folder in ("ledger", "manifest/ledger"):
        shutil.rmtree(built / folder)
    assert findings(built) == []
    assert caplog.text.count("the ledger of this archive begins now, with the 4 objects that are there") == 1
    first = parse_entry((built / entry_key(1)).read_bytes())
    assert first
    assert (first.act, len(first.objects)) == ("begin", 4)
    assert findings(built, 1) == []
    assert caplog.text.count("begins now") == 1
    (path,) = built.glob("warc/one/**/*.gz")
    path.unlink()
    (built / manifest_key(path.relative_to(built).as_posix())).unlink()
    assert "missing" in {finding.kind for finding in findings(built, 1) if finding.file.startswith("warc/one")}


def test_a_revisit_of_a_record_that_is_not_published_yet_is_no_finding(tmp_path: Path) -> None:
    """The state after a kill, or during a crawl: the original is in an open file, the revisit in a finished one."""
    build(tmp_path / "archive")
    (original,) = (tmp_path / "archive").glob("warc/one/**/*.gz")
    key = original.relative_to(tmp_path / "archive").as_posix()
    names = [key, f"cdx/{key.removeprefix('warc/').replace('.warc.gz', '.cdxj')}"]
    shutil.move(original, f"{original}.open")
    for name in names[1:]:
        assert (tmp_path / "archive" / name).exists(), name
        (tmp_path / "archive" / name).unlink()
        (tmp_path / "archive" / manifest_key(name)).unlink()
    (tmp_path / "archive" / manifest_key(key)).unlink()
    with closing(Catalogue(catalogue_url(tmp_path / "archive"))) as catalogue:
        for sample in (1, None):
            check = Verification(Archive(open_storage(str(tmp_path / "archive"))), catalogue, sample=sample)
            assert list(check.findings()) == []
            assert check.counts.pending == 2


def test_the_md5_that_s3_states_is_compared(bucket: str, tmp_path: Path) -> None:
    """A byte in the middle of a file with the same size, which neither the sample nor the size shows."""
    storage = open_storage(f"s3://{bucket}/some/prefix")
    storage.check()
    archive = Archive(storage)
    for number in range(9):
        archive.put(made(number), digests(made(number)), "site")
    archive.close()
    (stored,) = storage.objects("warc/")
    assert stored.md5 == read_ledger(storage).objects[stored.key].md5
    content = storage.read(stored.key)
    storage.remove(stored.key)
    path = tmp_path / "changed"
    path.write_bytes(content[:-9] + b"x" + content[-8:])
    storage.put(stored.key, path)
    found = list(Verification(Archive(storage), None, sample=1).findings())
    assert ("wrong-digest", stored.key) in named(found)


def test_without_a_manifest_a_changed_file_is_found_by_its_ledger_entry(built: Path) -> None:
    (path,) = built.glob("warc/one/**/*.gz")
    path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    (built / manifest_key(path.relative_to(built).as_posix())).unlink()
    (found,) = (finding for finding in findings(built) if finding.kind == "wrong-digest")
    assert entry_key(1) in found.what
