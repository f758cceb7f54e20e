"""WARC and ARC files as other programs write them."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable, Iterable

import zstandard

DATE = "2020-01-02T03:04:05Z"
URL = "http://a.cn/"
BODY = b"<p>abcd"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
IDENTICAL = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"


def record(
    kind: str, block: bytes = HEAD + BODY, url: str = URL, version: str = "WARC/1.0", date: str = DATE, **more: str
) -> bytes:
    """Return a record; `more` are further fields, with `_` for `-` and without `WARC-`, unless they are Content-…."""
    kinds = {"response": "application/http; msgtype=response", "request": "application/http; msgtype=request"}
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {url} {date}')}>",
        "WARC-Date": date,
        "WARC-Target-URI": url,
        "Content-Type": kinds.get(kind, kinds["response"]),
        **{("" if name.startswith("Content") else "WARC-") + name.replace("_", "-"): more[name] for name in more},
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def record_id(kind: str, url: str = URL, date: str = DATE) -> str:
    """Return the id that `record` gives its record."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {url} {date}')}>"


def sha1(body: bytes) -> str:
    """Return the digest of a body as most programs write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


def revisit(date: str, **more: str) -> bytes:
    """Return a revisit of `URL`; `more` are the fields that refer to its original."""
    return record("revisit", HEAD, date=date, Profile=IDENTICAL, **more)


def http(start: str, *headers: str, body: bytes = BODY) -> bytes:
    """Return an HTTP message."""
    return "\r\n".join((start, *headers, "", "")).encode() + body


def chunked(body: bytes, size: int = 5) -> bytes:
    """Return a body with chunked transfer coding."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def arc(*wanted: tuple[str, bytes], version: int = 1) -> list[bytes]:
    """Return the first record of an ARC file and its records, made from URLs and HTTP messages."""
    more = b"" if version == 1 else b" 200 - - 1234 a.arc.gz"
    names = b"URL IP-address Archive-date Content-type Archive-length\n"
    block = b"%d 0 InternetArchive\n%s" % (version, names)
    head = b"filedesc://a.arc.gz 0.0.0.0 20200102030405 text/plain%s %d\n%s\n" % (more, len(block), block)
    return [
        head,
        *(
            b"%s 192.0.2.1 20200102030405 text/html%s %d\n%s\n" % (url.encode(), more, len(block), block)
            for url, block in wanted
        ),
    ]


def zstd(records: Iterable[bytes], dictionary: bytes = b"", pack: Callable[[bytes], bytes] = bytes) -> bytes:
    """Return records as a zstd frame each, after the dictionary in a skippable frame; `pack` can compress it."""
    loaded = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    frame = pack(dictionary)
    head = b"\x5d\x2a\x4d\x18" + len(frame).to_bytes(4, "little") + frame if dictionary else b""
    return head + b"".join(zstandard.ZstdCompressor(dict_data=loaded).compress(each) for each in records)
