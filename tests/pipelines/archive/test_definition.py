"""What is a capture, and why the other records are none, in files as other programs write them."""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from pipelines.archive import MultiReader, source_at
from pipelines.archive.cdxj import cdxj_content, cdxj_lines
from pipelines.archive.reader import captured_records
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.errors import StoreError
from pipelines.model import Capture
from pipelines.model.codes import NOT_LOST, SKIPPED
from tests.pipelines.archive.foreign import BODY, DATE, HEAD, IDENTICAL, URL, arc, http, record, record_id, sha1

LATER = "2020-02-02T03:04:05Z"
NOT_MODIFIED = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"


def read(*data: bytes) -> tuple[list[Capture], Counter[str]]:
    """Return captures, with bodies of revisits, and the numbers of skipped records."""
    path = Path("their.warc")
    skipped: Counter[str] = Counter()
    found = [capture for _, _, capture in captured_records(io.BytesIO(b"".join(data)), path.name, skipped)]
    return found, skipped


def resolved(folder: Path, *data: bytes) -> tuple[list[Capture], Counter[str]]:
    (folder / "their.warc").write_bytes(b"".join(data))
    errors: list[StoreError] = []
    reader = MultiReader([source_at(str(folder / "their.warc"))], None, errors.append)
    found = [capture for _, capture in reader.captures()]
    assert not errors
    return found, reader.skipped


def index(*data: bytes) -> list[tuple[str, dict[str, str]]]:
    lines = cdxj_content(cdxj_lines(records(RecordStream(io.BytesIO(b"".join(data)))), "x.warc")).decode().splitlines()
    return [(line.split(" ")[0], json.loads(line.split(" ", 2)[2])) for line in lines]


ORIGINAL = record("response", http("HTTP/1.1 404 Gone", "Content-Type: text/html"), Payload_Digest=sha1(BODY))


def revisit(**more: str) -> bytes:
    return record("revisit", b"", date=LATER, **{"Profile": IDENTICAL, **more})


@pytest.mark.parametrize(
    "fields",
    [{"Refers_To": record_id("response")}, {"Payload_Digest": sha1(BODY)}, {"Refers_To_Date": DATE}],
    ids=["id", "digest", "date"],
)
@pytest.mark.parametrize("first", [True, False], ids=["original first", "original last"])
def test_a_revisit_without_a_block_has_status_and_headers_of_its_original(
    tmp_path: Path, fields: dict[str, str], first: bool
) -> None:
    files = [ORIGINAL, revisit(**fields)]
    found, skipped = resolved(tmp_path, *(files if first else reversed(files)))
    later = next(capture for capture in found if capture.fetched_at.month == 2)
    assert (later.status, later.reason, later.header("content-type"), later.body) == (404, "Gone", "text/html", BODY)
    assert not skipped


def test_a_server_that_confirms_a_page_is_a_304(tmp_path: Path) -> None:
    found, skipped = resolved(tmp_path, revisit(Profile=NOT_MODIFIED))
    assert [(capture.status, capture.body) for capture in found] == [(304, b"")]
    assert not skipped


def test_a_revisit_whose_original_is_nowhere_is_counted(tmp_path: Path) -> None:
    found, skipped = resolved(tmp_path, revisit(Payload_Digest=sha1(BODY)))
    assert [(capture.final_url, capture.body) for capture in found] == [(URL, b"")]
    assert skipped == {"no-original": 1}


SKIPPED_RECORDS = {
    "conversion": record("conversion", b"text", Content_Type="text/plain"),
    "crawl-data": record("resource", b"{}", url=f"urn:pageinfo:{URL}", Content_Type="application/json"),
    "dns": record("response", b"20200102030405\n", url="dns:a.cn", Content_Type="text/dns"),
    "no-address": record("response", url=""),
    "no-date": record("response", date="then"),
    "no-http": record("response", b"SSH-2.0\r\n"),
    "segment": record("continuation", b"x", Segment_Number="2", Segment_Origin_ID="<urn:x>"),
    "unknown-type": record("future"),
}


@pytest.mark.parametrize("code", SKIPPED_RECORDS)
def test_other_records_are_counted_by_reason_and_not_indexed(code: str) -> None:
    assert read(SKIPPED_RECORDS[code]) == ([], {code: 1})
    assert index(SKIPPED_RECORDS[code]) == []


def test_every_reason_has_a_record_that_is_skipped_for_it() -> None:
    assert {*SKIPPED_RECORDS, "no-original", "too-long"} == set(SKIPPED)
    assert set(NOT_LOST) < set(SKIPPED)


def test_warcinfo_metadata_and_requests_are_no_losses() -> None:
    info = record("warcinfo", b"software: x\r\n", Content_Type="application/warc-fields")
    assert read(info, record("metadata", b"via: x\r\n"), record("request", b"GET / HTTP/1.1\r\n\r\n")) == ([], {})


def test_a_relative_address_is_none() -> None:
    assert read(record("response", url="/x")) == ([], {"no-address": 1})


@pytest.mark.parametrize(
    ("start", "version", "status"),
    [
        ("HTTP/1.1 0 No Content", "HTTP/1.1", 0),
        ("h2 200", "HTTP/2", 200),
        ("ICY 200 OK", "HTTP/1.0", 200),
        ("http/1.1 200 OK", "HTTP/1.1", 200),
    ],
)
def test_status_lines_that_browsers_accept(start: str, version: str, status: int) -> None:
    ((capture,), skipped) = read(record("response", http(start, "content-type: text/html")))
    assert (capture.http_version, capture.status, capture.body) == (version, status, BODY)
    assert not skipped


@pytest.mark.parametrize("version", ["warc/1.0", "Warc/1.1", "WARC/0.9"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_versions_in_any_case(version: str, pack) -> None:
    found, skipped = read(pack(record("response", version=version)), pack(record("response", url=f"{URL}2")))
    assert [capture.final_url for capture in found] == [URL, f"{URL}2"]
    assert not skipped


def test_line_ends_of_three_characters() -> None:
    head, _, rest = record("response").partition(b"\r\n\r\n")
    ((capture,), _) = read(head.replace(b"\r\n", b"\r\r\n") + b"\r\r\n\r\r\n" + rest)
    assert (capture.final_url, capture.body) == (URL, BODY)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024", "2024-01-01T00:00:00"),
        ("2024-02", "2024-02-01T00:00:00"),
        ("20240203040506", "2024-02-03T04:05:06"),
        ("2008-10-294T01:02:03-0700", "2008-10-20T08:02:03"),
        ("2009-03-65T08:43:19-0800", "2009-03-06T16:43:19"),
        ("2024-02-03T04:05Z", "2024-02-03T04:05:00"),
    ],
)
def test_dates_are_read_as_far_as_they_go(written: str, expected: str) -> None:
    ((capture,), _) = read(record("response", date=written))
    assert f"{capture.fetched_at:%Y-%m-%dT%H:%M:%S}" == expected


@pytest.mark.parametrize("written", ["2024-13", "2024-02-30T00:00:00Z", "2009-03-99T00:00:00Z", "20240230", "24"])
def test_days_that_do_not_exist_are_no_dates(written: str) -> None:
    assert read(record("response", date=written)) == ([], {"no-date": 1})


def test_addresses_in_gbk_stay_different() -> None:
    data = b"".join(
        record("response", url="http://a.cn/@@").replace(b"@@", word.encode("gbk")) for word in ("新", "京")
    )
    assert [capture.final_url for capture in read(data)[0]] == ["http://a.cn/%D0%C2", "http://a.cn/%BE%A9"]
    head, one, other = arc(("http://a.cn/@@", HEAD + BODY), ("HTTP://a.cn/2", HEAD + BODY))
    other = other.replace(b"20200102030405", b"2020010203040506")
    found, _ = read(head, one.replace(b"@@", "新".encode("gbk")), other)
    assert [capture.final_url for capture in found] == ["http://a.cn/%D0%C2", "HTTP://a.cn/2"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_segments_are_joined(pack) -> None:
    block = HEAD + BODY * 9
    first = record("response", block[:60], Segment_Number="1")
    origin = {"Segment_Origin_ID": record_id("response")}
    rest = [
        record("continuation", block[60:70], Segment_Number="2", **origin),
        record("continuation", block[70:], Segment_Number="3", Segment_Total_Length=str(len(block)), **origin),
    ]
    ((capture,), skipped) = read(*map(pack, [first, *rest]))
    assert (capture.body, capture.truncated, skipped) == (BODY * 9, None, {})
    (alone, after), skipped = read(*map(pack, [first, record("response", url=f"{URL}2"), *rest]))
    assert (alone.body, alone.truncated) == ((BODY * 9)[: 60 - len(HEAD)], "disconnect")
    assert (after.truncated, skipped) == (None, {"segment": 2})


def test_a_record_without_a_digest_gets_one_in_the_index() -> None:
    ((_, values),) = index(record("response"))
    assert values["digest"] == sha1(BODY)


def posted(body: bytes, kind: str, number: int = 0) -> list[bytes]:
    request = http("POST /list HTTP/1.1", f"Content-Type: {kind}", f"Content-Length: {len(body)}", body=body)
    date = f"2020-01-02T03:04:{number:02}Z"
    concurrent = record_id("response", date=date)
    return [record("response", date=date), record("request", request, date=date, Concurrent_To=concurrent)]


def test_answers_to_post_requests_have_the_request_in_their_keys() -> None:
    first = posted(b'{"page": 1, "all": true}', "application/json")
    second = posted(b"page=2", "application/x-www-form-urlencoded", 2)
    found = index(*first, *second, record("response"))
    assert [key for key, _ in found] == [
        "cn,a)/",
        "cn,a)/?__wb_method=post&all=true&page=1",
        "cn,a)/?__wb_method=post&page=2",
    ]
    assert [values.get("method") for _, values in found] == [None, "POST", "POST"]
    assert found[2][1]["requestBody"] == "page=2"


def test_the_index_has_exactly_the_captures_of_the_reader() -> None:
    data = [
        *SKIPPED_RECORDS.values(),
        ORIGINAL,
        revisit(Payload_Digest=sha1(BODY)),
        record("resource", b"%PDF", url=f"{URL}a.pdf", Content_Type="application/pdf"),
        record("response", url=f"{URL}no-digest"),
        *posted(b"a=1", "application/x-www-form-urlencoded", 7),
    ]
    for pack in (bytes, gzip.compress):
        packed = [pack(each) for each in data]
        found, _ = read(*packed)
        places = [(each.stored.offset, each.stored.length) for each in found if each.stored]
        assert len(places) == 5
        indexed = [(int(values["offset"]), int(values["length"])) for _, values in index(*packed)]
        assert sorted(indexed) == sorted(places)
