"""CDXJ: the index of a WARC by address and time, as pywb and its kin read it.

A line for each response and revisit: SURT, second, and a JSON object that says where the record lies::

    cn,example,news)/a.html 20260304050607 {"url": "http://news.example.cn/a.html", "mime": "text/html", …}

The lines of a file are sorted by byte, so that files merge into one index by `sort -m` alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from pipelines.archive.headers import http_message, moment, target
from pipelines.archive.record_reader import Record
from pipelines.model import Headers, Location

FOLDER = "cdx/"
SUFFIX = ".cdxj"

INDEXED = ("response", "revisit")
MIME_END = re.compile(r"[;\s]")


def cdxj_key(key: str) -> str:
    """Return the key of the index of a WARC.

    >>> cdxj_key("warc/x/2026/03/a.warc.gz")
    'cdx/x/2026/03/a.cdxj'
    """
    return FOLDER + key.removeprefix("warc/").removesuffix(".gz").removesuffix(".warc") + SUFFIX


def write_cdxj(lines: Iterable[str]) -> bytes:
    """Return the index with these lines; the same records always have the same."""
    return "".join(sorted(set(lines))).encode()


def read_cdxj(content: bytes) -> list[Location]:
    """Return where the captures of an index lie, by file and offset; raises ValueError if a line is none of CDXJ."""
    return sorted((_place(line) for line in content.decode().splitlines()), key=lambda each: (each.file, each.offset))


def cdxj_line(record: Record, key: str) -> str:
    """Return the line of a record of a WARC; nothing if it is no response or revisit, or cannot be read alone."""
    at = moment(record.fields.get("warc-date", ""))
    if record.kind not in INDEXED or record.span is None or at is None:
        return ""
    url = target(record.fields).replace(" ", "%20")
    message = http_message(record.block)
    told = {
        "url": url,
        "mime": "warc/revisit" if record.kind == "revisit" else _mime(message.headers if message else ()),
        "status": message.start[1] if message else None,
        "digest": record.fields.get("warc-payload-digest"),
        "length": str(record.span[1]),
        "offset": str(record.span[0]),
        "filename": key,
    }
    said = json.dumps({name: value for name, value in told.items() if value is not None})
    return f"{_surt(url)} {at:%Y%m%d%H%M%S} {said}\n"


def _place(line: str) -> Location:
    said = json.loads(line.split(" ", 2)[-1])
    if not isinstance(said, dict) or not {"filename", "offset", "length"} <= said.keys():
        raise ValueError(f"no line of CDXJ: {line}")
    return Location(file=said["filename"], offset=int(said["offset"]), length=int(said["length"]))


def _mime(headers: Headers) -> str | None:
    value = next((value for name, value in headers if name.lower() == "content-type"), None)
    return None if value is None else MIME_END.split(value, maxsplit=1)[0]


def _surt(url: str) -> str:
    """Return the sort-friendly form of an address; one that is none of the web's stays as it is."""
    from surt import surt

    try:
        return str(surt(url))
    except ValueError:
        return url
