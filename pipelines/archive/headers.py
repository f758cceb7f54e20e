"""WARC fields and HTTP messages as programs of every kind wrote them, taken apart again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from attrs import frozen

from pipelines.archive.records import CERTIFICATE, TAKEN_OFF
from pipelines.model import Headers, Tls

LINE_END = re.compile(rb"\r?\n")
HEAD_END = re.compile(rb"\r?\n\r?\n")
FOLD = re.compile(r"[ \t]*\n[ \t]+")
REPEATED = {"warc-concurrent-to", "warc-protocol"}
START = re.compile(r"(\S+)[ \t]+(\S+)(?:[ \t](.*))?", re.DOTALL)
"""The first line of a message; HTTP/2 and many old servers leave the reason out, some put a second space before it."""

CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
ARC_LINE = re.compile(
    rb"(?P<url>[a-z][a-z0-9+.-]*:[^\r\n]*) (?P<ip>[0-9A-Fa-f.:]+|-) (?P<date>[0-9]{8,14}) (?P<type>[^ \r\n]*)"
    rb"(?: [^ \r\n]+){0,5}? (?P<size>[0-9]{1,18})\r?\n"
)
"""A URL record of version 1, or with up to five fields more of version 2; addresses may have spaces in them.

Internet Archive, ARC File Format (1996): URL, IP address, date in UTC, content type, …, length of what follows.
"""

ARC_FILE_HEAD = "filedesc://"


@frozen(kw_only=True)
class Message:
    """An HTTP message: the three words of its first line, its headers and whatever follows them."""

    start: tuple[str, str, str]
    headers: Headers
    body: bytes


def named_fields(block: bytes) -> dict[str, str]:
    """Return named fields, UTF-8 (§4), the first of each name; lines without a colon are passed over."""
    return dict(reversed(_named(block.decode("utf-8", "replace"))))


def warc_fields(head: bytes) -> dict[str, str]:
    """Return the fields of a record's head by lower-case name, because their case means nothing (§4).

    Of a field that stands there twice the first counts; those that may be repeated are one list with commas.
    """
    fields: dict[str, str] = {}
    for name, value in _named(head.decode("utf-8", "replace")):
        key = name.lower()
        if key in REPEATED and key in fields:
            fields[key] += f", {value}"
        else:
            fields.setdefault(key, value)
    return fields


def arc_fields(line: bytes) -> dict[str, str]:
    """Return what the line before an ARC record says, as the fields of a WARC record, or nothing if it is none.

    >>> arc_fields(b"http://a.cn/ 192.0.2.1 19990102030405 text/html 42\\n")["warc-date"]
    '1999-01-02T03:04:05Z'
    """
    said = ARC_LINE.fullmatch(line)
    if said is None:
        return {}
    url = said["url"].decode("utf-8", "replace")
    fields = {
        "warc-type": "warcinfo" if url.startswith(ARC_FILE_HEAD) else "response",
        "warc-target-uri": url,
        "warc-date": _iso(said["date"].decode()),
        "content-length": said["size"].decode(),
    }
    return fields | ({"warc-ip-address": said["ip"].decode()} if len(said["ip"]) > 1 else {})


def http_message(block: bytes) -> Message | None:
    """Return the HTTP message in a record's block, or None if it does not begin like one."""
    end = HEAD_END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    start, _, lines = head.decode("latin-1").partition("\n")
    words = START.fullmatch(start.removesuffix("\r"))
    if words is None or "HTTP/" not in start:
        return None
    return Message(start=(words[1], words[2], words[3] or ""), headers=tuple(_named(lines)), body=body)


def restored(message: Message) -> tuple[Headers, bytes]:
    """Return headers as they came and the body without transfer-encoding, whoever of us or them took it off.

    wget and Heritrix keep chunks in the body, others took them off and left the header: only a body that is chunked
    from end to end is joined.
    """
    named = tuple(
        (name[len(TAKEN_OFF) :] if name.lower() == "x-crawler-transfer-encoding" else name, value)
        for name, value in message.headers
    )
    chunked = any(n.lower() == "transfer-encoding" and "chunked" in v.lower() for n, v in message.headers)
    joined = dechunked(message.body) if chunked else None
    return named, message.body if joined is None else joined


def dechunked(body: bytes) -> bytes | None:
    """Return the joined chunks of a body (RFC 9112 §7.1), or None if it is not chunked; it may be cut off.

    >>> dechunked(b"3;x=y\\r\\nabc\\r\\n1\\r\\nd\\r\\n0\\r\\nTrailer: x\\r\\n\\r\\n")
    b'abcd'
    >>> dechunked(b"<html>") is None
    True
    """
    pieces: list[bytes] = []
    at = 0
    while size := CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(pieces)
        pieces.append(body[size.end() : size.end() + length])
        at = size.end() + length
        line_end = LINE_END.match(body, at)
        if line_end is None:
            break
        at = line_end.end()
    return b"".join(pieces) if pieces and at >= len(body) else None


def moment(text: str) -> dt.datetime | None:
    """Return a WARC-Date as aware UTC, or None if it is none; a date alone is its midnight.

    >>> moment("2026-01-02T03:04:05.123456Z").isoformat()
    '2026-01-02T03:04:05.123456+00:00'
    """
    try:
        at = dt.datetime.fromisoformat(text)
        at = at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None
    return at if 1 < at.year < 9999 else None  # the day before and after exists in every time zone


def target(fields: Mapping[str, str], name: str = "warc-target-uri") -> str:
    """Return an address, without the angle brackets that wget puts round it after WARC/1.0."""
    return fields.get(name, "").removeprefix("<").removesuffix(">")


def linked(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether a request and a response belong together: by WARC-Concurrent-To, else by the same target."""
    ids = {*listed(one, "warc-concurrent-to"), *listed(other, "warc-concurrent-to")}
    if ids:
        return bool(ids & {one.get("warc-record-id"), other.get("warc-record-id")})
    return target(one) == target(other)


def listed(fields: Mapping[str, str], name: str) -> list[str]:
    """Return every value of a field that may be repeated.

    >>> listed({"warc-protocol": "http/1.1, tls/1.3"}, "warc-protocol")
    ['http/1.1', 'tls/1.3']
    """
    return [value for part in fields.get(name, "").split(",") if (value := part.strip())]


def secured(fields: Mapping[str, str]) -> Tls | None:
    """Return how the connection was secured, where a record says so."""
    layers = [each for each in listed(fields, "warc-protocol") if each.lower().startswith(("tls/", "ssl/"))]
    if not layers:
        return None
    return Tls(protocol=layers[0], cipher=fields.get("warc-cipher-suite"), certificate=fields.get(CERTIFICATE.lower()))


def _named(head: str) -> list[tuple[str, str]]:
    """Return the `name: value` lines, those that begin with white space joined to the one before."""
    head = head.replace("\r\n", "\n")
    if "\n " in head or "\n\t" in head:
        head = FOLD.sub(" ", head)
    parts = (line.partition(":") for line in head.split("\n"))
    return [(name.strip(" \t"), value.strip(" \t")) for name, colon, value in parts if colon]


def _iso(digits: str) -> str:
    """Return a time of 14 digits as WARC-Date has it; what is missing at its end is zero."""
    full = digits.ljust(14, "0")
    return f"{full[:4]}-{full[4:6]}-{full[6:8]}T{full[8:10]}:{full[10:12]}:{full[12:]}Z"
