"""Captures out of any program's WARC, from front to back."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, Literal

from pipelines.archive.headers import (
    Message,
    http_message,
    moment,
    restored,
    secured,
    target,
)
from pipelines.archive.record_reader import BARE, Info, Record, exchanges, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import ASKED, CUT, RENDERED
from pipelines.archive.revisits import Again, Bodies, Find, Known, Repeat
from pipelines.errors import StoreCorrupt
from pipelines.model import Capture, Location, Rendering, capture_id

log = logging.getLogger(__name__)

STATUS = re.compile(r"[0-9]{3}")
Answer = tuple[Info, Record, Capture]


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
