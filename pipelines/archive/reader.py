"""Captures read from the WARC or ARC file of any program, from its start to its end."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import BinaryIO, Literal

from pipelines.archive.answers import Answer, answer_of
from pipelines.archive.damage import damage_error
from pipelines.archive.headers import (
    HttpMessage,
    parse_http,
    parse_warc_date,
    target_uri,
    tls_from_fields,
    without_transfer_coding,
)
from pipelines.archive.record_reader import Record, WarcInfo, exchanges, joined_segments, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import BODY_TRUNCATED, RENDERED_BY, REQUESTED_URI, REQUISITE_OF, SITE_FIELD
from pipelines.archive.revisit_index import PendingRevisit, RevisitSink
from pipelines.archive.revisits import (
    BodyFinder,
    BodyReader,
    IsKnown,
    RevisitResolver,
    referred_names,
)
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import Capture, Location, Rendering, capture_id
from pipelines.model.codes import SKIPPED

logger = logging.getLogger(__name__)

OTHER_VERSIONS = {"icy": "HTTP/1.0", "h2": "HTTP/2", "h3": "HTTP/3"}
"""HTTP versions by the names that some servers and crawlers write in status lines."""

UNKNOWN = HttpMessage(start=("HTTP/1.1", "200", ""), headers=(), body=b"")
"""Stands for the answer of a revisit without HTTP headers whose original is not found."""

CapturedRecord = tuple[WarcInfo, Record, Capture]


def captures(
    file: BinaryIO,
    name: str,
    find: BodyFinder | None = None,
    read_body: BodyReader | None = None,
    pending: RevisitSink | None = None,
    known: IsKnown | None = None,
    skipped: Counter[str] | None = None,
    base: int | None = 0,
    site: str | None = None,
) -> Iterator[tuple[WarcInfo, Capture]]:
    """Yield the HTTP captures of a WARC in its order, each with its warcinfo fields; with a `site`, only its captures.

    The body of a revisit comes from `read_body`, which reads the body at an earlier location of this file, or from
    `find`. A revisit whose body neither can give is added to `pending`; without that it is yielded with an empty body.
    Captures that are `known` are skipped without a search for their bodies; their ids are made with the
    payload digest of the record. See `captured_records` for names, locations and errors.
    """
    with closing(RevisitResolver(find, read_body)) as resolver:
        for info, record, capture in captured_records(file, name, skipped, base):
            if (site and info.get(SITE_FIELD) != site) or (known and known(capture_id(capture, record.payload_digest))):
                resolver.note(record, capture)
                continue
            resolved = resolver.resolve(record, capture)
            if resolved is not None:
                yield info, resolved
                continue
            revisit = PendingRevisit(info, record, capture)
            if pending is not None:
                pending.add(revisit, referred_names(record, capture))
                continue
            if skipped is not None:
                skipped["no-original"] += 1
            yield info, revisit.without_body()


def captured_records(
    file: BinaryIO, name: str, skipped: Counter[str] | None = None, base: int | None = 0
) -> Iterator[CapturedRecord]:
    """Yield each record that holds a capture, with its warcinfo, as a record and as a capture.

    Captures of revisits have no body here. `name` becomes the file of their locations, in which this one begins at byte
    `base`; a record that cannot be read alone, because the whole file is one gzip member, has no location. Other
    records are counted in `skipped` by the code of the reason, or in the log. If the file is truncated or damaged,
    raises StoreCorrupt after all readable records.
    """
    stream = RecordStream(file)
    counts: Counter[str] = Counter()
    found = False
    for info, response, request in exchanges(joined_segments(records(stream)), counts):
        answer, found = answer_of(response), True
        if isinstance(answer, Answer):
            yield info, response, _capture(response, answer, request, _location(name, response.span, base))
        else:
            counts[answer] += 1
    if skipped is None:
        for reason, count in counts.items():
            logger.warning("%s: %d records skipped: %s", name, count, SKIPPED[reason].en)
    else:
        skipped.update(counts)
    if stream.gaps:
        raise damage_error(
            name, [gap.moved(base or 0) for gap in stream.gaps], is_warc=found or stream.gaps[0].offset > 0
        )


def capture_at(
    data: bytes, location: Location, find: BodyFinder | None = None, dictionary: bytes = b""
) -> tuple[Capture, bool]:
    """Return the capture whose record lies at the start of `data`, and whether it is complete.

    A response or revisit is complete with the request that follows it. `dictionary` is that of its zstd file, if it has
    one. Raises StoreCorrupt if the record there is not the one that the location names.
    """
    stream = RecordStream(BytesIO(data), dictionary)
    found = exchanges(joined_segments(records(stream)))
    response, request = next(((response, request) for _, response, request in found), (None, None))
    answer = answer_of(response) if response else ""
    if response is None or not isinstance(answer, Answer) or response.span != (0, location.length):
        raise StoreCorrupt(
            _(
                "{file} holds no capture of {length} bytes at byte {offset}",
                file=location.file,
                length=location.length,
                offset=location.offset,
            ),
            hint=_("run `fangzhi verify`: it lists everything that is missing or changed"),
        )
    capture = _capture(response, answer, request, location)
    resolved = RevisitResolver(find).resolve(response, capture)
    resolved = resolved or PendingRevisit({}, response, capture).without_body()
    return resolved, request is not None or resolved.rendered is not None


def _capture(response: Record, answer: Answer, request: Record | None, location: Location | None) -> Capture:
    """Return the capture of a record and its request."""
    sent = parse_http(request.block) if request else None
    message = answer.message or UNKNOWN
    headers, body = without_transfer_coding(message)
    revisit = response.kind == "revisit"
    return Capture(
        url=target_uri(response.fields, REQUESTED_URI.lower()) or answer.url,
        final_url=answer.url,
        fetched_at=answer.at,
        status=int(message.start[1]),
        reason=message.start[2],
        http_version=OTHER_VERSIONS.get(message.start[0].lower(), message.start[0].upper()),
        headers=headers,
        body=b"" if revisit else body,
        method=sent.start[0] if sent else "GET",
        request_headers=sent.headers if sent else (),
        request_body=sent.body if sent else b"",
        ip_address=response.fields.get("warc-ip-address"),
        tls=tls_from_fields(response.fields),
        truncated=_truncated(response, message),
        stored=location,
        record_id=response.fields.get("warc-record-id"),
        rendered=_rendering(response, answer.at) if response.kind == "conversion" else None,
        requisite_of=target_uri(response.fields, REQUISITE_OF.lower()) or None,
    )


def _rendering(record: Record, fetched_at: dt.datetime) -> Rendering:
    return Rendering(
        browser=record.fields[RENDERED_BY.lower()],
        record_id=record.fields.get("warc-refers-to", ""),
        fetched_at=parse_warc_date(record.fields.get("warc-refers-to-date", "")) or fetched_at,
    )


def _truncated(record: Record, message: HttpMessage) -> Literal["length", "time", "disconnect"] | None:
    """Return the WARC-Truncated reason; `unspecified` (§5.13) and unknown reasons count as a length limit.

    A record that lacks its end is `disconnect`, unless it has as many bytes of the body as the server announced.
    """
    reason = record.fields.get(BODY_TRUNCATED.lower() if record.kind == "revisit" else "warc-truncated")
    match reason:
        case "length" | "time" | "disconnect":
            return reason
        case None:
            return "disconnect" if record.torn and not _has_announced_length(message) else None
        case _:
            return "length"


def _has_announced_length(message: HttpMessage) -> bool:
    lengths = (value for name, value in message.headers if name.lower() == "content-length")
    announced = next(lengths, "")
    return announced.isdecimal() and len(message.body) >= int(announced)


def _location(name: str, span: tuple[int, int] | None, base: int | None) -> Location | None:
    if span is None or base is None:
        return None
    return Location(file=name, offset=base + span[0], length=span[1])
