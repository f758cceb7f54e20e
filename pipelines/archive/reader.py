"""Captures out of any program's WARC, from front to back."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import BinaryIO, Literal

from pipelines.archive.headers import (
    Message,
    arc_fields,
    http_message,
    linked,
    moment,
    named_fields,
    restored,
    secured,
    target,
    warc_fields,
)
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import ASKED, CUT, RENDERED
from pipelines.archive.revisits import Again, Bodies, Find, Known, Record, Repeat
from pipelines.errors import StoreCorrupt
from pipelines.model import Capture, Location, Rendering, capture_id

log = logging.getLogger(__name__)

Info = Mapping[str, str]
"""The fields of the warcinfo record in force, by their names as written."""

LONGEST = 256 << 20
"""Blocks above 256 MB are passed over: no page is so long, and a block must fit into memory several times."""

STATUS = re.compile(r"[0-9]{3}")
SIZE = re.compile(r"[0-9]{1,18}")
"""More digits than 64 bits have are no length of anything, and Python refuses to read thousands of them."""

ANSWERS = ("response", "revisit")
BARE = ("resource", "conversion")
"""Records without an HTTP head, some of which stand for a page."""

WEB = ("http://", "https://")
HTML = ("text/html", "application/xhtml+xml")
"""A `resource` record under such an address and of such a type stands for a page (warcit writes them); others hold logs
and screenshots. A `conversion` does where it tells of our browser; others hold texts."""

Answer = tuple[Info, Record, Capture]


def records(source: RecordStream) -> Iterator[Record]:
    """Yield every whole record; where reading ended before the end of the file, `source.damage` says at which byte."""
    source.skip_line_ends()
    if source.at_end():
        source.spoil(0)
    while not source.at_end():
        start = source.position
        fields = _fields(source)
        size = fields.get("content-length", "")
        block = _block(source, int(size)) if SIZE.fullmatch(size) else None
        if block is None:
            source.spoil(start)
            return
        source.skip_line_ends()
        if source.torn(start):
            return
        yield Record(fields=fields, block=block, span=source.span(start))


def exchanges(found: Iterator[Record]) -> Iterator[tuple[Info, Record, Record | None]]:
    """Yield each response or revisit with the warcinfo in force and its request from just before or after it."""
    info: Info = {}
    answer: Record | None = None
    question: Record | None = None
    for record in found:
        if answer and record.kind == "request" and linked(answer.fields, record.fields):
            yield info, answer, record
            answer = None
            continue
        if answer and (_is_answer(record) or record.kind in ("request", "warcinfo")):
            yield info, answer, None
            answer = None
        if record.kind == "warcinfo":
            info = named_fields(record.block)
        elif record.kind == "request":
            question = record
        elif _is_answer(record) and question and linked(question.fields, record.fields):
            yield info, record, question
            question = None
        elif _is_answer(record):
            answer = record
    if answer:
        yield info, answer, None


def captures(
    file: BinaryIO,
    name: str,
    find: Find | None = None,
    again: Again | None = None,
    waiting: list[Repeat] | None = None,
    known: Known | None = None,
) -> Iterator[tuple[Info, Capture]]:
    """Yield what a WARC holds of HTTP as captures, in its order, each with the warcinfo fields in force.

    The body of a revisit comes from `again`, which reads the body at an earlier location of this file, or from `find`.
    A revisit whose body neither has is put into `waiting` or, without that list, has none. What is `known` by
    the digest that its record gives is passed over, and no body of it looked for. See `answers` for the rest.
    """
    bodies = Bodies(find, again)
    for info, record, capture in answers(file, name):
        if known and known(capture_id(capture, record.payload)):
            bodies.note(record, capture)
            continue
        whole = bodies.resolved(record, capture)
        if whole is not None:
            yield info, whole
            continue
        repeat = Repeat(info, record, capture)
        if waiting is None:
            yield info, repeat.given_up()
        else:
            waiting.append(repeat)


def answers(file: BinaryIO, name: str) -> Iterator[Answer]:
    """Yield each record of a WARC that holds an answer, with the warcinfo in force, as a capture.

    Revisits have no body yet.
    `name` becomes the file of their locations; a record that cannot be read alone, because its file is one single
    gzip member, has none. Records without a date or an HTTP head are passed over and counted in the log. Raises
    StoreCorrupt, after everything whole before it, where the file is cut off or broken.
    """
    source = RecordStream(file)
    passed: Counter[str] = Counter()
    for info, answer, question in exchanges(records(source)):
        capture = _capture(answer, question, _place(name, answer.span))
        if isinstance(capture, str):
            passed[capture] += 1
        else:
            yield info, answer, capture
    for reason, count in passed.items():
        log.warning("%s: %d records passed over, %s", name, count, reason)
    if source.damage is not None:
        raise _damaged(name, source.damage)


def capture_at(
    data: bytes, location: Location, find: Find | None = None, dictionary: bytes = b""
) -> tuple[Capture, bool]:
    """Return the capture whose record lies at the start of `data`, and whether all of it was found.

    Behind a response or revisit its request belongs to it.

    `dictionary` is that of its file, if it has one. Raises StoreCorrupt if the record there is not the one that the
    location names.
    """
    source = RecordStream(BytesIO(data), dictionary)
    answer, question = next(((a, q) for _, a, q in exchanges(records(source))), (None, None))
    capture = _capture(answer, question, location) if answer else None
    if answer is None or not isinstance(capture, Capture) or answer.span != (0, location.length):
        raise StoreCorrupt(
            f"{location.file} holds no capture of {location.length} bytes at byte {location.offset}",
            hint="`fangzhi verify` lists everything that is missing or changed",
        )
    whole = Bodies(find).resolved(answer, capture) or Repeat({}, answer, capture).given_up()
    return whole, question is not None or whole.rendered is not None


def _fields(source: RecordStream) -> Mapping[str, str]:
    """Take the head of a WARC or ARC record; nothing if there is neither."""
    if source.begins(b"WARC/"):
        return warc_fields(source.head() or b"")
    return arc_fields(source.line() or b"")


def _is_answer(record: Record) -> bool:
    if record.kind not in BARE:
        return record.kind in ANSWERS
    page = target(record.fields).startswith(WEB) and record.fields.get("content-type", "").lower().startswith(HTML)
    return page and (record.kind == "resource" or RENDERED.lower() in record.fields)


def _block(source: RecordStream, size: int) -> bytes | None:
    """Take a block; one that is too long is passed over and comes back empty. None if the file ends in it."""
    if size > LONGEST:
        return b"" if source.skip(size) else None
    return source.take(size)


def _capture(answer: Record, question: Record | None, place: Location | None) -> Capture | str:
    """Return the capture in a response or revisit and its request, or why there is none."""
    fetched_at = moment(answer.fields.get("warc-date", ""))
    if fetched_at is None:
        return "their WARC-Date is missing or wrong"
    message = _as_served(answer) if answer.kind in BARE else http_message(answer.block)
    if message is None or not (STATUS.fullmatch(message.start[1]) and message.start[0].startswith("HTTP/")):
        return "they hold no HTTP response"
    asked = http_message(question.block) if question else None
    headers, body = restored(message)
    url = target(answer.fields)
    return Capture(
        url=answer.fields.get(ASKED.lower(), url),
        final_url=url,
        fetched_at=fetched_at,
        status=int(message.start[1]),
        reason=message.start[2],
        http_version=message.start[0],
        headers=headers,
        body=b"" if answer.kind == "revisit" else body,
        method=asked.start[0] if asked else "GET",
        request_headers=asked.headers if asked else (),
        request_body=asked.body if asked else b"",
        ip_address=answer.fields.get("warc-ip-address"),
        tls=secured(answer.fields),
        truncated=_truncated(answer.fields.get(CUT.lower() if answer.kind == "revisit" else "warc-truncated")),
        stored=place,
        record_id=answer.fields.get("warc-record-id"),
        rendered=_rendering(answer, fetched_at) if answer.kind == "conversion" else None,
    )


def _rendering(answer: Record, fetched_at: dt.datetime) -> Rendering:
    return Rendering(
        browser=answer.fields[RENDERED.lower()],
        record_id=answer.fields.get("warc-refers-to", ""),
        fetched_at=moment(answer.fields.get("warc-refers-to-date", "")) or fetched_at,
    )


def _as_served(bare: Record) -> Message:
    """Return a record without an HTTP head as the answer that would have brought it."""
    headers = (("Content-Type", bare.fields.get("content-type", "")),)
    return Message(start=("HTTP/1.1", "200", ""), headers=headers, body=bare.block)


def _truncated(reason: str | None) -> Literal["length", "time", "disconnect"] | None:
    """Return a WARC-Truncated reason; one that does not say why (`unspecified`, §5.13) counts as a length limit."""
    match reason:
        case None | "length" | "time" | "disconnect":
            return reason
        case _:
            return "length"


def _place(name: str, span: tuple[int, int] | None) -> Location | None:
    return Location(file=name, offset=span[0], length=span[1]) if span else None


def _damaged(name: str, offset: int) -> StoreCorrupt:
    if offset == 0:
        return StoreCorrupt(
            f"{name} is not a WARC, or is broken in its first record",
            hint="see what it is and that it is all there",
        )
    return StoreCorrupt(
        f"{name} is cut off or broken at byte {offset}; everything before was read",
        hint="fetch or copy the file again, or cut it at that byte",
    )
