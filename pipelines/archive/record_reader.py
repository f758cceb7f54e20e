"""The records of a WARC or ARC file from front to back, and which of them belong together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from attrs import field, frozen

from pipelines.archive.headers import arc_fields, linked, named_fields, target, warc_fields
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import RENDERED

Info = Mapping[str, str]
"""The fields of the warcinfo record in force, by their names as written."""

LONGEST = 256 << 20
"""Blocks above 256 MB are passed over: no page is so long, and a block must fit into memory several times."""

SIZE = re.compile(r"[0-9]{1,18}")
"""More digits than 64 bits have are no length of anything, and Python refuses to read thousands of them."""

ANSWERS = ("response", "revisit")
BARE = ("resource", "conversion")
"""Records without an HTTP head, some of which stand for a page."""

WEB = ("http://", "https://")
HTML = ("text/html", "application/xhtml+xml")
"""A `resource` record under such an address and of such a type stands for a page (warcit writes them); others hold logs
and screenshots. A `conversion` does where it tells of our browser; others hold texts."""

NOTHING = f"sha256:{hashlib.sha256().hexdigest()}"
"""The payload digest of an empty body."""


@frozen(kw_only=True)
class Record:
    """A WARC record: fields by lower-case name, block, and offset and length in the file if it can be read alone."""

    fields: Mapping[str, str]
    block: bytes = field(repr=False)
    span: tuple[int, int] | None

    @property
    def kind(self) -> str:
        """The WARC-Type in lower case."""
        return self.fields.get("warc-type", "").lower()

    @property
    def confirms(self) -> bool:
        """Whether it is an answer 304, for which a revisit tells the payload digest of what it confirms."""
        return self.kind == "revisit" and "not-modified" in self.fields.get("warc-profile", "")

    @property
    def payload(self) -> str:
        """The payload digest of what came, if the record tells it: nothing came with an answer 304."""
        return NOTHING if self.confirms else self.fields.get("warc-payload-digest", "")


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
