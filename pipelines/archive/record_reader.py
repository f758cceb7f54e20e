"""The records of a WARC or ARC file in their order, and which responses and requests belong together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from attrs import field, frozen

from pipelines.archive.headers import (
    belong_together,
    parse_arc_line,
    parse_named_fields,
    parse_warc_fields,
    target_uri,
)
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import RENDERED_BY

WarcInfo = Mapping[str, str]
"""The fields of the last warcinfo record before a record, by their names as written."""

MAX_BLOCK_BYTES = 256 << 20
"""Longer blocks are skipped: no page has 256 MB, and a block must fit into memory several times."""

CONTENT_LENGTH = re.compile(r"[0-9]{1,18}")
"""A valid Content-Length: 64 bits have no more digits, and Python refuses to convert thousands of them."""

RESPONSE_TYPES = ("response", "revisit")
TYPES_WITHOUT_HTTP = ("resource", "conversion")
"""Types of records without HTTP headers, some of which hold a page."""

WEB_SCHEMES = ("http://", "https://")
HTML_TYPES = ("text/html", "application/xhtml+xml")
"""A `resource` record with such a URL and such a type holds a page (warcit writes them); others hold logs and
screenshots. A `conversion` holds a page if a browser rendered it; others hold texts."""

EMPTY_PAYLOAD = f"sha256:{hashlib.sha256().hexdigest()}"
"""The payload digest of an empty body."""


@frozen(kw_only=True)
class Record:
    """A WARC record: fields by lower-case name, and its block.

    `span` is offset and length in the file, or None if the record cannot be read without the bytes before it.
    """

    fields: Mapping[str, str]
    block: bytes = field(repr=False)
    span: tuple[int, int] | None

    @property
    def kind(self) -> str:
        """The WARC-Type in lower case."""
        return self.fields.get("warc-type", "").lower()

    @property
    def is_not_modified(self) -> bool:
        """Whether it is a 304 response; its payload digest field is then that of the original response."""
        return self.kind == "revisit" and "not-modified" in self.fields.get("warc-profile", "")

    @property
    def payload_digest(self) -> str:
        """The digest of the body that was received, if the record gives it; a 304 response has no body."""
        return EMPTY_PAYLOAD if self.is_not_modified else self.fields.get("warc-payload-digest", "")


def records(stream: RecordStream) -> Iterator[Record]:
    """Yield every whole record; if the file is damaged, `stream.damage` is afterwards the byte where reading ended."""
    stream.skip_line_ends()
    if stream.at_end():
        stream.spoil(0)
    while not stream.at_end():
        start = stream.position
        fields = _read_fields(stream)
        size = fields.get("content-length", "")
        block = _read_block(stream, int(size)) if CONTENT_LENGTH.fullmatch(size) else None
        if block is None:
            stream.spoil(start)
            return
        stream.skip_line_ends()
        if stream.torn(start):
            return
        yield Record(fields=fields, block=block, span=stream.span(start))


def exchanges(found: Iterator[Record]) -> Iterator[tuple[WarcInfo, Record, Record | None]]:
    """Yield each response or revisit with its warcinfo and its request, which comes directly before or after it."""
    info: WarcInfo = {}
    response: Record | None = None
    request: Record | None = None
    for record in found:
        if response and record.kind == "request" and belong_together(response.fields, record.fields):
            yield info, response, record
            response = None
            continue
        if response and (_is_response(record) or record.kind in ("request", "warcinfo")):
            yield info, response, None
            response = None
        if record.kind == "warcinfo":
            info = parse_named_fields(record.block)
        elif record.kind == "request":
            request = record
        elif _is_response(record) and request and belong_together(request.fields, record.fields):
            yield info, record, request
            request = None
        elif _is_response(record):
            response = record
    if response:
        yield info, response, None


def _read_fields(stream: RecordStream) -> Mapping[str, str]:
    """Read the header of a WARC or ARC record; empty if there is neither."""
    if stream.begins(b"WARC/"):
        return parse_warc_fields(stream.header() or b"")
    return parse_arc_line(stream.line() or b"")


def _is_response(record: Record) -> bool:
    """Tell whether a record is a response or revisit, or a page without HTTP headers."""
    if record.kind not in TYPES_WITHOUT_HTTP:
        return record.kind in RESPONSE_TYPES
    on_the_web = target_uri(record.fields).startswith(WEB_SCHEMES)
    page = on_the_web and record.fields.get("content-type", "").lower().startswith(HTML_TYPES)
    return page and (record.kind == "resource" or RENDERED_BY.lower() in record.fields)


def _read_block(stream: RecordStream, size: int) -> bytes | None:
    """Read a block; a block above the limit is skipped and returned empty. None if the file ends within it."""
    if size > MAX_BLOCK_BYTES:
        return b"" if stream.skip(size) else None
    return stream.take(size)
