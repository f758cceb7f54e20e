"""A capture of a requisite: a file that a browser loads to show a page, such as a style sheet or a picture."""

from __future__ import annotations

import datetime as dt

from attrs import field, frozen

from pipelines.model.capture import Capture, Location
from pipelines.model.entry import Entry
from pipelines.model.verdict import capture_id

NOT_MODIFIED = 304
"""The status of a response that confirms an earlier capture (RFC 9110 §15.4.5)."""

MAX_MEDIA_TYPE_CHARS = 100
"""Characters that are stored of a media type: the longest registered one has 73."""


@frozen(kw_only=True)
class Requisite:
    """One row of the catalogue's table of requisites; it has no article, so it is much smaller than an `Entry`.

    `url` is the URL that was requested, `final_url` the one that answered. `media_type` is the one that the response
    declares, empty if it declares none. `payload` is the digest of the body as it came over the wire (`sha256:…`).
    `is_repeated` tells that the capture was stored as a revisit of an earlier one; the catalogue does not keep it.
    """

    id: str
    site: str | None
    url: str
    final_url: str
    fetched_at: dt.datetime
    status: int
    media_type: str = ""
    payload: str
    location: Location | None
    is_repeated: bool = field(default=False, eq=False)

    @property
    def is_archived(self) -> bool:
        """Whether the body is in the archive: in this capture, or in the earlier one that a 304 response confirms."""
        return self.location is not None and (200 <= self.status <= 299 or self.status == NOT_MODIFIED)


def requisite_of_capture(capture: Capture, payload: str, site: str | None, location: Location | None) -> Requisite:
    """Return the row of a capture with this payload digest."""
    declared = capture.header("Content-Type").partition(";")[0].strip().lower()
    return Requisite(
        id=capture_id(capture, payload),
        site=site,
        url=capture.url,
        final_url=capture.final_url,
        fetched_at=capture.fetched_at,
        status=capture.status,
        media_type=declared[:MAX_MEDIA_TYPE_CHARS],
        payload=payload,
        location=location,
    )


def requisite_of_entry(entry: Entry) -> Requisite:
    """Return the row that the capture of an entry would have as a requisite."""
    return Requisite(
        id=entry.id,
        site=entry.site,
        url=entry.url,
        final_url=entry.final_url,
        fetched_at=entry.fetched_at,
        status=entry.status or 0,
        media_type=entry.file.media_type if entry.file else "",
        payload=entry.digests.payload,
        location=entry.location,
    )
