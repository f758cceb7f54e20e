"""CDXJ: the index of a WARC by URL and time, as pywb and other players read it.

A line for each record that holds a capture: SURT, second, and a JSON object with the location of the record::

    cn,example,news)/a.html 20260304050607 {"url": "http://news.example.cn/a.html", "mime": "text/html", …}

The lines of a file are sorted by byte, so that `sort -m` merges files into one index.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from pipelines.archive.answers import Answer, answer_of
from pipelines.archive.headers import HttpMessage, parse_http
from pipelines.archive.method_query import method_query, with_query
from pipelines.archive.record_reader import ANSWER_TYPES, Record, exchanges, joined_segments
from pipelines.model import Headers, Location

INDEX_FOLDER = "cdx/"
INDEX_SUFFIX = ".cdxj"

WHITE_SPACE = re.compile(r"\s")
MIME_END = re.compile(r"[;\s]")
"""What ends the media type in a Content-Type header."""


def cdxj_key(key: str) -> str:
    """Return the key of the index of a WARC file.

    >>> cdxj_key("warc/x/2026/03/a.warc.gz")
    'cdx/x/2026/03/a.cdxj'
    """
    return INDEX_FOLDER + key.removeprefix("warc/").removesuffix(".gz").removesuffix(".warc") + INDEX_SUFFIX


def cdxj_content(lines: Iterable[str]) -> bytes:
    """Return the content of the index with these lines; equal records give equal bytes."""
    return "".join(sorted(set(lines))).encode()


def read_cdxj(content: bytes) -> list[Location]:
    """Return the locations in an index, sorted by file and offset; raises ValueError if a line is not CDXJ."""
    locations = (_location(line) for line in content.decode().splitlines())
    return sorted(locations, key=lambda each: (each.file, each.offset))


def cdxj_lines(found: Iterable[Record], key: str) -> Iterator[str]:
    """Yield the index lines of a file's records; records that hold no capture or cannot be read alone have none."""
    for _, record, request in exchanges(joined_segments(found)):
        if line := cdxj_line(record, key, request):
            yield line


def cdxj_line(record: Record, key: str, request: Record | None = None) -> str:
    """Return the index line of a record and its request; empty if it holds no capture or cannot be read alone.

    Renderings are not indexed: players would show them as what the server sent.
    """
    if record.span is None or record.kind not in ANSWER_TYPES:
        return ""
    answer = answer_of(record)
    if not isinstance(answer, Answer):
        return ""
    url = answer.url.replace(" ", "%20")
    message = answer.message
    values = {
        "url": url,
        "mime": "warc/revisit" if record.kind == "revisit" else _mime(message.headers if message else ()),
        "status": message.start[1] if message and record.kind != "resource" else None,
        "digest": record.fields.get("warc-payload-digest") or _digest(record, message),
        "length": str(record.span[1]),
        "offset": str(record.span[0]),
        "filename": key,
    }
    sent = parse_http(request.block) if request else None
    asked = method_query(sent) if sent else None
    if asked:
        values |= {"requestBody": asked[1], "method": asked[0]}
    document = json.dumps({name: value for name, value in values.items() if value is not None})
    return f"{surt_key(with_query(url, *asked) if asked else url)} {answer.at:%Y%m%d%H%M%S} {document}\n"


def _digest(record: Record, message: HttpMessage | None) -> str | None:
    """Return the digest of a body whose record has none, as most programs write it: players find revisits by it."""
    if message is None or record.kind == "revisit":
        return None
    return "sha1:" + base64.b32encode(hashlib.sha1(message.body, usedforsecurity=False).digest()).decode()


def _location(line: str) -> Location:
    try:
        values = json.loads(line.split(" ", 2)[-1])
        return Location(file=values["filename"], offset=int(values["offset"]), length=int(values["length"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(f"not a CDXJ line: {line}") from error


def _mime(headers: Headers) -> str | None:
    value = next((value for name, value in headers if name.lower() == "content-type"), None)
    return None if value is None else MIME_END.split(value, maxsplit=1)[0]


def surt_key(url: str) -> str:
    """Return the SURT of a URL without spaces, which end a key; an address that is not a web URL stays as it is."""
    from surt import surt

    try:
        found = str(surt(url))
    except ValueError:
        found = url
    return WHITE_SPACE.sub("%20", found)
