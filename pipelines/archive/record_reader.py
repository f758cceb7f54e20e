"""The records of a WARC or ARC file in their order, and which responses and requests belong together."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from attrs import field, frozen

from pipelines.archive.headers import (
    belong_together,
    parse_arc_line,
    parse_named_fields,
    parse_warc_fields,
)
from pipelines.archive.record_stream import BlockEnd, RecordStream
from pipelines.archive.records import RENDERED_BY, WARCINFO_ID
from pipelines.model import MAX_BODY_BYTES

WarcInfo = Mapping[str, str]
"""The fields of the warcinfo record that describes a record, by their names as written."""

MAX_WARCINFO_BYTES = 64 << 20
"""Bytes of warcinfo records that are kept for later records that name them: a shared file has one of some kB for each
crawl of a day. A record that names a later one gets the last one before it."""

MAX_BLOCK_BYTES = MAX_BODY_BYTES + (4 << 20)
"""Longer blocks, or segments that join to one, are skipped; 4 MB are for the headers and the lines between chunks."""

MAX_INFO_BYTES = 1 << 20
"""Bytes of a warcinfo that are read: fangzhi's own, with the site of a file, has some kB."""

MAX_INFO_FIELDS = 100
"""Fields of a warcinfo that are kept: those of any program are some twenty."""

CONTENT_LENGTH = re.compile(r"[0-9]{1,18}")
"""A valid Content-Length: 64 bits have no more digits, and Python refuses to convert thousands of them."""

ANSWER_TYPES = ("response", "revisit", "resource")
"""Types of records that hold what a server answered, or a page or file as it lay on the server."""

OTHER_TYPES = {"conversion": "conversion", "continuation": "segment"}
"""The codes for records of types that hold no capture; see `model.codes.SKIPPED`."""
RECORD_ENDS = (b"\r\n\r\n", b"\n\n")
"""What ends a record of a WARC file (§4); some programs write line feeds alone."""

EMPTY_PAYLOAD = f"sha256:{hashlib.sha256().hexdigest()}"
"""The payload digest of an empty body."""


@frozen(kw_only=True)
class Record:
    """A WARC record: fields by lower-case name, and its block.

    `span` is offset and length in the file, or None if the record cannot be read without the bytes before it. A `torn`
    record lacks the end of its block.
    """

    fields: Mapping[str, str]
    block: bytes = field(repr=False)
    span: tuple[int, int] | None
    torn: bool = False

    @property
    def kind(self) -> str:
        """The WARC-Type in lower case."""
        return self.fields.get("warc-type", "").lower()

    @property
    def warcinfo(self) -> str:
        """The id of the warcinfo record that describes it; empty if it names none."""
        return self.fields.get(WARCINFO_ID.lower(), "")

    @property
    def is_not_modified(self) -> bool:
        """Whether it is a 304 response; its payload digest field is then that of the original response."""
        return self.kind == "revisit" and "not-modified" in self.fields.get("warc-profile", "")

    @property
    def payload_digest(self) -> str:
        """The digest of the body that was received, if the record gives it; a 304 response has no body."""
        return EMPTY_PAYLOAD if self.is_not_modified else self.fields.get("warc-payload-digest", "")


def records(stream: RecordStream) -> Iterator[Record]:
    """Yield every record, also those behind damaged bytes unless the stream is strict; see `stream.gaps` for these.

    A record that is shorter than its Content-Length says is yielded as it is; it is `torn` if its end is missing.
    """
    stream.skip_line_ends()
    found = False
    while not (stream.strict and stream.gaps):
        if stream.at_end():
            if not stream.go_on():
                break
            stream.skip_line_ends()
            continue
        start = stream.position
        record = _read_record(stream, start)
        if record is not None:
            found = True
            yield record
        elif not stream.is_broken(start) and not stream.is_torn(start):
            stream.find_record(start)
            stream.add_gap(stream.file_offset(start), stream.file_offset(stream.position))
        elif not stream.go_on():
            break
    if not found and not stream.gaps:
        stream.add_gap(0, 0)


def exchanges(
    found: Iterable[Record], skipped: Counter[str] | None = None
) -> Iterator[tuple[WarcInfo, Record, Record | None]]:
    """Yield each record with an answer, its warcinfo and its request, which comes directly before or after it.

    The warcinfo is the one that the record names, if that lies before it, else the last one before it. Records of other
    types than `warcinfo`, `request` and `metadata` are counted in `skipped`.
    """
    info: WarcInfo = {}
    infos: dict[str, WarcInfo] = {}
    info_bytes = 0
    response: Record | None = None
    request: Record | None = None
    for record in found:
        if response and record.kind == "request" and belong_together(response.fields, record.fields):
            yield infos.get(response.warcinfo, info), response, record
            response = None
            continue
        if response and (_is_answer(record) or record.kind in ("request", "warcinfo")):
            yield infos.get(response.warcinfo, info), response, None
            response = None
        if record.kind == "warcinfo":
            info = dict(islice(parse_named_fields(record.block[:MAX_INFO_BYTES]).items(), MAX_INFO_FIELDS))
            info_bytes += len(record.block)
            if info_bytes <= MAX_WARCINFO_BYTES and (name := record.fields.get("warc-record-id")):
                infos[name] = info
        elif record.kind == "request":
            request = record
        elif _is_answer(record) and request and belong_together(request.fields, record.fields):
            yield infos.get(record.warcinfo, info), record, request
            request = None
        elif _is_answer(record):
            response = record
        elif skipped is not None and record.kind != "metadata":
            skipped[OTHER_TYPES.get(record.kind, "unknown-type")] += 1
    if response:
        yield infos.get(response.warcinfo, info), response, None


def joined_segments(found: Iterable[Record]) -> Iterator[Record]:
    """Yield records, the segments of one (§7) joined if they follow each other; a record without its rest is `torn`."""
    segments: _Segments | None = None
    for record in found:
        if segments and record.kind == "continuation" and segments.continue_with(record):
            continue
        if segments:
            yield segments.joined()
            segments = None
        if record.fields.get("warc-segment-number") == "1" and record.kind != "continuation":
            segments = _Segments(record)
        else:
            yield record
    if segments:
        yield segments.joined()


class _Segments:
    """The segments of one record so far; the last one gives the total length."""

    def __init__(self, first: Record) -> None:
        self._first = first
        self._block = bytearray(first.block)
        self._span = first.span
        self._size = len(first.block)
        self._whole = False

    def continue_with(self, record: Record) -> bool:
        """Add a segment; False if it belongs to another record."""
        if record.fields.get("warc-segment-origin-id") != self._first.fields.get("warc-record-id"):
            return False
        self._size += len(record.block)
        if self._size <= MAX_BLOCK_BYTES:
            self._block += record.block
        one, other = self._span, record.span
        self._span = (one[0], one[1] + other[1]) if one and other and sum(one) == other[0] else None
        self._whole = record.fields.get("warc-segment-total-length") == str(self._size)
        return True

    def joined(self) -> Record:
        """Return the record; its block is empty, as that of every record that is too long, if it is above the limit."""
        if self._size > MAX_BLOCK_BYTES:
            return Record(fields=self._first.fields, block=b"", span=self._span)
        return Record(fields=self._first.fields, block=bytes(self._block), span=self._span, torn=not self._whole)


def _read_record(stream: RecordStream, start: int) -> Record | None:
    """Read a record; None if no whole header with a length is here, or if bytes of its member have changed."""
    fields = _read_fields(stream)
    size = fields.get("content-length", "")
    if stream.arc and not size and fields.get("warc-type") == "warcinfo":
        stream.find_record(start)
        return Record(fields=fields, block=b"", span=None)
    read = _read_block(stream, start, int(size)) if CONTENT_LENGTH.fullmatch(size) else None
    if read is None or stream.is_broken(start):
        return None
    block, torn = read
    span = stream.span(start)
    if torn and stream.at_end() and not stream.is_torn(start):
        stream.add_gap(stream.file_offset(start), stream.file_offset(stream.position), torn=True)
    return Record(fields=fields, block=block, span=span, torn=torn)


def _read_fields(stream: RecordStream) -> Mapping[str, str]:
    """Read the header of a WARC or ARC record; empty if there is neither."""
    if stream.begins(b"WARC/"):
        return parse_warc_fields(stream.header() or b"")
    fields = parse_arc_line(stream.line() or b"")
    stream.arc = stream.arc or bool(fields)
    return fields


def _is_answer(record: Record) -> bool:
    """Tell whether a record is a response, a revisit, or a page or file without HTTP headers."""
    return record.kind in ANSWER_TYPES or (record.kind == "conversion" and RENDERED_BY.lower() in record.fields)


def _read_block(stream: RecordStream, start: int, size: int) -> tuple[bytes, bool] | None:
    """Read a block and the line ends after it; return it, and whether its end is missing.

    Blocks above the limit are skipped and returned empty. If no record follows where the length says, the length is
    wrong; None then from a strict stream.
    """
    if size > MAX_BLOCK_BYTES:
        whole = stream.skip(size)
        stream.skip_line_ends()
        return b"", not whole
    block, end = stream.take(size)
    ends = stream.skip_line_ends()
    ended = ends.startswith(RECORD_ENDS) or (stream.arc and ends != b"")
    if (end == "whole" and (ended or stream.at_end() or stream.at_record())) or stream.is_broken(start):
        return block, False
    return None if stream.strict else _shorter_block(stream, block, ends, end)


def _shorter_block(stream: RecordStream, block: bytes, ends: bytes, end: BlockEnd) -> tuple[bytes, bool]:
    """Return the block up to the next record, which begins in it, and whether its end is missing."""
    if end != "member":
        stream.put_back(block + ends)
        next_record = stream.next_record(len(block) + len(ends))
        block, _ = stream.take(len(block) if next_record is None else next_record)
        ends = stream.skip_line_ends()
        if next_record is None and end == "whole":
            return block, False
    last = next((each for each in RECORD_ENDS if (block + ends).endswith(each)), None)
    return ((block + ends).removesuffix(last), False) if last else (block, True)
