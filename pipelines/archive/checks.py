"""What a record of this archive must be: a strict reading of WARC/1.1 and of what fangzhi itself writes.

Stricter than what reads other people's files: a date, an id or a digest that is missing is a finding here.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import frozen

from pipelines.archive.headers import REPEATED, http_message, listed, moment, target, warc_fields
from pipelines.archive.record_reader import Record
from pipelines.archive.records import IDENTICAL_PAYLOAD, NOT_MODIFIED

EVERY = ("warc-type", "warc-record-id", "warc-date", "content-length", "content-type", "warc-block-digest")
WANTED = {
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
"""Fields that a record must have besides those of every one, by its type; there are no other types here."""

_SHAPES = {
    "warc-record-id": r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>",
    "warc-date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z",
    "content-length": r"0|[1-9][0-9]{0,17}",
    "warc-block-digest": r"sha256:[0-9a-f]{64}",
    "warc-payload-digest": r"sha256:[0-9a-f]{64}",
    "warc-profile": f"{re.escape(IDENTICAL_PAYLOAD)}|{re.escape(NOT_MODIFIED)}",
}

FORMS = {name: re.compile(shape) for name, shape in _SHAPES.items()}

FIELD = re.compile(rb"[!#-'*+.^_`|~0-9A-Za-z-]+: [^\r\n]*")
VERSIONS = (b"WARC/1.0", b"WARC/1.1")
ANSWERS = ("response", "revisit")
RENDERING = "conversion"
"""The type of a capture that a browser made of another one. The index has none: players would take it for an answer."""


@frozen(kw_only=True)
class Problem:
    """What is wrong: a kebab-case word for programs, a sentence for people."""

    kind: str
    what: str


@frozen(kw_only=True)
class Facts:
    """What a record says of itself that other records, an index or a catalogue must agree with."""

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


def facts(fields: Mapping[str, str]) -> Facts:
    """Return what a record's fields say, those that are missing as empty."""
    return Facts(
        kind=fields.get("warc-type", ""),
        id=fields.get("warc-record-id", ""),
        url=target(fields),
        date=fields.get("warc-date", ""),
        payload=fields.get("warc-payload-digest"),
        concurrent=tuple(listed(fields, "warc-concurrent-to")),
        refers_to=fields.get("warc-refers-to"),
        refers_url=fields.get("warc-refers-to-target-uri"),
        refers_date=fields.get("warc-refers-to-date"),
        profile=fields.get("warc-profile"),
        filename=fields.get("warc-filename"),
    )


def check_member(plain: bytes) -> tuple[Record | None, list[Problem]]:
    """Return the one record that a member must hold, and everything that is wrong with it."""
    head, end, rest = plain.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    if lines[0] not in VERSIONS or not end:
        return None, [Problem(kind="no-record", what="no WARC record begins here")]
    try:
        head.decode()
    except UnicodeDecodeError:
        return None, [Problem(kind="wrong-field", what="the record's head is not UTF-8")]
    wrong = [line for line in lines[1:] if not FIELD.fullmatch(line)]
    problems = [Problem(kind="wrong-field", what=f"no WARC field: {line.decode()!r}") for line in wrong]
    fields = warc_fields(head)
    counted = Counter(line.partition(b":")[0].lower().decode() for line in lines[1:])
    twice = [name for name, count in counted.items() if count > 1 and name not in REPEATED]
    problems += [Problem(kind="repeated-field", what=f"{name} stands there twice") for name in twice]
    problems += [*_fields(fields), *_block(fields, rest)]
    return Record(fields=fields, block=rest[:-4], span=None), problems


def check_pair(answer: Facts, question: Facts | None) -> Iterator[Problem]:
    """Yield what is wrong between a response or revisit and the record behind it, which must be its request."""
    if question is None or question.kind != "request":
        yield Problem(kind="no-request", what=f"no request stands behind the {answer.kind}")
        return
    if answer.id not in question.concurrent or question.id not in answer.concurrent:
        yield Problem(kind="not-linked", what="WARC-Concurrent-To does not link it with the request behind it")
    for name in ("url", "date"):
        if getattr(answer, name) != getattr(question, name):
            yield Problem(kind="not-linked", what=f"the request behind it has another {name}")


def check_revisit(revisit: Facts, original: Facts | None) -> Iterator[Problem]:
    """Yield what is wrong between a revisit and the record that it refers to."""
    if original is None:
        yield Problem(kind="lost-original", what=f"it refers to {revisit.refers_to}, which is nowhere in the archive")
        return
    if original.kind != "response":
        yield Problem(kind="wrong-original", what=f"it refers to a {original.kind}, which has no payload")
    for name, said, held in (
        ("payload digest", revisit.payload, original.payload),
        ("WARC-Refers-To-Target-URI", revisit.refers_url, original.url),
        ("WARC-Refers-To-Date", revisit.refers_date, original.date),
    ):
        if said != held:
            yield Problem(kind="wrong-original", what=f"its {name} is {said}, that of what it refers to {held}")


def _fields(fields: Mapping[str, str]) -> Iterator[Problem]:
    kind = fields.get("warc-type", "")
    if kind and kind not in WANTED:
        yield Problem(kind="wrong-field", what=f"there is no record type {kind!r} here")
    for name in (*EVERY, *WANTED.get(kind, ())):
        if not fields.get(name):
            yield Problem(kind="missing-field", what=f"{name} is missing")
    for name, form in FORMS.items():
        if fields.get(name) and not form.fullmatch(fields[name]):
            yield Problem(kind="wrong-field", what=f"{name} has a wrong form: {fields[name]!r}")
    if fields.get("warc-date") and moment(fields["warc-date"]) is None:
        yield Problem(kind="wrong-field", what=f"there is no such date: {fields['warc-date']}")


def _block(fields: Mapping[str, str], rest: bytes) -> Iterator[Problem]:
    length = fields.get("content-length", "")
    if not FORMS["content-length"].fullmatch(length):
        return
    block, end = rest[: int(length)], rest[int(length) :]
    if end != b"\r\n\r\n":
        found = len(rest) - 4
        yield Problem(kind="wrong-length", what=f"Content-Length is {length}, but its block has {found} bytes")
    yield from _digest("warc-block-digest", fields, block)
    kind = fields.get("warc-type")
    if kind == RENDERING:
        yield from _digest("warc-payload-digest", fields, block)
    if kind not in (*ANSWERS, "request"):
        return
    message = http_message(block)
    if message is None or b"\r\n\r\n" not in block:
        yield Problem(kind="no-http", what="its block is no HTTP message")
    elif kind == "response":
        yield from _digest("warc-payload-digest", fields, message.body)
    elif message.body and kind == "revisit":
        yield Problem(kind="wrong-length", what="a revisit holds a body of its own")


def _digest(name: str, fields: Mapping[str, str], content: bytes) -> Iterator[Problem]:
    said, is_ = fields.get(name), f"sha256:{hashlib.sha256(content).hexdigest()}"
    if said and said != is_:
        yield Problem(kind="wrong-digest", what=f"{name} says {said}, its bytes have {is_}")
