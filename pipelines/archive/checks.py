"""Checks of records that fangzhi wrote against WARC/1.1 and its own rules.

Stricter than the reader of other programs' files: here a missing date, id or digest is a finding.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import frozen

from pipelines.archive.headers import (
    REPEATABLE_FIELDS,
    list_values,
    parse_http,
    parse_warc_date,
    parse_warc_fields,
    target_uri,
)
from pipelines.archive.record_reader import Record
from pipelines.archive.records import IDENTICAL_PAYLOAD_PROFILE, NOT_MODIFIED_PROFILE
from pipelines.messages import gettext as _

FIELDS_OF_EVERY_RECORD = (
    "warc-type",
    "warc-record-id",
    "warc-date",
    "content-length",
    "content-type",
    "warc-block-digest",
)
FIELDS_BY_TYPE = {
    "warcinfo": ("warc-filename",),
    "request": ("warc-target-uri", "warc-concurrent-to"),
    "response": ("warc-target-uri", "warc-concurrent-to", "warc-payload-digest"),
    "revisit": (
        *("warc-target-uri", "warc-concurrent-to", "warc-payload-digest", "warc-profile"),
        *("warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date"),
    ),
    "metadata": (),
    "resource": ("warc-target-uri",),
    "conversion": ("warc-target-uri",),
}
"""Further mandatory fields of each record type; fangzhi writes no other types."""

_PATTERNS = {
    "warc-record-id": r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>",
    "warc-date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z",
    "content-length": r"0|[1-9][0-9]{0,17}",
    "warc-block-digest": r"sha256:[0-9a-f]{64}",
    "warc-payload-digest": r"sha256:[0-9a-f]{64}",
    "warc-profile": f"{re.escape(IDENTICAL_PAYLOAD_PROFILE)}|{re.escape(NOT_MODIFIED_PROFILE)}",
}

FIELD_PATTERNS = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}
"""The valid values of a field."""

FIELD_LINE = re.compile(rb"[!#-'*+.^_`|~0-9A-Za-z-]+: [^\r\n]*")
"""A field as fangzhi writes it: a token (RFC 9110 §5.6.2), a colon, one space, the value."""

WARC_VERSIONS = (b"WARC/1.0", b"WARC/1.1")
RESPONSE_TYPES = ("response", "revisit")
RENDERING_TYPE = "conversion"
"""The type of rendered captures. The index omits them, because players would show them as responses of the server."""


@frozen(kw_only=True)
class Problem:
    """A defect: `kind` is a kebab-case word for programs, `what` a sentence for people."""

    kind: str
    what: str


@frozen(kw_only=True)
class RecordFields:
    """The fields of a record that must agree with other records, the index or the catalogue."""

    kind: str
    id: str
    url: str
    date: str
    payload: str | None
    concurrent: tuple[str, ...] = ()
    refers_to: str | None = None
    refers_url: str | None = None
    refers_date: str | None = None
    profile: str | None = None
    filename: str | None = None


def record_fields(fields: Mapping[str, str]) -> RecordFields:
    """Return the fields of a record that are compared; missing ones are empty."""
    return RecordFields(
        kind=fields.get("warc-type", ""),
        id=fields.get("warc-record-id", ""),
        url=target_uri(fields),
        date=fields.get("warc-date", ""),
        payload=fields.get("warc-payload-digest"),
        concurrent=tuple(list_values(fields, "warc-concurrent-to")),
        refers_to=fields.get("warc-refers-to"),
        refers_url=target_uri(fields, "warc-refers-to-target-uri") or None,
        refers_date=fields.get("warc-refers-to-date"),
        profile=fields.get("warc-profile"),
        filename=fields.get("warc-filename"),
    )


def check_member(plain: bytes) -> tuple[Record | None, list[Problem]]:
    """Return the record that is the whole content of a member, or None, and all its defects."""
    header, end, rest = plain.partition(b"\r\n\r\n")
    lines = header.split(b"\r\n")
    if lines[0] not in WARC_VERSIONS or not end:
        return None, [Problem(kind="no-record", what=_("no WARC record begins here"))]
    try:
        header.decode()
    except UnicodeDecodeError:
        return None, [Problem(kind="wrong-field", what=_("the record's header is not UTF-8"))]
    wrong = [line for line in lines[1:] if not FIELD_LINE.fullmatch(line)]
    problems = [Problem(kind="wrong-field", what=_("not a WARC field: {line!r}", line=line.decode())) for line in wrong]
    fields = parse_warc_fields(header)
    counted = Counter(line.partition(b":")[0].lower().decode() for line in lines[1:])
    twice = [name for name, count in counted.items() if count > 1 and name not in REPEATABLE_FIELDS]
    problems += [Problem(kind="repeated-field", what=_("{name} occurs more than once", name=name)) for name in twice]
    problems += [*_field_problems(fields), *_block_problems(fields, rest)]
    return Record(fields=fields, block=rest[:-4], span=None), problems


def check_pair(response: RecordFields, request: RecordFields | None) -> Iterator[Problem]:
    """Yield the contradictions between a response or revisit and the next record, which must be its request."""
    if request is None or request.kind != "request":
        yield Problem(kind="no-request", what=_("no request follows the {kind}", kind=response.kind))
        return
    if response.id not in request.concurrent or request.id not in response.concurrent:
        yield Problem(kind="not-linked", what=_("WARC-Concurrent-To does not link it with the request that follows"))
    for name in ("url", "date"):
        if getattr(response, name) != getattr(request, name):
            yield Problem(kind="not-linked", what=_("the request that follows has another {name}", name=name))


def check_revisit(revisit: RecordFields, original: RecordFields | None) -> Iterator[Problem]:
    """Yield the contradictions between a revisit and the record that it refers to."""
    if original is None:
        yield Problem(
            kind="lost-original",
            what=_("it refers to {refers_to}, which is not in the archive", refers_to=revisit.refers_to),
        )
        return
    if original.kind != "response":
        yield Problem(kind="wrong-original", what=_("it refers to a {kind}, which has no payload", kind=original.kind))
    for name, referred, actual in (
        ("payload digest", revisit.payload, original.payload),
        ("WARC-Refers-To-Target-URI", revisit.refers_url, original.url),
        ("WARC-Refers-To-Date", revisit.refers_date, original.date),
    ):
        if referred != actual:
            yield Problem(
                kind="wrong-original",
                what=_(
                    "its {name} is {referred}, the record it refers to has {actual}",
                    name=name,
                    referred=referred,
                    actual=actual,
                ),
            )


def _field_problems(fields: Mapping[str, str]) -> Iterator[Problem]:
    kind = fields.get("warc-type", "")
    if kind and kind not in FIELDS_BY_TYPE:
        yield Problem(kind="wrong-field", what=_("fangzhi writes no records of type {kind!r}", kind=kind))
    for name in (*FIELDS_OF_EVERY_RECORD, *FIELDS_BY_TYPE.get(kind, ())):
        if not fields.get(name):
            yield Problem(kind="missing-field", what=_("{name} is missing", name=name))
    for name, pattern in FIELD_PATTERNS.items():
        if fields.get(name) and not pattern.fullmatch(fields[name]):
            yield Problem(
                kind="wrong-field", what=_("{name} has an invalid value: {field!r}", name=name, field=fields[name])
            )
    if fields.get("warc-date") and parse_warc_date(fields["warc-date"]) is None:
        yield Problem(kind="wrong-field", what=_("there is no such date: {field}", field=fields["warc-date"]))


def _block_problems(fields: Mapping[str, str], rest: bytes) -> Iterator[Problem]:
    length = fields.get("content-length", "")
    if not FIELD_PATTERNS["content-length"].fullmatch(length):
        return
    block, end = rest[: int(length)], rest[int(length) :]
    if end != b"\r\n\r\n":
        found = len(rest) - 4
        yield Problem(
            kind="wrong-length",
            what=_("Content-Length is {length}, but its block has {found} bytes", length=length, found=found),
        )
    yield from _digest_problems("warc-block-digest", fields, block)
    kind = fields.get("warc-type")
    if kind == RENDERING_TYPE:
        yield from _digest_problems("warc-payload-digest", fields, block)
    if kind not in (*RESPONSE_TYPES, "request"):
        return
    message = parse_http(block)
    if message is None or b"\r\n\r\n" not in block:
        yield Problem(kind="no-http", what=_("its block is not an HTTP message"))
    elif kind == "response":
        yield from _digest_problems("warc-payload-digest", fields, message.body)
    elif message.body and kind == "revisit":
        yield Problem(kind="wrong-length", what=_("the revisit has a body"))


def _digest_problems(name: str, fields: Mapping[str, str], content: bytes) -> Iterator[Problem]:
    expected, actual = fields.get(name), f"sha256:{hashlib.sha256(content).hexdigest()}"
    if expected and expected != actual:
        yield Problem(
            kind="wrong-digest",
            what=_("{name} is {expected}, its bytes have {actual}", name=name, expected=expected, actual=actual),
        )
