"""Captures are read from the archive exactly as they were put into it."""

from __future__ import annotations

import datetime as dt
import gzip
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from attrs import evolve
from fastwarc.warc import ArchiveIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from pipelines.archive import Archive, read_file
from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.model import Capture, Location, capture_id
from pipelines.storage import Storage, open_storage
from pipelines.storage.options import Options
from tests.pipelines.archive.made import AT, digests, made, reference
from tests.wait import wait_until

BODIES = {
    "plain": "江门市新会区".encode("gbk") * 99,
    "empty": b"",
    "gzip": gzip.compress("新会".encode() * 999),
    "brotli": brotli.compress("新会".encode() * 999),
    "looks chunked": b"3\r\nabc\r\n0\r\n\r\n",
    "looks like a record": b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\n\r\n",
}


def stored(archive: Archive, capture: Capture, site: str = "xinhui") -> Capture:
    return evolve(capture, stored=archive.put(capture, digests(capture), site))


def all_of(archive: Archive) -> list[Capture]:
    return [capture for key in archive.files() for _, capture in archive.read(key)]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_capture_comes_back_equal_in_every_field(archive: Archive, body: bytes) -> None:
    before, capture, after = (stored(archive, made(number, body=body)) for number in (1, 2, 3))
    assert capture.stored is not None
    assert archive.get(capture.stored) == capture
    archive.close()
    assert archive.get(capture.stored) == capture
    assert all_of(archive) == [before, capture, after]


def test_captures_come_back_from_every_kind_of_store(storage: Storage) -> None:
    archive = Archive(storage)
    captures = [stored(archive, made(number)) for number in range(5)]
    assert [archive.get(each.stored) for each in captures if each.stored] == captures
    assert list(archive.files()) == []
    archive.close()
    assert [archive.get(each.stored) for each in captures if each.stored] == captures
    assert all_of(archive) == captures
    assert list(storage.spool.rglob("*.open")) == []


TEXT = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30).map(str.strip)
NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters=":\x7f\x85\xa0"), min_size=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headers=st.lists(st.tuples(NAMES, TEXT.map(lambda text: text.strip(" \t")))).map(tuple),
    reason=TEXT,
    body=st.binary(max_size=400),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    truncated=st.sampled_from([None, "length", "time", "disconnect"]),
)
def test_any_capture_comes_back_equal(archive: Archive, **fields: object) -> None:
    capture = stored(archive, made(1, request_headers=fields["headers"], **fields))
    assert capture.stored is not None
    assert archive.get(capture.stored) == capture


def test_a_line_break_in_a_header_forges_nothing(archive: Archive) -> None:
    capture = stored(archive, made(1, headers=(("X", "a\r\nSet-Cookie: evil\r\n\r\n<html>"),)))
    assert capture.stored is not None
    read = archive.get(capture.stored)
    assert read.headers == (("X", "a Set-Cookie: evil <html>"),)
    assert read.body == capture.body


def test_two_forms_sent_to_one_address_are_two_captures(archive: Archive) -> None:
    first, second = (made(1, request_body=f'{{"pageIndex": {number}}}'.encode()) for number in (1, 2))
    assert capture_id(first, digests(first).payload) != capture_id(second, digests(second).payload)
    stored(archive, first), stored(archive, second)
    archive.close()
    assert [capture.request_body for capture in all_of(archive)] == [first.request_body, second.request_body]


def test_a_long_request_is_found_behind_its_response(archive: Archive) -> None:
    cookie = "".join(chr(33 + (n * n * 7919) % 90) for n in range(60_000))
    capture = stored(archive, made(1, request_headers=(("Cookie", cookie),)))
    stored(archive, made(2))
    assert capture.stored is not None
    assert archive.get(capture.stored) == capture


def test_other_tools_read_what_we_write(archive: Archive, folder: Path, valid: Callable[[Path], bool]) -> None:
    first = made(1)
    stored(archive, first)
    again = made(7, body=first.body)
    archive.put(again, digests(again), "xinhui", reference(first))
    stored(archive, made(3, truncated=None))
    archive.close()
    [key] = archive.files()
    path = folder / key
    assert valid(path)
    types = ["warcinfo", "response", "request", "revisit", "request", "response", "request"]
    with path.open("rb") as file:
        assert [record.rec_type for record in WarcioIterator(file)] == types
    with path.open("rb") as file:
        assert [str(record.record_type) for record in ArchiveIterator(file)] == types
    with path.open("rb") as file:
        revisit = next(record for record in WarcioIterator(file) if record.rec_type == "revisit")
        head = revisit.rec_headers
        assert head["WARC-Payload-Digest"] == digests(first).payload
        assert head["WARC-Refers-To-Target-URI"] == first.final_url
        assert head["WARC-Refers-To-Date"] == "2026-03-04T05:06:07.890124Z"
        assert head["WARC-Profile"].endswith("/identical-payload-digest")
        assert head["WARC-Truncated"] == "length", "the standard's word for the body that is left out (§6.7.2)"
        assert revisit.http_headers.get_statuscode() == "203"
        assert revisit.content_stream().read() == b""
    with path.open("rb") as file:
        ids = {record.rec_type: record.rec_headers["WARC-Record-ID"] for record in list(WarcioIterator(file))[:3]}
    assert head["WARC-Refers-To"] == ids["response"]


def test_an_answer_304_is_a_revisit_of_what_it_confirms(archive: Archive, folder: Path) -> None:
    first = stored(archive, made(1))
    confirms = made(9, status=304, reason="Not Modified", body=b"")
    location = archive.put(confirms, digests(confirms), "xinhui", reference(first))
    archive.close()
    assert archive.get(location) == evolve(confirms, stored=location)
    with (folder / location.file).open("rb") as file:
        revisit = next(record for record in WarcioIterator(file) if record.rec_type == "revisit")
    head = revisit.rec_headers
    assert head["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert head["WARC-Payload-Digest"] == digests(first).payload
    assert (head["WARC-Refers-To-Target-URI"], head["WARC-Refers-To-Date"]) == (
        first.final_url,
        "2026-03-04T05:06:07.890124Z",
    )
    assert revisit.http_headers.get_statuscode() == "304"


def test_locations_are_gzip_members(archive: Archive, folder: Path) -> None:
    captures = [stored(archive, made(number)) for number in range(3)]
    archive.close()
    [key] = archive.files()
    for capture in captures:
        assert capture.stored is not None
        at = capture.stored
        member = gzip.decompress((folder / key).read_bytes()[at.offset : at.offset + at.length])
        assert member.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")
        assert member.endswith(capture.body + b"\r\n\r\n")


def test_the_same_captures_make_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "other"):
        archive = Archive(open_storage(str(tmp_path / name)))
        stored(archive, made(1))
        archive.close()
        contents += [(tmp_path / name / key).read_bytes() for key in archive.files()]
    assert contents[0] == contents[1]


def test_a_file_begins_with_who_made_it(folder: Path) -> None:
    archive = Archive(open_storage(str(folder)), lambda site: {"operator": f"Archive of {site}", "robots": "ignore"})
    stored(archive, made(1))
    archive.close()
    [key] = archive.files()
    [(info, _)] = archive.read(key)
    assert info["operator"] == "Archive of xinhui"
    assert info["robots"] == "ignore"
    assert info["isPartOf"] == "xinhui"
    assert info["software"].startswith("fangzhi/")


def test_a_revisit_resolves_to_a_capture_in_another_file(archive: Archive) -> None:
    first = stored(archive, made(1), "one")
    later = made(2, body=first.body)
    location = archive.put(later, digests(later), "other", reference(first))
    archive.close()
    searches = []

    def find(digest: str, url: str, at: dt.datetime | None) -> Capture | None:
        searches.append((digest, url, at))
        return archive.get(first.stored) if first.stored else None

    assert archive.get(location, find) == evolve(later, stored=location)
    assert [capture for _, capture in archive.read(location.file, find)] == [evolve(later, stored=location)]
    assert searches == [(digests(first).payload, first.final_url, first.fetched_at)] * 2


def test_a_revisit_resolves_within_its_file_and_is_empty_where_nothing_is_found(archive: Archive) -> None:
    first = stored(archive, made(1))
    later, lone = made(2, body=first.body), made(3, body=b"gone")
    location = archive.put(later, digests(later), "xinhui", reference(first))
    lost = archive.put(lone, digests(lone), "xinhui", reference(made(99, body=b"gone")))
    archive.close()
    assert all_of(archive) == [first, evolve(later, stored=location), evolve(lone, stored=lost, body=b"")]


def test_warc_files_roll_by_age_by_size_and_all_at_once(folder: Path) -> None:
    archive = Archive(open_storage(str(folder)), options=Options(roll_size=40_000, roll_age=dt.timedelta(hours=1)))

    def finished() -> int:
        wait_until(lambda: archive._publisher.size == 0)
        return len(list(archive.files()))

    stored(archive, made(1))
    archive.roll(AT + dt.timedelta(minutes=59))
    assert finished() == 0
    stored(archive, made(2), "other")
    archive.roll(AT + dt.timedelta(minutes=61))
    assert finished() == 2
    stored(archive, made(3, body=random.Random(3).randbytes(50_000)))
    stored(archive, made(4), "other")
    archive.roll(AT)
    assert finished() == 3
    archive.roll(AT, everything=True)
    assert finished() == 4
    archive.close()
    assert {each.final_url for each in all_of(archive)} == {made(number).final_url for number in (1, 2, 3, 4)}


def test_names_are_those_of_the_contract(archive: Archive) -> None:
    stored(archive, made(1), "jm-gov")
    archive.put(made(2, final_url="http://[::1]:80/../x"), digests(made(2)))
    archive.put(made(3, final_url="http://../x"), digests(made(3)))
    archive.close()
    keys = list(archive.files())
    assert len(keys) == 3
    assert any(key.startswith("warc/jm-gov/2026/03/fangzhi-jm-gov-20260304050607-89012-") for key in keys)
    assert all(key.endswith(".warc.gz") and ".." not in key and key.count("/") == 4 for key in keys)


def test_two_archives_write_beside_each_other(folder: Path) -> None:
    one, other = (Archive(open_storage(str(folder))) for _ in range(2))
    captures = [stored(one, made(1)), stored(other, made(2))]
    assert list(one.unfinished()) == []
    one.close()
    captures.append(stored(one, made(3)))
    one.close()
    other.close()
    assert sorted(all_of(one), key=lambda each: each.fetched_at) == captures


def test_many_sites_keep_few_files_open(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.archive.archive.MAX_OPEN_FILES", 3)
    captures = [stored(archive, made(number), f"site{number % 7}") for number in range(21)]
    archive.close()
    assert sorted(all_of(archive), key=lambda each: each.fetched_at) == captures


def test_a_wrong_location_is_named(archive: Archive) -> None:
    capture = stored(archive, made(1))
    archive.close()
    assert capture.stored is not None
    for changes in ({"offset": capture.stored.offset + 1}, {"length": capture.stored.length - 1}, {"offset": 0}):
        with pytest.raises(StoreCorrupt, match="holds no capture"):
            archive.get(evolve(capture.stored, **changes))
    with pytest.raises(StoreCorrupt, match="holds no"):
        archive.get(Location(file="warc/none.warc.gz", offset=0, length=10))


@pytest.mark.parametrize("folder", ["/proc/archive", "/dev/null/archive"])
def test_a_folder_that_cannot_be_written_to(folder: str) -> None:
    archive = Archive(open_storage(folder))
    with pytest.raises(StoreUnavailable, match=folder):
        stored(archive, made(1))
    archive.close()


FULL = """
import random, resource, sys
from pipelines.archive import Archive
from pipelines.errors import StoreUnavailable
from pipelines.storage import open_storage
from tests.pipelines.archive.made import made, digests

archive = Archive(open_storage(sys.argv[1]))
incompressible = random.Random(1).randbytes(20_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
failed = 0
for number in range(12):
    capture = made(number, body=incompressible[number:])
    try:
        archive.put(capture, digests(capture), "site")
    except StoreUnavailable as error:
        assert error.hint
        failed += 1
    if number == 8:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
archive.close()
print(failed)
"""


def test_a_full_disk_harms_no_earlier_capture(folder: Path, valid: Callable[[Path], bool]) -> None:
    child = subprocess.run(
        [sys.executable, "-c", FULL, folder], capture_output=True, text=True, timeout=60, check=False
    )
    assert child.returncode == 0, child.stderr
    failed = int(child.stdout)
    assert failed > 0
    archive = Archive(open_storage(str(folder)))
    assert len(all_of(archive)) == 12 - failed
    [key] = archive.files()
    assert valid(folder / key)


def test_a_file_is_read_by_its_path_as_well(archive: Archive, folder: Path, tmp_path: Path) -> None:
    stored(archive, made(1))
    archive.close()
    [key] = archive.files()
    [(_, capture)] = read_file(folder / key)
    assert evolve(capture, stored=None) == made(1)
    with pytest.raises(StoreUnavailable, match="No such file"):
        list(read_file(tmp_path / "none.warc"))
    with pytest.raises(StoreUnavailable, match="Is a directory"):
        list(read_file(tmp_path))
