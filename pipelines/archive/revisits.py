"""The bodies that revisit records stand for."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping

from attrs import define, evolve

from pipelines.archive.headers import moment, target
from pipelines.archive.record_reader import Record
from pipelines.model import Capture, Location

log = logging.getLogger(__name__)

Find = Callable[[str, str, dt.datetime | None], bytes | None]
"""Looks for the body of a revisit: by payload digest, and by the target URI and date of what the revisit refers to."""

Known = Callable[[str], bool]
"""Tells of a capture by its id whether it need not be read."""

Again = Callable[[Location], bytes]
"""Reads the body of a capture once more from its location in the file that is being read."""


@define(eq=False)
class Repeat:
    """A revisit whose body has not been found yet, with the warcinfo in force."""

    info: Mapping[str, str]
    record: Record
    capture: Capture

    def given_up(self) -> Capture:
        """Return the capture without a body, and say so in the log."""
        capture = self.capture
        log.warning("%s of %s repeats a body that is nowhere to be found", capture.final_url, capture.fetched_at)
        return capture


class Bodies:
    """Where the bodies of a file's captures are: in the file itself by `again`, or elsewhere by `find`."""

    def __init__(self, find: Find | None = None, again: Again | None = None) -> None:
        self._find, self._again = find, again
        self._seen: dict[str, Location] = {}

    def note(self, record: Record, capture: Capture) -> None:
        """Remember where the body of a record is that revisits may refer to."""
        if record.kind != "revisit" and self._again and capture.stored:
            for name in names(record, capture):
                self._seen.setdefault(name, capture.stored)

    def resolved(self, record: Record, capture: Capture) -> Capture | None:
        """Return a capture with the body that its record holds or refers to; None if that is nowhere.

        A revisit for server-not-modified stays the answer 304 without a body that it was.
        """
        self.note(record, capture)
        if record.kind != "revisit":
            return capture
        if record.confirms:
            return capture
        body = self._body(record, capture)
        return None if body is None else evolve(capture, body=body)

    def _body(self, record: Record, capture: Capture) -> bytes | None:
        place = next((self._seen[name] for name in referred(record, capture) if name in self._seen), None)
        if place and self._again:
            return self._again(place)
        if self._find is None:
            return None
        url, at = _referred(record, capture)
        return self._find(record.fields.get("warc-payload-digest", ""), url, at)


def matches(body: bytes, digest: str) -> bool:
    """Tell whether a body has a digest such as `sha1:BASE32` or `sha256:HEX`; not if its algorithm is unknown.

    >>> matches(b"", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), matches(b"", "md5:D41D8CD98F00B204E9800998ECF8427E")
    (True, True)
    """
    name, _, value = digest.partition(":")
    try:
        made = hashlib.new(name.replace("-", "").lower(), body).digest()
    except (ValueError, TypeError):  # an algorithm that is unknown, or whose digests have any length
        return False
    return value.rstrip("=").lower() in (made.hex(), base64.b32encode(made).decode().rstrip("=").lower())


def names(record: Record, capture: Capture) -> Iterator[str]:
    """Yield what revisits may call a record that holds a body: its id, its address and second, its payload digest."""
    if told := record.fields.get("warc-record-id"):
        yield told
    yield _when(capture.final_url, capture.fetched_at)
    if digest := record.fields.get("warc-payload-digest"):
        yield digest.lower()


def referred(record: Record, capture: Capture) -> Iterator[str]:
    """Yield what a revisit calls the record that it repeats, the surest name first; wget gives its id alone."""
    if told := record.fields.get("warc-refers-to"):
        yield told
    url, at = _referred(record, capture)
    if at:
        yield _when(url, at)
    if digest := record.fields.get("warc-payload-digest"):
        yield digest.lower()


def _referred(record: Record, capture: Capture) -> tuple[str, dt.datetime | None]:
    url = target(record.fields, "warc-refers-to-target-uri") or capture.final_url
    return url, moment(record.fields.get("warc-refers-to-date", ""))


def _when(url: str, at: dt.datetime) -> str:
    """Return the key of a capture by address and second, the precision that WARC/1.0 writers leave."""
    return f"{at:%Y%m%d%H%M%S} {url}"
