"""Bodies of revisit records, which refer to an earlier record with the same body."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator

from attrs import evolve

from pipelines.archive.headers import parse_warc_date, target_uri
from pipelines.archive.record_reader import Record
from pipelines.archive.revisit_index import OriginalLocations
from pipelines.model import Capture, Location

BodyFinder = Callable[[str, str, dt.datetime | None], Capture | None]
"""Finds the capture with the body of a revisit by its payload digest, and by URL and date of its original."""

IsKnown = Callable[[str], bool]
"""Tells by the id of a capture whether it can be skipped."""

BodyReader = Callable[[Location], Capture]
"""Reads an earlier capture of the same file from its location."""


class RevisitResolver:
    """Gives revisits their bodies: from the same file by `read_body`, or from anywhere else by `find`."""

    def __init__(self, find: BodyFinder | None = None, read_body: BodyReader | None = None) -> None:
        self._find, self._read_body = find, read_body
        self._locations = OriginalLocations() if read_body else None

    def note(self, record: Record, capture: Capture) -> None:
        """Store the location of a body to which later revisits can refer."""
        if record.kind != "revisit" and self._locations and capture.stored:
            self._locations.add(original_names(record, capture), capture.stored)

    def resolve(self, record: Record, capture: Capture) -> Capture | None:
        """Return a capture with the body that its record holds or refers to; None if it is not found.

        A server-not-modified revisit stays a 304 response, which has no body.
        """
        self.note(record, capture)
        if record.kind != "revisit" or record.is_not_modified:
            return capture
        original = self._original(record, capture)
        return None if original is None else with_original(record, capture, original)

    def _original(self, record: Record, capture: Capture) -> Capture | None:
        location = self._locations.first(referred_names(record, capture)) if self._locations else None
        if location and self._read_body:
            return self._read_body(location)
        if self._find is None:
            return None
        url, at = _referred_target(record, capture)
        return self._find(record.fields.get("warc-payload-digest", ""), url, at)

    def close(self) -> None:
        """Delete the stored locations."""
        if self._locations:
            self._locations.close()


def with_original(record: Record, capture: Capture, original: Capture) -> Capture:
    """Return the capture of a revisit with the body of its original, and its status and headers if it has none."""
    if record.block:
        return evolve(capture, body=original.body)
    return evolve(
        capture,
        body=original.body,
        status=original.status,
        reason=original.reason,
        http_version=original.http_version,
        headers=original.headers,
        truncated=original.truncated,
    )


def matches_digest(body: bytes, digest: str) -> bool:
    """Tell whether a body has a digest such as `sha1:BASE32` or `sha256:HEX`; False for an unknown algorithm.

    >>> matches_digest(b"", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
    True
    >>> matches_digest(b"", "md5:D41D8CD98F00B204E9800998ECF8427E")
    True
    """
    name, _, value = digest.partition(":")
    try:
        made = hashlib.new(name.replace("-", "").lower(), body).digest()
    except (ValueError, TypeError):  # an unknown algorithm, or one whose digests have no fixed length
        return False
    return value.rstrip("=").lower() in (made.hex(), base64.b32encode(made).decode().rstrip("=").lower())


def original_names(record: Record, capture: Capture) -> Iterator[str]:
    """Yield the names by which revisits can refer to a record: its id, its URL and second, its payload digest."""
    if record_id := record.fields.get("warc-record-id"):
        yield record_id
    yield _url_and_second(capture.final_url, capture.fetched_at)
    if digest := record.fields.get("warc-payload-digest"):
        yield digest.lower()


def referred_names(record: Record, capture: Capture) -> Iterator[str]:
    """Yield the names by which a revisit refers to its original, the most exact first; wget writes the id alone."""
    if record_id := record.fields.get("warc-refers-to"):
        yield record_id
    url, at = _referred_target(record, capture)
    if at:
        yield _url_and_second(url, at)
    if digest := record.fields.get("warc-payload-digest"):
        yield digest.lower()


def _referred_target(record: Record, capture: Capture) -> tuple[str, dt.datetime | None]:
    url = target_uri(record.fields, "warc-refers-to-target-uri") or capture.final_url
    return url, parse_warc_date(record.fields.get("warc-refers-to-date", ""))


def _url_and_second(url: str, at: dt.datetime) -> str:
    """Return a name made of URL and second: WARC/1.0 has no fractions of seconds."""
    return f"{at:%Y%m%d%H%M%S} {url}"
