"""CDXJ: the index of a WARC by URL and time, as pywb and other players read it.

A line for each response and revisit: SURT, second, and a JSON object with the location of the record::

    cn,example,news)/a.html 20260304050607 {"url": "http://news.example.cn/a.html", "mime": "text/html", …}

The lines of a file are sorted by byte, so that `sort -m` merges files into one index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from pipelines.archive.headers import parse_http, parse_warc_date, target_uri
from pipelines.archive.record_reader import Record
from pipelines.model import Headers, Location

INDEX_FOLDER = "cdx/"
INDEX_SUFFIX = ".cdxj"

INDEXED_TYPES = ("response", "revisit")
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


def cdxj_line(record: Record, key: str) -> str:
    """Return the index line of a record; empty for types that are not indexed and records that cannot be read alone."""
    at = parse_warc_date(record.fields.get("warc-date", ""))
    if record.kind not in INDEXED_TYPES or record.span is None or at is None:
        return ""
    url = target_uri(record.fields).replace(" ", "%20")
    message = parse_http(record.block)
    values = {
        "url": url,
        "mime": "warc/revisit" if record.kind == "revisit" else _mime(message.headers if message else ()),
        "status": message.start[1] if message else None,
        "digest": record.fields.get("warc-payload-digest"),
        "length": str(record.span[1]),
        "offset": str(record.span[0]),
        "filename": key,
    }
    document = json.dumps({name: value for name, value in values.items() if value is not None})
    return f"{_surt(url)} {at:%Y%m%d%H%M%S} {document}\n"


def _location(line: str) -> Location:
    values = json.loads(line.split(" ", 2)[-1])
    if not isinstance(values, dict) or not {"filename", "offset", "length"} <= values.keys():
        raise ValueError(f"not a CDXJ line: {line}")
    return Location(file=values["filename"], offset=int(values["offset"]), length=int(values["length"]))


def _mime(headers: Headers) -> str | None:
    value = next((value for name, value in headers if name.lower() == "content-type"), None)
    return None if value is None else MIME_END.split(value, maxsplit=1)[0]


def _surt(url: str) -> str:
    """Return the SURT of a URL; an address that is not a web URL stays as it is."""
    from surt import surt

    try:
        return str(surt(url))
    except ValueError:
        return url
