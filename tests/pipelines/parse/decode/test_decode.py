from __future__ import annotations

import datetime as dt
import gzip
import zlib
from typing import Literal

import brotli
import pytest
import zstandard
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from pipelines.model import Capture, File, Rejection
from pipelines.parse.decode import decode, encoding
from pipelines.parse.decode.encoding import TooLarge, unpack

TEXT = "我市启动老旧小区改造工程，惠及居民一万二千户。"
PAGE = f"<html><head><title>{TEXT}</title></head><body><p>{TEXT}</p></body></html>"
TRADITIONAL = "<html><body><p>本市啟動老舊社區改造工程，惠及居民一萬二千戶，請各區依照時程辦理。</p></body></html>"


def capture(body: bytes, *headers: tuple[str, str], status: int = 200) -> Capture:
    url = "http://www.example.gov.cn/a.html"
    at = dt.datetime(2024, 3, 6, tzinfo=dt.UTC)
    return Capture(url=url, final_url=url, fetched_at=at, status=status, headers=headers, body=body)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("codings", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda body: gzip.compress(body[:40]) + gzip.compress(body[40:])),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("", gzip.compress),
        ("gzip", bytes),
        ("br", bytes),
        ("identity", bytes),
    ],
)
def test_content_encodings_are_removed(codings: str, pack) -> None:
    headers = [("Content-Encoding", codings)] if codings else []
    assert decode(capture(pack(PAGE.encode()), *headers)) == PAGE


@pytest.mark.parametrize(
    ("codings", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.compress)]
)
def test_a_stream_that_breaks_off_gives_the_content_before_the_break(codings: str, pack) -> None:
    long = "".join(f"<p>第{number}段：{TEXT}</p>" for number in range(30_000))
    packed = pack(long.encode())
    found = decode(capture(packed[: len(packed) // 2], ("Content-Encoding", codings)))
    assert isinstance(found, str)
    assert found.startswith("<p>第0段")
    assert len(found) > len(long) / 4


def test_a_damaged_stream_gives_the_content_before_the_damage() -> None:
    packed = bytearray(gzip.compress("".join(f"<p>第{number}段：{TEXT}</p>" for number in range(30_000)).encode()))
    packed[len(packed) // 2 :] = b"\x55" * 4000
    assert "第100段" in decode(capture(bytes(packed), ("Content-Encoding", "gzip")))


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress, zstandard.compress])
def test_bombs_raise_too_large(pack) -> None:
    codings = {gzip.compress: "gzip", zlib.compress: "deflate", brotli.compress: "br", zstandard.compress: "zstd"}
    with pytest.raises(TooLarge):
        unpack(pack(bytes(3_000_000)), codings[pack], limit=1_000_000)


def test_a_bomb_is_a_rejection() -> None:
    found = decode(capture(gzip.compress(bytes(65 * 1024 * 1024), 1)))
    assert isinstance(found, Rejection)
    assert found.reason == "too-large"


@pytest.mark.parametrize("label", ["utf-8", "gbk", "gb2312", "iso-8859-1", "big5", "no-such-charset", ""])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_wrong_labels_are_outvoted(label: str, codec: str) -> None:
    kind = f"text/html; charset={label}" if label else "text/html"
    assert decode(capture(PAGE.encode(codec), ("Content-Type", kind))) == PAGE


@pytest.mark.parametrize("label", ["big5", "utf-8", ""])
def test_big5(label: str) -> None:
    assert decode(capture(TRADITIONAL.encode("big5"), ("Content-Type", f"text/html; charset={label}"))) == TRADITIONAL


def test_meta_and_recipe_name_the_charset() -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>镕喆旸：{TEXT}</p>'
    assert decode(capture(page.encode("gb18030"))) == page
    assert decode(capture(PAGE.encode("gb18030")), "gbk") == PAGE


def test_a_byte_order_mark_outranks_every_label() -> None:
    body = b"\xef\xbb\xbf" + PAGE.encode()
    assert decode(capture(body, ("Content-Type", "text/html; charset=gbk"))) == PAGE
    assert decode(capture(PAGE.encode("utf-16"))) == PAGE


def test_a_single_0x80_is_the_euro_sign() -> None:
    body = f"<p>{TEXT}".encode("gbk") + b"100\x80" + "元</p>".encode("gbk")
    assert decode(capture(body, ("Content-Type", "text/html; charset=gbk"))) == f"<p>{TEXT}100€元</p>"


@pytest.mark.parametrize(
    ("kind", "body", "media_type"),
    [
        ("application/pdf", b"%PDF-1.4", "application/pdf"),
        ("text/html", b"%PDF-1.4", "application/pdf"),
        ("image/jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("application/octet-stream", b"PK\x03\x04", "application/zip"),
        ("application/ofd", b"PK\x03\x04", "application/ofd"),
        ("application/msword", b"\xd0\xcf\x11\xe0", "application/msword"),
        ("text/html; charset=utf-8", b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
        ("application/octet-stream", b"CEB\x00\x01\x02", "application/octet-stream"),
        ("text/plain", b"\x00\x01\x02", "application/octet-stream"),
    ],
)
def test_other_responses_are_files_with_type_and_size(kind: str, body: bytes, media_type: str) -> None:
    found = decode(capture(body, ("Content-Type", kind)))
    assert isinstance(found, Rejection)
    assert (found.reason, found.file) == ("file", File(media_type=media_type, size=len(body)))
    assert isinstance(decode(capture(body, ("Content-Type", kind), status=404)), str)


def test_the_size_of_a_file_is_that_without_its_content_encoding() -> None:
    packed = gzip.compress(b"%PDF-1.4" * 100)
    encoded = decode(capture(packed, ("Content-Type", "application/pdf"), ("Content-Encoding", "gzip")))
    assert isinstance(encoded, Rejection)
    assert encoded.file == File(media_type="application/pdf", size=800)
    archive = decode(capture(packed, ("Content-Type", "application/gzip")))
    assert isinstance(archive, Rejection)
    assert archive.file is not None
    assert archive.file.size == len(packed)


@pytest.mark.parametrize(("cut", "reason"), [("length", "too-large"), ("disconnect", "incomplete")])
def test_an_incomplete_file_is_rejected_without_a_size(cut: Literal["length", "disconnect"], reason: str) -> None:
    found = decode(evolve(capture(b"%PDF-1.4", ("Content-Type", "application/pdf")), truncated=cut))
    assert isinstance(found, Rejection)
    assert (found.reason, found.file) == (reason, None)


def test_data_is_decoded_only_on_request() -> None:
    data = capture(b'{"a": 1}', ("Content-Type", "application/json"))
    found = decode(data)
    assert isinstance(found, Rejection)
    assert found.reason == "not-an-article"
    assert decode(data, data=True) == '{"a": 1}'


def test_text_with_an_unspecific_media_type_is_a_page() -> None:
    for charset in ("utf-8", "gb18030", "utf-16"):
        assert isinstance(decode(capture(PAGE.encode(charset), ("Content-Type", "application/octet-stream"))), str)


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "gzip", "deflate", "br", "zstd", "gzip, gzip", "base64"]),
    st.text(max_size=20),
)
def test_decode_never_raises(body: bytes, codings: str, charset: str) -> None:
    for packed in (body, gzip.compress(body)):
        made = capture(packed, ("Content-Encoding", codings), ("Content-Type", f"text/html; charset={charset}"))
        assert isinstance(decode(made, charset), str | Rejection)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40))
def test_text_with_a_right_label_is_decoded_unchanged(text: str) -> None:
    page = f"<p>{TEXT * 8}{text}</p>"
    for codec in ("utf-8", "gb18030"):
        assert decode(capture(page.encode(codec), ("Content-Type", f"text/html; charset={codec}"))) == page


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=utf-8", "text/json", "text/xml", "application/atom+xml", "application/x-javascript"],
)
def test_responses_of_list_apis_are_decoded_as_data(kind: str) -> None:
    body = '{"title": "市图书馆新馆下月开放"}'
    made = capture(body.encode(), ("Content-Type", kind))
    assert isinstance(decode(made), Rejection)
    assert decode(made, data=True) == body
    assert isinstance(decode(capture(b"%PDF-1.4", ("Content-Type", kind)), data=True), Rejection)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'attachment; filename="' + "名单.pdf".encode("gbk") + b'"', "名单.pdf"),
        (b"attachment; filename=" + "名单.pdf".encode(), "名单.pdf"),
        (b"attachment; filename=%E5%90%8D%E5%8D%95.pdf", "名单.pdf"),
        (b"attachment; filename=a.pdf; filename*=UTF-8''%E5%90%8D%E5%8D%95.pdf", "名单.pdf"),
        (b'attachment; filename="=?UTF-8?B?5ZCN5Y2VLnBkZg==?="', "名单.pdf"),
        (b'attachment; filename="C:\\upload\\a.pdf"', "a.pdf"),
        (b"inline", None),
    ],
)
def test_the_name_of_a_file_is_that_of_content_disposition(header: bytes, name: str | None) -> None:
    fields = (("Content-Type", "application/pdf"), ("Content-Disposition", header.decode("latin-1")))
    found = decode(capture(b"%PDF-1.4", *fields))
    assert isinstance(found, Rejection)
    assert found.file is not None
    assert found.file.name == name


@pytest.mark.parametrize("wbits", [31, 15, -15])
def test_a_damaged_stream_gives_what_zlib_gives_piece_by_piece(wbits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """isal, which unpacks intact streams, accepts some headers that zlib refuses."""
    packer = zlib.compressobj(6, zlib.DEFLATED, wbits)
    packed = packer.compress("<p>我市启动老旧小区改造。</p>".encode() * 40) + packer.flush()
    damaged = [
        packed[:at] + bytes([packed[at] ^ bit]) + packed[at + 1 :] for at in range(len(packed)) for bit in (1, 32)
    ]
    streams = [packed, b"", *damaged, *(packed[:at] for at in range(len(packed))), packed + b"x", packed + packed]
    found = [b"".join(encoding._inflate(each, wbits)) for each in streams]
    monkeypatch.setattr(encoding, "_intact", lambda *_: b"")
    assert found == [b"".join(encoding._inflate(each, wbits)) for each in streams]
