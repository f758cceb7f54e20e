"""WARC files of any program are read, whatever their compression and however they end."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import logging
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
import zstandard
from attrs import evolve
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.archive import Archive, read_file, record_reader
from pipelines.archive.reader import captures
from pipelines.archive.records import exchange_members, warcinfo_member
from pipelines.errors import StoreCorrupt
from pipelines.model import Capture
from tests.pipelines.archive.made import AT, digests, made


def read(data: bytes) -> list[Capture]:
    return [capture for _, capture in captures(io.BytesIO(data), "their.warc")]


def bare(found: list[Capture]) -> list[Capture]:
    return [evolve(capture, stored=None) for capture in found]


def members(*wanted: Capture) -> list[bytes]:
    """Return a warcinfo and pairs of response and request as gzip members."""
    pairs = [member for capture in wanted for member in exchange_members(capture, digests(capture).payload)]
    return [warcinfo_member("a.warc.gz", AT, {"software": "fangzhi/0"}), *pairs]


WANTED = [made(1), made(2), made(3)]
MEMBERS = members(*WANTED)
PLAIN = [gzip.decompress(member) for member in MEMBERS]


def foreign(order: str, chunked: bool = False, gzipped: bool = True) -> bytes:
    """Return a file as warcio writes it; each letter of `order` is a record."""
    file = io.BytesIO()
    out = WARCWriter(file, gzip=gzipped)
    body = b"4\r\n<p>a\r\n3;x=y\r\nbcd\r\n0\r\nT: x\r\n\r\n" if chunked else b"<p>abcd"
    coding = [("Transfer-Encoding", "chunked")] if chunked else []
    url, when = "http://a.cn/", {"WARC-Date": "2020-01-02T03:04:05Z"}

    def answer(kind: str, url: str = url) -> None:
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), *coding], protocol="HTTP/1.1")
        payload = io.BytesIO(body)
        out.write_record(
            out.create_warc_record(url, kind, payload=payload, http_headers=head, warc_headers_dict=dict(when))
        )

    for letter in order:
        match letter:
            case "i":
                out.write_record(out.create_warcinfo_record("a.warc.gz", {"software": "warcio"}))
            case "r":
                answer("response")
            case "q":
                head = StatusAndHeaders("HEAD / HTTP/1.1", [("Host", "a.cn")], is_http_request=True)
                out.write_record(
                    out.create_warc_record(url, "request", http_headers=head, warc_headers_dict=dict(when))
                )
            case "v":
                head = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
                at = "2020-01-02T03:04:05Z"
                out.write_record(out.create_revisit_record(url, "sha1:" + "A" * 32, url, at, http_headers=head))
            case "m":
                out.write_record(out.create_warc_record(url, "metadata", payload=io.BytesIO(b"via: x\r\n")))
            case "d":
                dns = io.BytesIO(b"20200102\r\na.cn. 60 IN A 127.0.0.1\r\n")
                out.write_record(
                    out.create_warc_record("dns:a.cn", "response", payload=dns, warc_content_type="text/dns")
                )
            case "s":
                out.write_record(out.create_warc_record(url, "resource", payload=io.BytesIO(b"{}")))
    return file.getvalue()


@pytest.mark.parametrize("order", ["irq", "iqr", "iqrm", "irmq", "ir", "idrmd"])
def test_records_of_others_in_any_order(order: str) -> None:
    [capture] = read(foreign(order))
    assert (capture.url, capture.final_url, capture.status, capture.reason) == ("http://a.cn/",) * 2 + (200, "OK")
    assert capture.headers == (("Content-Type", "text/html"),)
    assert capture.body == b"<p>abcd"
    assert capture.fetched_at == dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    asked = ("HEAD", (("Host", "a.cn"),)) if "q" in order else ("GET", ())
    assert (capture.method, capture.request_headers) == asked


def test_requests_stay_with_their_responses() -> None:
    three = [made(number, method=f"M{number}") for number in range(3)]
    info, *pairs = members(*three)
    swapped = [pairs[n] for n in (1, 0, 3, 2, 5, 4)]
    lone = [pairs[n] for n in (0, 2, 3, 4)]
    assert bare(read(b"".join([info, *swapped]))) == three
    assert [capture.method for capture in read(b"".join([info, *lone]))] == ["GET", "M1", "GET"]


def test_chunks_that_others_kept_are_joined() -> None:
    [capture] = read(foreign("irq", chunked=True))
    assert capture.body == b"<p>abcd"
    assert capture.headers[-1] == ("Transfer-Encoding", "chunked")


def test_a_chunked_body_without_chunks_is_empty() -> None:
    body = b"4\r\n<p>a\r\n3;x=y\r\nbcd\r\n0\r\nT: x\r\n\r\n"
    empty = b"0\r\n\r\n"
    record = foreign("r", chunked=True, gzipped=False).replace(body, empty)
    length = int(re.search(rb"Content-Length: (\d+)", record)[1])
    resized = record.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length - len(body) + len(empty)))
    assert [capture.body for capture in read(resized)] == [b""]


def test_a_length_of_thousands_of_digits_is_damage() -> None:
    record = PLAIN[1].replace(b"Content-Length: ", b"Content-Length: " + b"9" * 5_000, 1)
    with pytest.raises(StoreCorrupt, match="damaged at byte"):
        read(PLAIN[0] + record)


def test_a_chunked_header_with_a_joined_body_is_harmless() -> None:
    record = foreign("r", chunked=True, gzipped=False)
    body = b"4\r\n<p>a\r\n3;x=y\r\nbcd\r\n0\r\nT: x\r\n\r\n"
    joined = b"<p>no chunks here" + b" " * (len(body) - 17)
    assert [capture.body for capture in read(record.replace(body, joined))] == [joined]


@pytest.mark.parametrize("order", ["irrr", "irqrq"])
@pytest.mark.parametrize("gzipped", [True, False])
def test_their_locations_are_their_members(tmp_path: Path, order: str, gzipped: bool) -> None:
    path = tmp_path / "their.warc.gz"
    path.write_bytes(foreign(order, gzipped=gzipped))
    for _, capture in read_file(path):
        assert capture.stored is not None
        assert capture.stored.file == str(path)
        member = path.read_bytes()[capture.stored.offset :][: capture.stored.length]
        assert bare(read(member)) == [evolve(capture, stored=None, method="GET", request_headers=())]


def test_a_revisit_resolves_to_an_earlier_record_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "their.warc.gz"
    path.write_bytes(foreign("irqv"))
    assert [capture.body for _, capture in read_file(path)] == [b"<p>abcd"] * 2


def test_a_revisit_alone_gets_its_body_from_elsewhere_or_is_empty(caplog: pytest.LogCaptureFixture) -> None:
    found = captures(io.BytesIO(foreign("iv")), "their.warc", lambda digest, _url, _at: made(body=digest.encode()))
    assert [capture.body for _, capture in found] == [b"sha1:" + b"A" * 32]
    with caplog.at_level(logging.WARNING):
        assert [capture.body for capture in read(foreign("iv"))] == [b""]
    assert "the body it refers to was not found" in caplog.text


def zstd(dictionary: bytes = b"") -> bytes:
    loaded = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    head = b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary if dictionary else b""
    return head + b"".join(zstandard.ZstdCompressor(dict_data=loaded).compress(record) for record in PLAIN)


PACKED = {
    "gzip": b"".join(MEMBERS),
    "plain": b"".join(PLAIN),
    "one gzip member": gzip.compress(b"".join(PLAIN)),
    "zstd": zstd(),
    "zstd with a dictionary": zstd(b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:" * 9),
    "line feeds alone": b"".join(PLAIN).replace(PLAIN[0], PLAIN[0].replace(b"\r\n", b"\n")),
}


@pytest.mark.parametrize("data", PACKED.values(), ids=PACKED.keys())
def test_every_compression_gives_the_same_captures(data: bytes) -> None:
    assert bare(read(data)) == WANTED


@pytest.mark.parametrize("packed", ["gzip", "plain", "zstd", "zstd with a dictionary"])
def test_locations_lead_to_the_record_in_every_compression(packed: str) -> None:
    data = PACKED[packed]
    for capture in read(data):
        assert capture.stored is not None
        record = data[capture.stored.offset :][: capture.stored.length]
        if packed != "zstd with a dictionary":
            assert [each.body for each in read(record)] == [capture.body]


def test_records_in_one_gzip_member_have_no_location() -> None:
    assert [capture.stored for capture in read(PACKED["one gzip member"])] == [None] * 3


@pytest.mark.parametrize("packed", ["gzip", "zstd"])
def test_truncated_anywhere_what_is_there_is_read_and_the_byte_is_named(packed: str) -> None:
    data = PACKED[packed]
    whole = [evolve(capture, method="GET", request_headers=(), request_body=b"") for capture in read(data)]
    places = [capture.stored for capture in whole]
    last = places[-1]
    assert last is not None
    torn = 0
    for cut in range(last.offset + 1, last.offset + last.length):
        found = captures(io.BytesIO(data[:cut]), "their.warc")
        assert [capture.stored for _, capture in islice(found, 2)] == places[:-1]
        kept: list[Capture] = []
        with pytest.raises(StoreCorrupt, match=rf"their\.warc is truncated or damaged at byte {last.offset};"):
            kept.extend(capture for _, capture in found)
        for capture in kept:
            assert whole[-1].body.startswith(capture.body)
            assert capture.stored == evolve(last, length=cut - last.offset)
            assert evolve(capture, body=whole[-1].body, stored=last) == whole[-1]
        torn += len(kept)
    assert torn > 0 or packed == "zstd", "zstd unpacks nothing of an incomplete block"
    for cut in range(last.offset + last.length + 1, len(data)):
        found = captures(io.BytesIO(data[:cut]), "their.warc")
        assert [capture.stored for _, capture in islice(found, 3)] == places
        with pytest.raises(StoreCorrupt, match="damaged at byte"):
            next(found)


def test_a_plain_file_truncated_in_a_header_or_a_block() -> None:
    data = PACKED["plain"]
    last = read(data)[-1].stored
    assert last is not None
    for cut in (last.offset + 10, last.offset + last.length - 5):
        with pytest.raises(StoreCorrupt, match=f"byte {last.offset};"):
            read(data[:cut])


def test_a_changed_byte_is_found() -> None:
    data = bytearray(PACKED["gzip"])
    location = read(PACKED["gzip"])[1].stored
    assert location is not None
    data[location.offset + location.length // 2] ^= 0x10
    with pytest.raises(StoreCorrupt, match=f"byte {location.offset};"):
        read(bytes(data))


@pytest.mark.parametrize(
    "data", [b"", b"<html>no</html>", gzip.compress(b"no" * 99, mtime=0), b"\x1f\x8b\x08no", b"\0" * 99, b"\r\n\r\n"]
)
def test_a_file_that_is_not_a_warc_is_reported_as_such(data: bytes) -> None:
    with pytest.raises(StoreCorrupt, match=r"their\.warc is not a WARC") as caught:
        read(data)
    assert caught.value.hint


def damaged(old: bytes, new: bytes) -> bytes:
    return PLAIN[0] + PLAIN[1].replace(old, new.ljust(len(old))) + b"".join(PLAIN[2:])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"WARC-Date: 2026", b"WARC-Date: then"),
        (b"WARC-Date:", b"WARC-Dat_:"),
        (b"HTTP/1.0 203 Not", b"ICY what"),
        (b"HTTP/1.0 203 Not", b"HTTP/1.0 2x3 Not"),
        (b"HTTP/1.0 203 Not", b"HTTP/1.0 2\xb23 Not"),
        (b"2026-03-04T05:06:07.890124Z", b"0001-01-01T00:00:00+08:00"),
        (b"2026-03-04T05:06:07.890124Z", b"9999-12-31T23:59:59Z"),
    ],
)
def test_an_invalid_record_is_skipped_and_counted(old: bytes, new: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert bare(read(damaged(old, new))) == WANTED[1:]
    assert "1 records skipped" in caplog.text


def test_a_block_too_long_for_memory_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reader, "MAX_BLOCK_BYTES", 2_000)
    info, *pairs = members(made(1), made(2, body=b"x" * 3_000), made(3))
    assert bare(read(b"".join([info, *pairs]))) == [made(1), made(3)]


def test_truncated_for_an_unknown_reason_is_truncated() -> None:
    [first, *_] = read(damaged(b"WARC-Truncated: length\r\n", b"WARC-Truncated: unspe_"))
    assert first.truncated == "length"


def test_each_capture_has_the_warcinfo_before_it(tmp_path: Path) -> None:
    path = tmp_path / "two.warc.gz"
    path.write_bytes(b"".join(MEMBERS[:3]) + foreign("ir"))
    assert [info["software"] for info, _ in read_file(path)] == ["fangzhi/0", "warcio"]


def test_captures_of_other_programs_can_be_put_into_our_archive(
    archive: Archive, folder: Path, valid: Callable[[Path], bool]
) -> None:
    [capture] = read(foreign("irq", chunked=True))
    location = archive.put(capture, digests(capture))
    archive.close()
    assert archive.get(location) == evolve(capture, stored=location)
    assert valid(folder / location.file)
