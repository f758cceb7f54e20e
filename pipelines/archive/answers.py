"""Which records of a WARC hold a capture: one definition for the reader, the index, the export and `verify`."""

from __future__ import annotations

import datetime as dt
import re

from attrs import frozen

from pipelines.archive.headers import HEADER_END, HttpMessage, parse_http, parse_warc_date, target_uri
from pipelines.archive.record_reader import Record

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
"""The start of an absolute URL (RFC 3986 §3.1)."""

STATUS_CODE = re.compile(r"[0-9]{1,3}")
"""A status; Chromium gives 0 for some answers without content, and crawlers that use it write that down."""

RESOURCE_SCHEMES = ("http", "https", "ftp", "ftps", "file")
"""Schemes of `resource` and `conversion` records with a page or a file of a site. Crawlers store logs and screenshots
as `urn:…`."""

NOT_MODIFIED = HttpMessage(start=("HTTP/1.1", "304", "Not Modified"), headers=(), body=b"")


@frozen(kw_only=True)
class Answer:
    """What a server answered according to a record; `message` is None for a revisit that leaves it to its original."""

    url: str
    at: dt.datetime
    message: HttpMessage | None


def answer_of(record: Record) -> Answer | str:
    """Return the answer in a response, revisit, resource or rendering, or the code of the reason why there is none.

    The codes are the keys of `model.codes.SKIPPED`.
    """
    url = target_uri(record.fields)
    scheme = SCHEME.match(url)
    if scheme is None:
        return "no-address"
    if scheme[1].lower() == "dns":
        return "dns"
    if record.kind in ("resource", "conversion") and scheme[1].lower() not in RESOURCE_SCHEMES:
        return "crawl-data"
    at = parse_warc_date(record.fields.get("warc-date", ""))
    if at is None:
        return "no-date"
    if not record.block and not record.torn and int(record.fields["content-length"]) > 0:
        return "too-long"
    message = _message(record)
    if message is None and (record.kind != "revisit" or record.block):
        return "no-http"
    return Answer(url=url, at=at, message=message)


def _message(record: Record) -> HttpMessage | None:
    """Return the HTTP response of a record; a record without HTTP headers as a server would have sent it."""
    if record.kind in ("resource", "conversion"):
        headers = (("Content-Type", record.fields.get("content-type", "")),)
        return HttpMessage(start=("HTTP/1.1", "200", ""), headers=headers, body=record.block)
    if record.kind == "revisit" and not record.block:
        return NOT_MODIFIED if record.is_not_modified else None
    if record.torn and HEADER_END.search(record.block) is None:
        return None
    message = parse_http(record.block)
    return message if message and STATUS_CODE.fullmatch(message.start[1]) else None
