"""Samples of each format, the pieces that are put into them, and how they are changed."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from pipelines.model.serialize import entry_json
from tests.pipelines.archive.foreign import BODY, HEAD, URL, arc, chunked, http, record, revisit, sha1, zstd
from tests.pipelines.made import capture, entry

PAGES = Path(__file__).parent.parent / "pages"
MAX_REPEATS = 3_000
"""A piece can be repeated so often: deep nesting and long runs are what parsers stumble over."""

MAX_SAMPLE_BYTES = 30_000
"""Larger sample pages are left out: a round would have few examples."""


def changed(samples: Sequence[bytes], words: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Return samples with some pieces cut out, replaced or repeated; the new pieces are `words` or any bytes."""
    repeats = st.one_of(st.just(1), st.integers(0, 9), st.integers(0, MAX_REPEATS))
    piece = st.sampled_from(list(words)) | st.binary(max_size=8)
    edit = st.tuples(st.integers(0, 1 << 16), st.integers(0, 60), piece, repeats)
    return st.builds(_edited, st.sampled_from(list(samples)), st.lists(edit, max_size=6))


def _edited(sample: bytes, edits: Sequence[tuple[int, int, bytes, int]]) -> bytes:
    for place, cut, piece, repeats in edits:
        at = place % (len(sample) + 1)
        sample = sample[:at] + piece * repeats + sample[at + cut :]
    return sample


RECORDS = (
    record("warcinfo", b"software: x\r\n", Content_Type="application/warc-fields"),
    record("request", http("GET / HTTP/1.1", "Host: a.cn", body=b"")),
    record("response"),
    record("response", http("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body=chunked(BODY)), url=f"{URL}c"),
    record("response", http("HTTP/1.1 200 OK", "Content-Encoding: gzip", body=gzip.compress(BODY)), url=f"{URL}g"),
    record("resource", BODY, Content_Type="text/html"),
    revisit("2021-01-02T03:04:05Z", Refers_To_Target_URI=URL, Payload_Digest=sha1(BODY)),
    record("response", Segment_Number="1"),
    record("continuation", BODY, Segment_Number="2", Segment_Origin_ID="<urn:x>", Segment_Total_Length="99"),
)
WARCS = (b"".join(RECORDS), b"".join(map(gzip.compress, RECORDS)), zstd(RECORDS), gzip.compress(b"".join(RECORDS)))
ARCS = tuple(
    pack(made)
    for version in (1, 2)
    for made in (arc((URL, HEAD + BODY), (f"{URL}2", HEAD + BODY), version=version),)
    for pack in (b"".join, lambda made: b"".join(map(gzip.compress, made)))
)
WARC_WORDS = (
    b"WARC/1.0\r\n", b"WARC/1.1\r\n", b"\r\n\r\n", b"Content-Length: ", b"99999999999999999999", b"-1",
    b"\x1f\x8b\x08", b"(\xb5/\xfd", b"BZh9", b"\x04\x22\x4d\x18", b"WARC-Date: 0000-00-00T99:99:99Z\r\n", b"\x00",
    b"\xff", b"9", b"WARC-Target-URI: http://[\r\n", b"HTTP/1.1 200 OK\r\n", b"0\r\n\r\n", b"\r\n",
)  # fmt: skip


INDEX = b"".join(
    b'cn,a)/ 20200102030405 {"url": "http://a.cn/", "filename": "data.warc.gz", "offset": "%d", "length": "%d"}\n'
    % (offset, 300)
    for offset in (0, 300)
)
MEMBERS: dict[str, bytes] = {
    "archive/data.warc.gz": WARCS[1],
    "indexes/index.cdxj": INDEX,
    "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages", "title": "x"}\n{"url": "http://a.cn/"}\n',
    "datapackage.json": json.dumps(
        {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "created": "2024-03-05T00:00:00Z",
            "resources": [
                {"name": "data.warc.gz", "path": "archive/data.warc.gz", "hash": "sha256:00", "bytes": len(WARCS[1])}
            ],
        }
    ).encode(),
    "datapackage-digest.json": json.dumps(
        {"path": "datapackage.json", "hash": "sha256:00", "signedData": {"hash": "sha256:00", "created": "2024",
         "software": "x", "signature": "AA==", "publicKey": "AA=="}}
    ).encode(),
}  # fmt: skip
JSON_WORDS = (
    b"{", b"[", b'{"a":', b'"', b"null", b"NaN", b"Infinity", b"-1", b"1e999", b"99999999999999999999", b"true",
    b"\\ud800", b"\\u0000", b"\xff", b"]", b"}", b",", b":", b"0",
)  # fmt: skip


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return data.getvalue()


def with_member(name: str, content: bytes) -> bytes:
    return packed(MEMBERS | {name: content})


WHOLE = (packed(MEMBERS), packed(MEMBERS, zipfile.ZIP_DEFLATED), packed({"a.wacz": packed(MEMBERS)}))
ZIP_WORDS = (
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"\xff\xff", b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff", b"..",
)  # fmt: skip
WACZ = st.one_of(
    changed(WHOLE, ZIP_WORDS),
    *(
        changed([content], JSON_WORDS).map(lambda data, name=name: with_member(name, data))
        for name, content in MEMBERS.items()
    ),  # type: ignore[misc]
)


HTML_WORDS = (
    b"<div>", b"<p>", b"</p>", b"<table><tr><td>", b"<script>", b"<!--", b"-->", b"<![CDATA[", b"&#x10ffff;",
    b"&#0;", b"<meta charset=gbk>", b"<meta charset=utf-16>", b"<a href=", b"<a href='http://[x'>",
    b"<base href=//[>", b"\x00", b"\xff\xfe", b"\x1b$B", "来源：".encode(), "2024年13月45日".encode(),
    "发布时间：9999-99-99".encode(), b'"', b"'", b">", b"<", "索引号：".encode(), "「".encode(), b"\xa1",
    b'<meta http-equiv=refresh content="0;url=//[">', b"rowspan=99999 ",
    b'<script type="application/ld+json">{"datePublished":',
)  # fmt: skip
HTML = tuple(data for path in sorted(PAGES.rglob("*.html")) if len(data := path.read_bytes()) < MAX_SAMPLE_BYTES) or (
    b"<html><body><p>x</p></body></html>",
)


HEADS_WORDS = (
    b"HTTP/1.1 200 OK\r\n", b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"\r\n\r\n", b"\r\n", b"\n",
    b"\r", b":", b" ", b"\x00", b"\xff", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"HTTP/9.9 999 \r\n",
    b"HTTP/1.1 103 \r\n\r\n",
)  # fmt: skip


SITE = """name = "云州"
family = "trs"
hosts = ["www.yunzhou.gov.cn"]
region = "4407"
schedule = "every 6h"
delay = 2.5
concurrency = 1
timezone = 8
enabled = true
since = 2024-01-01
sections = [{ name = "要闻", url = "http://www.yunzhou.gov.cn/yw/" }]
"""
SETTINGS = """archive = "a"
workers = 2
timeout = 30.0
allow_private = true
registry = ["sites"]
schedule = "every 6h"
lang = "zh"
"""
TOML_WORDS = (
    b"[", b"]", b"{", b"}", b"=", b'"', b"'''", b"\n", b"1979-05-27T07:32:00Z", b"inf", b"nan",
    b"99999999999999999999", b"-1", b"true", b"every 0h", b"every 99999999999d", b"* * * * *", b"\xff", b"\x00",
    b"[[a]]\n", b"a.b = 1\n", b"http://[", b'"0 0 31 2 *"', b"region = ", b"family = ", b"0x", b"\\ud800",
)  # fmt: skip


STORED = (
    entry_json(entry(capture(), text="正文")).encode(),
    b'{"act":"put","at":"2024-03-05T00:00:00Z","format":"fangzhi-ledger/1","number":1,"objects":[],"previous":null}',
    b'{"at":"2024-03-05T00:00:00Z","bytes":1,"captures":1,"entries":1,"format":"fangzhi-seal/1","head":null,"objects":1,'
    b'"sha256":"00","signature":null,"sm3":"00","software":"x"}',
    b'{"name": "x", "family": "trs", "hosts": ["a.cn"], "sections": [{"name": "x", "url": "http://a.cn/"}]}',
    b'{"data": {"total": 3, "list": [{"title": "x", "url": "/art/2024/3/5/art_1_2.html", "time": 1709652600000}]}}',
    b"0" * 64 + b" " + b"1" * 64 + b" 12 warc/a.warc.gz\n",
    b"# 3 bytes\n" + b"0" * 64 + b"  warc/a\n",
)


FEEDS = (
    b'<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>'
    b"<loc>http://a.cn/202403/t20240305_1.html</loc><lastmod>2024-03-05</lastmod></url></urlset>",
    b"<sitemapindex><sitemap><loc>http://a.cn/sitemap9.xml</loc><lastmod>2024</lastmod></sitemap></sitemapindex>",
    b'<rss version="2.0"><channel><item><title>x</title><link>http://a.cn/1.html</link><pubDate>Tue, 05 Mar 2024 '
    b"00:00:00 GMT</pubDate></item></channel></rss>",
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title><link href="/1.html"/>'
    b"<updated>2024-03-05T00:00:00Z</updated></entry></feed>",
    b"<datastore><totalrecord>3</totalrecord><recordset><record><![CDATA[<li><a href='/art/2024/3/5/art_1_2.html'>x</a>"
    b"</li>]]></record></recordset></datastore>",
)
XML_WORDS = (
    b"<item>", b"<entry>", b"<url>", b"<loc>http://[</loc>", b"<![CDATA[", b"]]>", b"&a;",
    b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaa'>]>", b"<!ENTITY b '&a;&a;&a;&a;'>", b"<pubDate>", b"99999999999",
    b"0000-00-00", b"<link href='", b"\x00", b"\xff", b"<a:b>", b"<", b'xmlns:a="', b"</", b"<record>",
    b"<totalrecord>",
)  # fmt: skip


QUERY_WORDS = (
    "开平", "nanjing gulou", "南京 鼓楼", "440783", "http://[", "www.a.cn", '"', "“", "”", "%", "_", "\\", "\x00",
    "\udc80", "'", "7d", "2024-13", "2024-02-30", "0000", "9" * 30, "d", "yesterday", "İ", "ﷺ", "ß", "-", "OR",
    "a" * 32, "0a" * 8, "://", "九", "\u202e", "http://news.example/a/t20240305_0.html", "٣d", "²d",
)  # fmt: skip
QUERIES = st.lists(st.sampled_from(QUERY_WORDS) | st.text(max_size=6), max_size=5).map("".join)
