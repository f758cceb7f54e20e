"""Peculiarities of other programs: each test file is built as that program builds it."""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import shutil
import subprocess
import threading
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard

from pipelines.archive import Archive, MultiReader, source_at, sources
from pipelines.archive.reader import captures
from pipelines.errors import StoreCorrupt, StoreError
from pipelines.model import Capture
from pipelines.parse.decode import decode
from pipelines.storage import open_storage
from tests.pipelines.archive.foreign import (
    BODY,
    HEAD,
    URL,
    arc,
    chunked,
    record,
    record_id,
    revisit,
    sha1,
    zstd,
)
from tests.pipelines.archive.foreign import (
    http as message,
)


def read(data: bytes) -> list[Capture]:
    return [capture for _, capture in captures(io.BytesIO(data), "their.warc")]


def only(data: bytes) -> Capture:
    (capture,) = read(data)
    return capture


@pytest.mark.parametrize("version", ["WARC/0.17", "WARC/0.18", "WARC/1.0", "WARC/1.1"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_version_of_warc(version: str, pack) -> None:
    capture = only(pack(record("response", version=version)))
    assert (capture.final_url, capture.status, capture.body, capture.record_id) == (
        URL,
        200,
        BODY,
        record_id("response"),
    )


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("HTTP/1.1 200", ("HTTP/1.1", 200, "")),
        ("HTTP/1.1 200 ", ("HTTP/1.1", 200, "")),
        ("HTTP/1.1  404  Not Found", ("HTTP/1.1", 404, " Not Found")),
        ("HTTP/2 200", ("HTTP/2", 200, "")),
        ("HTTP/2.0 301 Moved Permanently", ("HTTP/2.0", 301, "Moved Permanently")),
        ("HTTP/3 200 OK", ("HTTP/3", 200, "OK")),
    ],
)
def test_status_lines_of_every_kind(start: str, expected: tuple[str, int, str]) -> None:
    capture = only(record("response", message(start, "content-type: text/html")))
    assert (capture.http_version, capture.status, capture.reason) == expected
    assert capture.body == BODY


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


CODINGS = {
    "": bytes,
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "deflate": zlib.compress,
    "raw deflate": deflated,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
}
PAGE = "<html><head><meta charset=utf-8></head><body><p>江门市新会区召开会议。</p></body></html>"


@pytest.mark.parametrize("length", [None, "7", "99999999"], ids=["no length", "short", "long"])
@pytest.mark.parametrize("in_chunks", [False, True], ids=["whole", "chunked"])
@pytest.mark.parametrize("coding", CODINGS)
def test_payloads_in_any_mix_of_codings(coding: str, in_chunks: bool, length: str | None) -> None:
    body = CODINGS[coding](PAGE.encode())
    headers = ["Content-Type: text/html"]
    headers += [f"Content-Encoding: {coding.removeprefix('raw ')}"] if coding else []
    headers += [f"Content-Length: {length}"] if length else []
    headers += ["Transfer-Encoding: chunked"] if in_chunks else []
    capture = only(record("response", message("HTTP/1.1 200 OK", *headers, body=chunked(body) if in_chunks else body)))
    assert capture.body == body, "the content coding is not removed"
    assert decode(capture, None) == PAGE


def test_common_crawl_decodes_bodies_and_renames_the_headers_about_it() -> None:
    """CC-MAIN files since 2018: `X-Crawler-` before headers that are no longer true, Content-Length corrected."""
    headers = ("X-Crawler-Content-Encoding: br", "X-Crawler-Transfer-Encoding: chunked", "X-Crawler-Content-Length: 17")
    block = message("HTTP/1.1 200 OK", *headers, f"Content-Length: {len(PAGE.encode())}", body=PAGE.encode())
    data = b"".join(
        gzip.compress(each)
        for each in (
            record("warcinfo", b"isPartOf: CC-MAIN-2024-10\r\n", url="", Content_Type="application/warc-fields"),
            record("request", b"GET / HTTP/1.1\r\nHost: a.cn\r\n\r\n"),
            record("response", block, Identified_Payload_Type="text/html", Concurrent_To=record_id("request")),
            record("metadata", b"fetchTimeMs: 12\r\n", Content_Type="application/warc-fields"),
        )
    )
    capture = only(data)
    assert decode(capture, None) == PAGE
    assert capture.request_headers == (("Host", "a.cn"),)
    assert ("Transfer-Encoding", "chunked") in capture.headers


def test_the_text_and_metadata_files_of_common_crawl_hold_no_capture() -> None:
    wet = record("conversion", "江门".encode(), Content_Type="text/plain", Refers_To=record_id("response"))
    wat = record("metadata", b"{}", Content_Type="application/json", Refers_To=record_id("response"))
    assert read(gzip.compress(wet) + gzip.compress(wat)) == []


def test_browsertrix_keeps_logs_and_screenshots_beside_the_pages() -> None:
    """Its .warc.zst files begin with a compressed dictionary; status lines are HTTP/1.1 with or without a reason."""
    page = record("response", message("HTTP/1.1 200", "content-type: text/html", "x-orig-content-encoding: gzip"))
    records = (
        record("warcinfo", b"software: Browsertrix-Crawler\r\n", url="", version="WARC/1.1"),
        page,
        record("request", b"GET / HTTP/1.1\r\nHost: a.cn\r\n\r\n", Concurrent_To=record_id("response")),
        record("resource", b'{"pageid":"1"}', url=f"urn:pageinfo:{URL}", Content_Type="application/json"),
        record("resource", b"\x89PNG", url=f"urn:view:{URL}", Content_Type="image/png"),
    )
    dictionary = b"".join(records) * 4
    for data in (zstd(records, dictionary), zstd(records, dictionary, zstandard.ZstdCompressor().compress)):
        capture = only(data)
        assert (capture.status, capture.body, capture.request_headers) == (200, BODY, (("Host", "a.cn"),))


def test_a_location_in_a_file_with_a_dictionary_can_be_read_alone(tmp_path: Path) -> None:
    path = tmp_path / "their.warc.zst"
    path.write_bytes(zstd([record("response"), record("response", url=f"{URL}2")], record("response") * 4))
    source = source_at(str(path))
    found = [capture for _, capture in source.captures()]
    assert [source.capture(capture.stored) for capture in found] == found


@pytest.mark.parametrize("frame", [b"\x28\xb5\x2f\xfd broken", b"\x37\xa4\x30\xec broken"])
def test_a_broken_dictionary_is_damage(frame: bytes) -> None:
    head = b"\x5d\x2a\x4d\x18" + len(frame).to_bytes(4, "little") + frame
    with pytest.raises(StoreCorrupt, match="is not a WARC, or its first record is damaged"):
        read(head + zstd([record("response")], record("response") * 4)[-200:])
    with pytest.raises(StoreCorrupt, match="is not a WARC, or its first record is damaged"):
        read(b"\x5d\x2a\x4d\x18\xff\xff\xff\xff" + frame)


def test_a_page_that_was_never_served_is_a_resource() -> None:
    """warcit writes such records for the files of a folder, so attachments have a location too."""
    page = record("resource", BODY, Content_Type="text/html; charset=gbk")
    file = record("resource", b"%PDF", url=f"{URL}a.pdf", Content_Type="application/pdf")
    capture, attached = read(page + file)
    assert (capture.status, capture.header("content-type"), capture.body) == (200, "text/html; charset=gbk", BODY)
    assert (attached.final_url, attached.header("content-type"), attached.body) == (
        f"{URL}a.pdf",
        "application/pdf",
        b"%PDF",
    )
    assert attached.stored
    assert attached.stored.offset == len(page)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_arc(version: int, pack, tmp_path: Path) -> None:
    pages = [
        (URL, HEAD + BODY),
        (f"{URL}a b.htm", HEAD + BODY + b"\n"),
        ("dns:a.cn", b"20200102030405\na.cn. 60 IN A\n"),
    ]
    path = tmp_path / "their.arc.gz"
    path.write_bytes(b"".join(pack(each) for each in arc(*pages, version=version)))
    source = source_at(str(path))
    one, two = [capture for _, capture in source.captures()]
    assert (one.final_url, one.ip_address, one.body) == (URL, "192.0.2.1", BODY)
    assert f"{one.fetched_at:%Y-%m-%dT%H:%M:%SZ}" == "2020-01-02T03:04:05Z"
    assert (two.final_url, two.body) == (f"{URL}a b.htm", BODY + b"\n")
    assert [source.capture(each.stored) for each in (one, two)] == [one, two]


LATER = "2020-02-02T03:04:05Z"


@pytest.mark.parametrize(
    "fields",
    [
        {"Refers_To": record_id("response"), "Payload_Digest": ""},
        {"Payload_Digest": sha1(BODY)},
        {"Refers_To_Target_URI": URL, "Refers_To_Date": "2020-01-02T03:04:05.678901Z"},
        {"Refers_To_Target_URI": f"<{URL}>", "Refers_To_Date": "2020-01-02T03:04:05Z", "Payload_Digest": "sha1:OTHER"},
    ],
    ids=["wget: its id", "Heritrix: its digest", "warcio: address and date", "date before digest"],
)
def test_revisits_are_resolved_by_any_reference_to_their_original(tmp_path: Path, fields: dict[str, str]) -> None:
    path = tmp_path / "their.warc.gz"
    first = record("response", Payload_Digest=sha1(BODY))
    path.write_bytes(gzip.compress(first) + gzip.compress(revisit(LATER, **fields)))
    assert [capture.body for _, capture in source_at(str(path)).captures()] == [BODY, BODY]


@pytest.fixture
def site(tmp_path: Path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.html").write_text(PAGE, "utf-8")
    (tmp_path / "site" / "b.html").write_text(PAGE + "b", "utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path / "site"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_wget_itself(site: str, tmp_path: Path, packed: bool) -> None:
    def wget(*options: str) -> None:
        plain = () if packed else ("--no-warc-compression",)
        command = ("wget", "-q", "-O", "/dev/null", *plain, *options, f"{site}/a.html", f"{site}/b.html")
        subprocess.run(command, cwd=tmp_path, check=True, timeout=30)

    suffix = "warc.gz" if packed else "warc"
    wget("--warc-file=first", "--warc-cdx")
    found = [capture for _, capture in source_at(str(tmp_path / f"first.{suffix}")).captures()]
    assert [capture.final_url for capture in found] == [f"{site}/a.html", f"{site}/b.html"]
    assert [decode(capture, None) for capture in found] == [PAGE, PAGE + "b"]
    assert all(capture.method == "GET" and dict(capture.request_headers)["Accept"] == "*/*" for capture in found)
    assert all(capture.ip_address == "127.0.0.1" and capture.stored for capture in found)
    wget("--warc-file=again", "--warc-dedup=first.cdx")
    files = [source_at(str(tmp_path / f"{name}.{suffix}")) for name in ("again", "first")]
    everything = [capture.body.decode() for _, capture in MultiReader(files, None, pytest.fail).captures()]
    assert everything == [PAGE, PAGE + "b"] * 2, "the revisits are yielded after their originals"


ORIGINAL = gzip.compress(record("response", Payload_Digest=sha1(BODY)))
REVISIT = gzip.compress(revisit(LATER, Refers_To=record_id("response")))


@pytest.mark.parametrize(
    "files",
    [
        [ORIGINAL, REVISIT],
        [REVISIT, ORIGINAL],
        [REVISIT + ORIGINAL],
        [gzip.compress(gzip.decompress(REVISIT) + gzip.decompress(ORIGINAL))],
        [gzip.compress(gzip.decompress(ORIGINAL) + gzip.decompress(REVISIT))],
    ],
    ids=["original first", "original last", "one file", "one member, original last", "one member, original first"],
)
def test_a_revisit_finds_its_original_in_any_of_the_files(tmp_path: Path, files: list[bytes]) -> None:
    for number, data in enumerate(files):
        (tmp_path / f"{number}.warc.gz").write_bytes(data)
    sources = [source_at(str(path)) for path in sorted(tmp_path.iterdir())]
    found = [capture for _, capture in MultiReader(sources, None, pytest.fail).captures()]
    assert sorted((capture.fetched_at.month, capture.body) for capture in found) == [(1, BODY), (2, BODY)]


def test_a_body_that_is_not_found_is_logged_and_left_empty(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "their.warc.gz"
    torn = gzip.compress(record("response", url=f"{URL}other"))[:-9]
    path.write_bytes(REVISIT + torn)
    failed: list[StoreError] = []
    reader = MultiReader([source_at(str(path))], None, failed.append)
    _, capture = [capture for _, capture in reader.captures()]
    assert capture.body == b""
    assert reader.skipped == {"no-original": 1}
    assert "the body it refers to was not found" in caplog.text
    assert [str(error) for error in failed] == [
        f"{path} is truncated or damaged at byte {len(REVISIT)}; its last record, of {len(torn)} bytes, is incomplete"
    ]


def test_a_folder_means_all_warc_files_below_it(tmp_path: Path) -> None:
    archive = Archive(open_storage(str(tmp_path / "archive")))
    for name in ("b/2.warc", "b/1.WARC.GZ", "a/3.arc.gz", "a/4.warc.zst", "a/5.warc.gz.open", "a/6.cdx", "7.txt"):
        (tmp_path / "theirs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "theirs" / name).touch()
    found = [Path(source.name).name for source in sources(archive, str(tmp_path / "theirs"))]
    assert found == ["3.arc.gz", "4.warc.zst", "1.WARC.GZ", "2.warc"]
    (empty := tmp_path / "empty").mkdir()
    with pytest.raises(StoreCorrupt, match="holds no WARC"):
        sources(archive, str(empty))
