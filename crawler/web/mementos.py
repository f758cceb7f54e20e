"""Captures of a URL by time (Memento, RFC 7089): which one is meant, where it is, and the links between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from starlette.requests import Request

from crawler.web.problems import Refused
from crawler.web.readers import Reader
from crawler.web.room import Room
from crawler.web.serving import PLAYED
from pipelines.masking import without_credentials
from pipelines.messages import gettext as _
from pipelines.model import Entry

FIRST_STAMP = "00010101000000"
"""Completes the beginning of a time: a year is its first second."""


def nearest(captures: Sequence[Entry], when: dt.datetime | None) -> Entry:
    """Return the capture nearest to a time, the earlier one of two; the newest without a time.

    `captures` are sorted by time, the oldest first. Times are compared in whole seconds, as addresses name them: a
    capture is nearest to its own address.
    """
    return captures[-1] if when is None else min(captures, key=lambda each: abs(_second(each) - when))


def stamp_of(entry: Entry) -> str:
    """Return the time of a capture as in its address: 20240305013000."""
    return f"{_second(entry):%Y%m%d%H%M%S}"


def _second(entry: Entry) -> dt.datetime:
    return entry.fetched_at.astimezone(dt.UTC).replace(microsecond=0)


def stamped_time(stamp: str) -> dt.datetime | None:
    """Return the time that an address names, which may be its beginning alone; None for a text that is no time.

    >>> stamped_time("202403").isoformat(), stamped_time("20241350"), stamped_time("x")
    ('2024-03-01T00:00:00+00:00', None, None)
    """
    if not (stamp.isascii() and stamp.isdigit() and 4 <= len(stamp) <= len(FIRST_STAMP)):
        return None
    try:
        return dt.datetime.strptime(stamp + FIRST_STAMP[len(stamp) :], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def requested_url(request: Request) -> str:
    """Return the URL in the path of a request, with the query that belongs to it."""
    query = request.scope["query_string"].decode("ascii", "replace")
    url = request.path_params["url"] + (f"?{query}" if query else "")
    for scheme in ("http", "https"):  # proxies merge slashes
        if url.startswith(f"{scheme}:/") and not url.startswith(f"{scheme}://"):
            url = f"{scheme}://{url[len(scheme) + 2 :]}"
    return url if "://" in url else f"http://{url}"


def captures_with_body(reader: Reader, url: str) -> list[Entry]:
    """Return the captures of a URL that have a body in the archive, the oldest first."""
    found = reader.catalogue.captures(without_credentials(url))
    return [each for each in found if each.location and each.status != 304 and not each.rendered]


def accepted_time(header: str) -> dt.datetime | None:
    """Return the time in a header Accept-Datetime, None without one; raises Refused for one that is not valid.

    >>> accepted_time("Tue, 05 Mar 2024 01:30:00 GMT").isoformat()
    '2024-03-05T01:30:00+00:00'
    """
    if not header:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(_("Accept-Datetime is no date of RFC 7089"), "Tue, 05 Mar 2024 01:30:00 GMT")
    return moment


def http_date(moment: dt.datetime) -> str:
    """Return a time as in the header Memento-Datetime."""
    return format_datetime(moment.astimezone(dt.UTC).replace(microsecond=0), usegmt=True)


def memento_address(room: Room, entry: Entry) -> str:
    """Return the address of a capture on the origin of archived content."""
    at = entry.fetched_at.astimezone(dt.UTC)
    return f"{room.serving.content_base_url}{PLAYED}/{at:%Y%m%d%H%M%S}id_/{quoted_url(entry.final_url)}"


def links_of(room: Room, entry: Entry) -> str:
    """Return the header Link of a memento."""
    url = entry.final_url
    gate = f'<{room.serving.base_url}/timegate/{quoted_url(url)}>; rel="timegate"'
    return ", ".join((original_link(url), gate, map_link(room, url), memento_link(room, entry, "memento")))


def original_link(url: str) -> str:
    """Return the link to the page itself."""
    return f'<{quoted_url(url)}>; rel="original"'


def map_link(room: Room, url: str) -> str:
    """Return the link to the time map of a URL."""
    return f'<{room.serving.base_url}/timemap/link/{quoted_url(url)}>; rel="timemap"; type="application/link-format"'


def memento_link(room: Room, entry: Entry, relation: str) -> str:
    """Return the link to a capture."""
    return f'<{memento_address(room, entry)}>; rel="{relation}"; datetime="{date_of(entry)}"'


def date_of(entry: Entry) -> str:
    """Return the time of a capture as in the header Memento-Datetime."""
    return http_date(entry.fetched_at)


def quoted_url(url: str) -> str:
    """Return a URL that cannot end a link or a header."""
    return quote(url, safe=":/?&=%@!$'()*+,;~-._[]")
