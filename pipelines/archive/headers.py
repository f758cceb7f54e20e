"""Parsing of record headers and HTTP messages as any program writes them: WARC fields, ARC lines, HTTP."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping

from attrs import frozen

from pipelines.archive.records import CERTIFICATE, REMOVED_PREFIX
from pipelines.masking import without_credentials
from pipelines.model import Headers, Tls

LINE_END = re.compile(rb"\r?\n")
HEADER_END = re.compile(rb"\n\r{0,2}\n")
FOLDED_LINE = re.compile(r"(?<![ \t])[ \t]*\n[ \t]+")

MAX_HTTP_HEADER_BYTES = 1 << 20
"""Longer headers are no HTTP: servers and browsers stop at 8 to 256 kB."""
REPEATABLE_FIELDS = {"warc-concurrent-to", "warc-protocol"}
"""Fields that a record can have several times."""

RESPONSE_PROTOCOL = re.compile(r"HTTP/[0-9.]+|ICY|h[23]", re.IGNORECASE)
"""Protocols in status lines that browsers accept, in any case: media servers write ICY, some tools h2."""

START_LINE = re.compile(r"(\S+)[ \t]+(\S+)(?:[ \t](.*))?", re.DOTALL)
"""The first line of a message. HTTP/2 and many old servers omit the reason; some write two spaces before it."""

UNUSUAL_DATE = re.compile(
    r"""
    (?P<year>\d{4}) (?: -?(?P<month>\d\d) (?: -?(?P<day>\d\d|(?<=-)\d{3})
    (?: [T ]?(?P<hour>\d\d) (?: :?(?P<minute>\d\d) (?: :?(?P<second>\d\d) (?: \.\d+ )? )? )? )? )? )?
    (?P<zone>Z|[+-]\d\d:?\d\d)?
    """,
    re.VERBOSE | re.ASCII,
)
"""A date that Python does not read: incomplete, without separators, with a day of the year or a leap second."""

LAST_SECOND = 59
"""The last second of a minute; one after it is a leap second (RFC 3339, appendix D)."""

CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")

ARC_RECORD_LINE = re.compile(
    rb"""
    (?P<url>[a-z][a-z0-9+.-]*:[^\r\n]*)     # URL, which can contain spaces
    [ ](?P<ip>[0-9A-Fa-f.:]+|-)             # IP address of the server, or -
    [ ](?P<date>[0-9]{8,17})                # date in UTC, 14 digits; some programs write more or fewer
    [ ](?P<type>[^ \r\n]*)                  # content type
    (?:[ ][^ \r\n]+){0,5}?                  # up to five more fields in version 2
    [ ](?P<size>[0-9]{1,18})\r?\n           # length of the content
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The line before a record of an ARC file, version 1 or 2 (Internet Archive, ARC File Format, 1996)."""

ARC_FILE_HEADER = b"filedesc:"
"""Start of the first line of an ARC file, which describes the file."""


@frozen(kw_only=True)
class HttpMessage:
    """An HTTP message: the three words of its first line, its headers and its body."""

    start: tuple[str, str, str]
    headers: Headers
    body: bytes


def parse_named_fields(block: bytes) -> dict[str, str]:
    """Return the fields of a warcinfo block (UTF-8, §4), the first of each name; lines without a colon are ignored."""
    return dict(reversed(_header_lines(block.decode("utf-8", "replace"))))


def parse_warc_fields(header: bytes) -> dict[str, str]:
    """Return the fields of a record header by lower-case name: field names are case-insensitive (§4).

    The first value of a repeated field counts; values of repeatable fields are joined by commas.
    """
    fields: dict[str, str] = {}
    for name, value in _header_lines(header.decode("utf-8", "surrogateescape")):
        key = name.lower()
        text = value if value.isascii() else _as_unicode(value, is_url=key.endswith("-uri"))
        if key in REPEATABLE_FIELDS and key in fields:
            fields[key] += f", {text}"
        else:
            fields.setdefault(key, text)
    return fields


def parse_arc_line(line: bytes) -> dict[str, str]:
    """Return the line before an ARC record as the fields of a WARC record; empty if it is not such a line.

    The first line of an ARC file always gives fields; without a length if it is not as the format says.

    >>> parse_arc_line(b"http://a.cn/ 192.0.2.1 19990102030405 text/html 42\\n")["warc-date"]
    '1999-01-02T03:04:05Z'
    """
    kind = "warcinfo" if line[: len(ARC_FILE_HEADER)].lower() == ARC_FILE_HEADER else "response"
    parts = ARC_RECORD_LINE.fullmatch(line)
    if parts is None:
        return {"warc-type": kind} if kind == "warcinfo" else {}
    fields = {
        "warc-type": kind,
        "warc-target-uri": _as_unicode(parts["url"].decode("utf-8", "surrogateescape"), is_url=True),
        "warc-date": _arc_date(parts["date"].decode()),
        "content-length": parts["size"].decode(),
    }
    return fields | ({"warc-ip-address": parts["ip"].decode()} if len(parts["ip"]) > 1 else {})


def parse_http(block: bytes) -> HttpMessage | None:
    """Return the HTTP message in a record's block, or None if its header is not one of HTTP, or is too long."""
    end = HEADER_END.search(block, 0, MAX_HTTP_HEADER_BYTES)
    if end is None and len(block) > MAX_HTTP_HEADER_BYTES:
        return None
    header, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    start, _, lines = header.decode("latin-1").partition("\n")
    words = START_LINE.fullmatch(start.rstrip("\r"))
    if words is None or not ("HTTP/" in start or RESPONSE_PROTOCOL.fullmatch(words[1])):
        return None
    return HttpMessage(start=(words[1], words[2], words[3] or ""), headers=tuple(_header_lines(lines)), body=body)


def without_transfer_coding(message: HttpMessage) -> tuple[Headers, bytes]:
    """Return the headers as the server sent them, and the body without its transfer coding.

    wget and Heritrix store the body with its chunks; other programs store the joined body under the same header. So
    only a body that consists of chunks from its start to its end is joined.
    """
    headers = tuple(
        (name[len(REMOVED_PREFIX) :] if name.lower() == "x-crawler-transfer-encoding" else name, value)
        for name, value in message.headers
    )
    chunked = any(n.lower() == "transfer-encoding" and "chunked" in v.lower() for n, v in message.headers)
    joined = dechunk(message.body) if chunked else None
    return headers, message.body if joined is None else joined


def dechunk(body: bytes) -> bytes | None:
    """Return the joined chunks of a body (RFC 9112 §7.1), which can be truncated; None if it is not chunked.

    >>> dechunk(b"3;x=y\\r\\nabc\\r\\n1\\r\\nd\\r\\n0\\r\\nTrailer: x\\r\\n\\r\\n")
    b'abcd'
    >>> dechunk(b"<html>") is None
    True
    """
    pieces: list[memoryview] = []
    at, view = 0, memoryview(body)
    while size := CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(pieces)
        pieces.append(view[size.end() : size.end() + length])
        at = size.end() + length
        line_end = LINE_END.match(body, at)
        if line_end is None:
            break
        at = line_end.end()
    return b"".join(pieces) if pieces and at >= len(body) else None


def parse_warc_date(text: str) -> dt.datetime | None:
    """Return a WARC-Date as an aware time in UTC, or None if it is invalid.

    What is missing at its end is the earliest possible: WARC/1.1 allows a year alone (§5.4). Times of 14 digits and the
    dates of ClueWeb09, which have the day of the year after the month, are read too. A leap second is read as the
    second before it, because Python and most programs know none.

    >>> parse_warc_date("2026-01-02T03:04:05.123456Z").isoformat()
    '2026-01-02T03:04:05.123456+00:00'
    >>> [f"{parse_warc_date(text):%Y-%m-%d %H:%M}" for text in ("2024-02", "2008-10-294T01:02:03-0700")]
    ['2024-02-01 00:00', '2008-10-20 08:02']
    >>> parse_warc_date("2016-12-31T23:59:60Z").isoformat()
    '2016-12-31T23:59:59+00:00'
    """
    try:
        at = _date(text)
        at = at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None
    return at if 1 < at.year < 9999 else None  # so that the day before and the day after exist in every time zone


def _date(text: str) -> dt.datetime:
    """Return the time that a text gives; raises ValueError if it gives none."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        parts = UNUSUAL_DATE.fullmatch(text.strip())
        if parts is None:
            raise
    year, month, day = (int(parts[name] or 1) for name in ("year", "month", "day"))
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    second = LAST_SECOND if second == LAST_SECOND + 1 else second
    zone = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{parts['zone'] or 'Z'}").tzinfo
    at = dt.datetime(year, month, 1, hour, minute, second, tzinfo=zone)
    if day > calendar.monthrange(year, month)[1]:
        of_year = dt.datetime(year, 1, 1, tzinfo=zone) + dt.timedelta(days=day - 1)
        if of_year.month != month:
            raise ValueError(text)
        day = of_year.day
    return at.replace(day=day)


def target_uri(fields: Mapping[str, str], name: str = "warc-target-uri") -> str:
    """Return a URL of a record without user, password and the angle brackets of WARC/1.0, which wget writes."""
    return without_credentials(fields.get(name, "").removeprefix("<").removesuffix(">"))


def belong_together(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether a request and a response belong together: by WARC-Concurrent-To, or else by an equal target URI."""
    ids = {*list_values(one, "warc-concurrent-to"), *list_values(other, "warc-concurrent-to")}
    if ids:
        return bool(ids & {one.get("warc-record-id"), other.get("warc-record-id")})
    return target_uri(one) == target_uri(other)


def list_values(fields: Mapping[str, str], name: str) -> list[str]:
    """Return all values of a repeatable field.

    >>> list_values({"warc-protocol": "http/1.1, tls/1.3"}, "warc-protocol")
    ['http/1.1', 'tls/1.3']
    """
    return [value for part in fields.get(name, "").split(",") if (value := part.strip())]


def tls_from_fields(fields: Mapping[str, str]) -> Tls | None:
    """Return protocol, cipher and certificate of the connection, or None if the record names no TLS protocol."""
    layers = [each for each in list_values(fields, "warc-protocol") if each.lower().startswith(("tls/", "ssl/"))]
    if not layers:
        return None
    return Tls(protocol=layers[0], cipher=fields.get("warc-cipher-suite"), certificate=fields.get(CERTIFICATE.lower()))


def _header_lines(header: str) -> list[tuple[str, str]]:
    """Return name and value of each `name: value` line; a line that begins with a space continues the one before."""
    header = header.replace("\r\n", "\n").removesuffix("\r")
    if "\r\n" in header:  # CR CR LF
        header = header.replace("\r\n", "\n").removesuffix("\r")
    if "\n " in header or "\n\t" in header:
        header = FOLDED_LINE.sub(" ", header)
    parts = (line.partition(":") for line in header.split("\n"))
    return [(name.strip(" \t"), value.strip(" \t")) for name, colon, value in parts if colon]


def _as_unicode(value: str, *, is_url: bool) -> str:
    """Return a value with its undecodable bytes as U+FFFD; in a URL with such bytes all but ASCII is %-encoded.

    >>> _as_unicode(b"http://a.cn/\\xd0\\xc2".decode("utf-8", "surrogateescape"), is_url=True)
    'http://a.cn/%D0%C2'
    """
    data = value.encode("utf-8", "surrogateescape")
    if not is_url or value.encode("utf-8", "replace") == data:
        return data.decode("utf-8", "replace")
    return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in data)


def _arc_date(digits: str) -> str:
    """Return the digits of a time as a WARC-Date; more than 14 are cut off, fewer give a date as far as it goes."""
    if len(digits) < 14:
        return digits
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}Z"
