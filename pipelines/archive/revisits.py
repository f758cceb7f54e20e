"""Shell. The bodies that revisit records stand for."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping

from attrs import evolve, field, frozen

from pipelines.archive.heads import moment, target
from pipelines.model import Capture, Location

log = logging.getLogger(__name__)

Find = Callable[[str, str, dt.datetime | None], bytes | None]
"""Looks for the body of a revisit: by payload digest, and by the target URI and date of what the revisit refers to."""

Again = Callable[[Location], bytes]
"""Reads the body of a capture once more from its location in the file that is being read."""


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


class Bodies:
    """Where the bodies of a file's captures are: in the file itself by `again`, or elsewhere by `find`."""

    def __init__(self, find: Find | None = None, again: Again | None = None) -> None:
        self._find, self._again = find, again
        self._seen: dict[str, Location] = {}

    def resolved(self, record: Record, capture: Capture) -> Capture:
        """Return a capture with the body that its record holds or, if it is a revisit, refers to.

        A revisit for server-not-modified stays the answer 304 without a body that it was.
        """
        if record.kind != "revisit":
            self._note(record, capture)
            return capture
        if "not-modified" in record.fields.get("warc-profile", ""):
            return capture
        body = self._body(record, capture)
        if body is None:
            log.warning("%s of %s repeats a body that is nowhere to be found", capture.final_url, capture.fetched_at)
            return capture
        return evolve(capture, body=body)

    def _note(self, record: Record, capture: Capture) -> None:
        if self._again and capture.stored:
            self._seen.setdefault(_when(capture.final_url, capture.fetched_at), capture.stored)
            if digest := record.fields.get("warc-payload-digest"):
                self._seen.setdefault(digest, capture.stored)

    def _body(self, record: Record, capture: Capture) -> bytes | None:
        digest = record.fields.get("warc-payload-digest", "")
        url = target(record.fields, "warc-refers-to-target-uri") or capture.final_url
        at = moment(record.fields.get("warc-refers-to-date", ""))
        place = self._seen.get(digest) or (at and self._seen.get(_when(url, at)))
        if place and self._again:
            return self._again(place)
        return self._find(digest, url, at) if self._find else None


def _when(url: str, at: dt.datetime) -> str:
    """Return the key of a capture by address and second, the precision that WARC/1.0 writers leave."""
    return f"{at:%Y%m%d%H%M%S} {url}"
