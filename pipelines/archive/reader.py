"""Captures read from the WARC or ARC file of any program, from its start to its end."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, Literal

from pipelines.archive.headers import (
    HttpMessage,
    parse_http,
    parse_warc_date,
    target_uri,
    tls_from_fields,
    without_transfer_coding,
)
from pipelines.archive.record_reader import TYPES_WITHOUT_HTTP, Record, WarcInfo, exchanges, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import BODY_TRUNCATED, RENDERED_BY, REQUESTED_URI
from pipelines.archive.revisits import BodyFinder, BodyReader, IsKnown, RevisitResolver, UnresolvedRevisit
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import Capture, Location, Rendering, capture_id

logger = logging.getLogger(__name__)

STATUS_CODE = re.compile(r"[0-9]{3}")

CapturedRecord = tuple[WarcInfo, Record, Capture]


def captures(
    file: BinaryIO,
    name: str,
    find: BodyFinder | None = None,
    read_body: BodyReader | None = None,
    unresolved: list[UnresolvedRevisit] | None = None,
    known: IsKnown | None = None,
) -> Iterator[tuple[WarcInfo, Capture]]:
    """Yield the HTTP captures of a WARC in its order, each with its warcinfo fields.

    The body of a revisit comes from `read_body`, which reads the body at an earlier location of this file, or from
    `find`. A revisit whose body neither can give is appended to `unresolved`; without that list it is yielded with an
    empty body. Captures that are `known` are skipped without a search for their bodies; their ids are made with the
    payload digest of the record. See `captured_records` for names, locations and errors.
    """
    resolver = RevisitResolver(find, read_body)
    for info, record, capture in captured_records(file, name):
        if known and known(capture_id(capture, record.payload_digest)):
            resolver.note(record, capture)
            continue
        resolved = resolver.resolve(record, capture)
        if resolved is not None:
            yield info, resolved
            continue
        revisit = UnresolvedRevisit(info, record, capture)
        if unresolved is None:
            yield info, revisit.without_body()
        else:
            unresolved.append(revisit)


def captured_records(file: BinaryIO, name: str) -> Iterator[CapturedRecord]:
    """Yield each response, revisit and page of a WARC with its warcinfo, as a record and as a capture.

    Captures of revisits have no body here. `name` becomes the file of their locations; a record that cannot be read
    alone, because the whole file is one gzip member, has no location. Records without a date or HTTP headers are
    skipped and counted in the log. If the file is truncated or damaged, raises StoreCorrupt after its whole records.
    """
    stream = RecordStream(file)
    skipped: Counter[str] = Counter()
    for info, response, request in exchanges(records(stream)):
        capture = _capture(response, request, _location(name, response.span))
        if isinstance(capture, str):
            skipped[capture] += 1
        else:
            yield info, response, capture
    for reason, count in skipped.items():
        logger.warning("%s: %d records skipped, %s", name, count, reason)
    if stream.damage is not None:
        raise _damage_error(name, stream.damage)


def capture_at(
    data: bytes, location: Location, find: BodyFinder | None = None, dictionary: bytes = b""
) -> tuple[Capture, bool]:
    """Return the capture whose record lies at the start of `data`, and whether it is complete.

    A response or revisit is complete with the request that follows it. `dictionary` is that of its zstd file, if it has
    one. Raises StoreCorrupt if the record there is not the one that the location names.
    """
    stream = RecordStream(BytesIO(data), dictionary)
    response, request = next(((found, behind) for _, found, behind in exchanges(records(stream))), (None, None))
    capture = _capture(response, request, location) if response else None
    if response is None or not isinstance(capture, Capture) or response.span != (0, location.length):
        raise StoreCorrupt(
            _(
                "{file} holds no capture of {length} bytes at byte {offset}",
                file=location.file,
                length=location.length,
                offset=location.offset,
            ),
            hint=_("run `fangzhi verify`: it lists everything that is missing or changed"),
        )
    resolved = RevisitResolver(find).resolve(response, capture)
    resolved = resolved or UnresolvedRevisit({}, response, capture).without_body()
    return resolved, request is not None or resolved.rendered is not None


def _capture(response: Record, request: Record | None, location: Location | None) -> Capture | str:
    """Return the capture of a response or revisit and its request, or the reason why there is none."""
    fetched_at = parse_warc_date(response.fields.get("warc-date", ""))
    if fetched_at is None:
        return "their WARC-Date is missing or wrong"
    message = _as_response(response) if response.kind in TYPES_WITHOUT_HTTP else parse_http(response.block)
    if message is None or not (STATUS_CODE.fullmatch(message.start[1]) and message.start[0].startswith("HTTP/")):
        return "they hold no HTTP response"
    sent = parse_http(request.block) if request else None
    headers, body = without_transfer_coding(message)
    url = target_uri(response.fields)
    revisit = response.kind == "revisit"
    return Capture(
        url=response.fields.get(REQUESTED_URI.lower(), url),
        final_url=url,
        fetched_at=fetched_at,
        status=int(message.start[1]),
        reason=message.start[2],
        http_version=message.start[0],
        headers=headers,
        body=b"" if revisit else body,
        method=sent.start[0] if sent else "GET",
        request_headers=sent.headers if sent else (),
        request_body=sent.body if sent else b"",
        ip_address=response.fields.get("warc-ip-address"),
        tls=tls_from_fields(response.fields),
        truncated=_truncated(response.fields.get(BODY_TRUNCATED.lower() if revisit else "warc-truncated")),
        stored=location,
        record_id=response.fields.get("warc-record-id"),
        rendered=_rendering(response, fetched_at) if response.kind == "conversion" else None,
    )


def _rendering(record: Record, fetched_at: dt.datetime) -> Rendering:
    return Rendering(
        browser=record.fields[RENDERED_BY.lower()],
        record_id=record.fields.get("warc-refers-to", ""),
        fetched_at=parse_warc_date(record.fields.get("warc-refers-to-date", "")) or fetched_at,
    )


def _as_response(record: Record) -> HttpMessage:
    """Return a record without HTTP headers as the response with which a server would have sent it."""
    headers = (("Content-Type", record.fields.get("content-type", "")),)
    return HttpMessage(start=("HTTP/1.1", "200", ""), headers=headers, body=record.block)


def _truncated(reason: str | None) -> Literal["length", "time", "disconnect"] | None:
    """Return a WARC-Truncated reason; `unspecified` (§5.13) and unknown reasons count as a length limit."""
    match reason:
        case None | "length" | "time" | "disconnect":
            return reason
        case _:
            return "length"


def _location(name: str, span: tuple[int, int] | None) -> Location | None:
    return Location(file=name, offset=span[0], length=span[1]) if span else None


def _damage_error(name: str, offset: int) -> StoreCorrupt:
    if offset == 0:
        return StoreCorrupt(
            _("{name} is not a WARC, or its first record is damaged", name=name),
            hint=_("check that it is a WARC file and that it is complete"),
        )
    return StoreCorrupt(
        _(
            "{name} is truncated or damaged at byte {offset}; everything before that byte was read",
            name=name,
            offset=offset,
        ),
        hint=_("download or copy the file again, or truncate it at that byte"),
    )
