"""Any single change of an archive is found and named; an unchanged archive gives no findings."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.archive import Archive
from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.manifest import manifest_key
from pipelines.archive.record_index import RecordIndex
from pipelines.archive.records import exchange_members
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.storage import Storage, open_storage
from pipelines.verify import Verification
from pipelines.verify.counts import VerificationCounts
from pipelines.verify.entries import EntryChecks
from tests.pipelines.archive.made import digests, made
from tests.pipelines.archive.sealed import build, catalogue_url, findings, repacked, reseal, seal, split
from tests.pipelines.made import capture, entry


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fixity") / "archive"
    build(folder)
    return folder


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    """A copy of the archive: one file has two responses, the other one the records that refer to them."""
    shutil.copytree(whole, tmp_path / "archive")
    shutil.copy(f"{whole}.sqlite", tmp_path / "archive.sqlite")
    return tmp_path / "archive"


def warc(folder: Path, site: str) -> Path:
    (path,) = folder.glob(f"warc/{site}/**/*.gz")
    return path


def kinds(found: list[Finding]) -> set[str]:
    return {finding.kind for finding in found}


@pytest.mark.parametrize("sample", [None, 1, 9])
def test_a_whole_archive_gives_no_findings(whole: Path, sample: int | None) -> None:
    with closing(Catalogue(catalogue_url(whole))) as catalogue:
        check = Verification(Archive(open_storage(str(whole))), catalogue, sample=sample)
        assert list(check.findings()) == []
    assert (check.counts.objects, check.counts.files, check.counts.entries) == (4, 2, 5)
    assert check.counts.records == {None: 12, 1: 2, 9: 5}[sample], (
        "all records, or up to `sample` captures of each file"
    )
    assert (check.counts.bytes == sum(path.stat().st_size for path in whole.glob("warc/**/*.gz"))) is (sample is None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_byte_is_found_and_its_file_named(copy: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(path for path in copy.rglob("*") if path.is_file())))
    content = path.read_bytes()
    at, other = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(1, 255))
    try:
        path.write_bytes(bytes([*content[:at], content[at] ^ other, *content[at + 1 :]]))
        found = findings(copy)
    finally:
        path.write_bytes(content)
    key = path.relative_to(copy).as_posix()
    assert any(finding.file == key or key in finding.what for finding in found)


def test_a_changed_byte_is_named_with_its_record(copy: Path) -> None:
    path = warc(copy, "one")
    content = path.read_bytes()
    members = split(content)
    start = len(members[0]) + len(members[1])
    path.write_bytes(bytes([*content[: start + 40], content[start + 40] ^ 1, *content[start + 41 :]]))
    found = next(finding for finding in findings(copy) if finding.kind == "broken-member")
    assert (found.file, found.offset) == (path.relative_to(copy).as_posix(), start)
    assert f"{len(members[2])} bytes" in found.what


@pytest.mark.parametrize("cut", [1, 9, 200])
@pytest.mark.parametrize("sample", [None, 1])
def test_a_truncated_file_is_found_even_with_a_matching_manifest(copy: Path, cut: int, sample: int | None) -> None:
    path = warc(copy, "one")
    content = path.read_bytes()
    path.write_bytes(content[:-cut])
    assert "wrong-size" in kinds(findings(copy, sample))
    reseal(copy, path, content[:-cut])
    assert "broken-member" in kinds(findings(copy, sample))


@pytest.mark.parametrize(
    "between", [b"\0", b"\r\n", b"x" * 3_000, b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x00\0\0\0\0\0\xff\x03"]
)
def test_bytes_between_records_are_found_and_the_records_after_them_read(copy: Path, between: bytes) -> None:
    path = warc(copy, "one")
    content = path.read_bytes()
    at = len(b"".join(split(content)[:3]))
    reseal(copy, path, content[:at] + between + content[at:])
    found = findings(copy)
    (broken,) = [finding for finding in found if finding.kind == "broken-member"]
    assert (broken.offset, broken.what.split()[0]) == (at, str(len(between)))
    assert "no-request" not in kinds(found)


def without(name: bytes) -> Callable[[bytes], bytes]:
    return lambda plain: re.sub(rb"\r\n" + name + rb": [^\r\n]*", b"", plain, count=1)


def replaced(before: bytes, after: bytes) -> Callable[[bytes], bytes]:
    def change(plain: bytes) -> bytes:
        assert re.search(before, plain)
        return re.sub(before, after, plain, count=1)

    return change


@pytest.mark.parametrize(
    ("site", "number", "change", "kind"),
    [
        ("one", 1, without(b"WARC-Date"), "missing-field"),
        ("one", 1, without(b"WARC-Record-ID"), "missing-field"),
        ("one", 1, without(b"WARC-Payload-Digest"), "missing-field"),
        ("one", 2, without(b"WARC-Block-Digest"), "missing-field"),
        ("two", 1, without(b"WARC-Refers-To-Date"), "missing-field"),
        ("one", 0, without(b"WARC-Filename"), "missing-field"),
        ("one", 1, replaced(rb"(WARC-Date: [^\r]*)", rb"\1\r\n\1"), "repeated-field"),
        ("one", 1, replaced(rb"WARC-Date: 2026-03-04T", b"WARC-Date: 2026-13-04T"), "wrong-field"),
        ("one", 1, replaced(rb"WARC-Date: 2026-03-04T", b"WARC-Date: 04.03.2026T"), "wrong-field"),
        ("one", 1, replaced(rb"WARC-Type: response", b"WARC-Type: answer"), "wrong-field"),
        ("one", 1, replaced(rb"WARC-Type", b"WARC Type"), "wrong-field"),
        ("one", 1, replaced(rb"WARC/1.1", b"WARC/2.0"), "no-record"),
        ("one", 1, replaced(rb"\Z", b"\r\n\r\n"), "wrong-length"),
        ("one", 1, replaced(rb"\Z", b"WARC/1.1\r\nWARC-Type: response\r\n\r\n\r\n\r\n"), "wrong-length"),
        ("one", 1, replaced(rb"HTTP/1.0 203", b"HTTP/1.0 200"), "wrong-digest"),
        ("one", 1, replaced(rb"WARC-Payload-Digest: sha256:.", b"WARC-Payload-Digest: sha256:z"), "wrong-field"),
        ("one", 1, replaced(rb"WARC-Concurrent-To: <urn:uuid:.", b"WARC-Concurrent-To: <urn:uuid:!"), "not-linked"),
        ("one", 2, replaced(rb"WARC-Target-URI: http://news", b"WARC-Target-URI: http://olds"), "not-linked"),
        ("one", 2, replaced(rb"WARC-Date: 2026", b"WARC-Date: 2025"), "not-linked"),
        ("one", 2, replaced(rb"WARC-Type: request", b"WARC-Type: metadata"), "no-request"),
        ("one", 0, replaced(rb"WARC-Filename: f", b"WARC-Filename: g"), "wrong-name"),
        (
            "two",
            1,
            replaced(rb"WARC-Payload-Digest: sha256:....", b"WARC-Payload-Digest: sha256:0000"),
            "wrong-original",
        ),
        ("two", 1, replaced(rb"WARC-Refers-To-Date: 2026", b"WARC-Refers-To-Date: 2025"), "wrong-original"),
        ("two", 5, replaced(rb"WARC-Refers-To-Target-URI: http", b"WARC-Refers-To-Target-URI: xttp"), "wrong-original"),
        ("two", 5, replaced(rb"WARC-Refers-To: <urn:uuid:....", b"WARC-Refers-To: <urn:uuid:0000"), "lost-original"),
    ],
)
def test_a_changed_record_is_named(
    copy: Path, site: str, number: int, change: Callable[[bytes], bytes], kind: str
) -> None:
    path = warc(copy, site)
    content = path.read_bytes()
    at = len(b"".join(split(content)[:number]))
    reseal(copy, path, repacked(content, number, change))
    found = [finding for finding in findings(copy) if finding.kind == kind]
    assert found, kinds(findings(copy))
    pair = (at, len(b"".join(split(content)[: max(number - 1, 0)])))
    assert found[0].file == path.relative_to(copy).as_posix()
    assert found[0].offset in pair, "the record, or the response before its request"


def test_a_payload_with_another_digest_is_found(copy: Path) -> None:
    path = warc(copy, "one")
    capture = evolve(made(1), headers=(), truncated=None)
    response, request = exchange_members(capture, digests(made(40)).payload)
    reseal(copy, path, split(path.read_bytes())[0] + response + request)
    assert any(finding.what.startswith("warc-payload-digest") for finding in findings(copy))


def test_a_missing_file_is_named_with_everything_that_refers_to_it(copy: Path) -> None:
    path = warc(copy, "one")
    path.unlink()
    key = path.relative_to(copy).as_posix()
    for sample in (None, 1):
        assert ("missing", key) in {(finding.kind, finding.file) for finding in findings(copy, sample)}
        assert "wrong-entry" in kinds(findings(copy, sample))
    lost = [finding for finding in findings(copy) if finding.kind == "lost-original"]
    assert len(lost) == 2
    assert all(finding.file.startswith("warc/two/") for finding in lost)
    (copy / manifest_key(key)).unlink()
    assert ("missing", cdxj_key(key)) in {(finding.kind, finding.file) for finding in findings(copy, 1)}


def test_an_added_file_is_named_and_its_records_are_duplicates(copy: Path) -> None:
    path = warc(copy, "one")
    other = path.with_name("other.warc.gz")
    shutil.copy(path, other)
    found = {(finding.kind, finding.file) for finding in findings(copy)}
    assert {kind for kind, _ in found} >= {"no-manifest", "repeated-id", "wrong-name"}
    assert ("no-manifest", other.relative_to(copy).as_posix()) in found


def test_a_missing_or_different_index_is_named(copy: Path) -> None:
    key = cdxj_key(warc(copy, "one").relative_to(copy).as_posix())
    content = (copy / key).read_bytes()
    reseal(copy, copy / key, content.replace(b'"203"', b'"200"', 1))
    assert [(each.kind, each.file) for each in findings(copy)] == [("wrong-index", key)]
    (copy / key).unlink()
    (copy / manifest_key(key)).unlink()
    for sample in (None, 1):
        assert [(each.kind, each.file) for each in findings(copy, sample)] == [("no-index", key)]


def test_entries_and_records_must_match(copy: Path) -> None:
    with closing(Catalogue(catalogue_url(copy))) as catalogue:
        (first, *_) = sorted(catalogue.entries(), key=lambda entry: entry.fetched_at)
        assert first.location
        catalogue.put(evolve(first, location=evolve(first.location, offset=first.location.offset + 1)))
        (wrong,) = [finding for finding in findings(copy) if finding.kind == "wrong-entry"]
        assert first.id in wrong.what
        (unknown,) = [finding for finding in findings(copy) if finding.kind == "not-catalogued"]
        assert (unknown.file, unknown.offset) == (first.location.file, first.location.offset)
        catalogue.put(evolve(first, final_url="http://news.example.cn/other"))
        (wrong,) = findings(copy)
        assert "its address is http://news.example.cn/other" in wrong.what
        catalogue.put(evolve(first, location=evolve(first.location, length=1_000_000)))
        assert kinds(findings(copy, 1)) == {"wrong-entry"}


def test_without_a_catalogue_the_archive_is_checked(whole: Path) -> None:
    found = list(Verification(Archive(open_storage(str(whole))), None, sample=None).findings())
    assert kinds(found) == {"no-catalogue"}


def test_files_still_being_written_are_neither_missing_nor_checked(copy: Path) -> None:
    archive = Archive(open_storage(str(copy)))
    with closing(Catalogue(catalogue_url(copy))) as catalogue:
        (entry, *_) = catalogue.entries()
        location = archive.put(made(77), digests(made(77)), "three")
        catalogue.put(evolve(entry, id="20260304050607-000000000000", location=location))
        check = Verification(archive, catalogue, sample=None)
        assert list(check.findings()) == []
        assert check.counts.pending == 1
    archive.abandon()


def test_an_archive_is_verified_in_every_store(storage: Storage, whole: Path) -> None:
    for path in (path for path in whole.rglob("*") if path.is_file()):
        key = path.relative_to(whole).as_posix()
        waiting = storage.spool / f"{key}.open"
        waiting.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, waiting)
        storage.put(key, waiting)
    with closing(Catalogue(catalogue_url(whole))) as catalogue:
        for sample in (None, 2):
            assert list(Verification(Archive(storage), catalogue, sample=sample).findings()) == []


def test_a_resealed_archive_is_whole_again(copy: Path) -> None:
    path = warc(copy, "one")
    (copy / manifest_key(path.relative_to(copy).as_posix())).unlink()
    assert kinds(findings(copy)) == {"no-manifest"}
    seal(copy)
    assert findings(copy) == []


@pytest.mark.parametrize(
    ("begun_meanwhile", "kinds_found"), [({"warc/news/x.warc.gz"}, set()), (set(), {"wrong-entry"})]
)
def test_entries_in_files_that_a_crawl_began_meanwhile_wait_for_the_next_verification(
    begun_meanwhile: set[str], kinds_found: set[str]
) -> None:
    counts = VerificationCounts()
    with closing(Catalogue("sqlite://")) as catalogue, closing(RecordIndex()) as records:
        for number in range(3):
            catalogue.put(entry(capture(number)))
        checks = EntryChecks(records, {}, set(), lambda: begun_meanwhile, 1, counts, lambda: None)
        assert kinds(list(checks.findings(catalogue))) == kinds_found
    assert counts.pending == (3 if begun_meanwhile else 0)
