"""Memento (RFC 7089): the capture of a page at a time, and the list of all its captures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crawler.web.answers import data_answer, json_answer, unless_known
from crawler.web.problems import NotHere, Refused
from crawler.web.readers import Reader
from crawler.web.requests import asked_by
from crawler.web.room import Room
from crawler.web.serving import PLAYED
from pipelines.masking import without_credentials
from pipelines.messages import gettext as _
from pipelines.model import Entry


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of the time gate and of the time map."""

    def gate(request: Request) -> Response:
        url, captures = _captures(room, request)
        when = accepted_time(request.headers.get("accept-datetime", ""))
        chosen = captures[-1] if when is None else min(captures, key=lambda each: abs(each.fetched_at - when))
        answer = RedirectResponse(memento_address(room, chosen), 302)
        answer.headers["Vary"] = "accept-datetime"
        answer.headers["Link"] = ", ".join((_original(url), _map(room, url), _memento(room, chosen, "memento")))
        return answer

    def link_map(request: Request) -> Response:
        url, captures = _captures(room, request)
        lines = [
            _original(url),
            f'<{room.serving.base_url}/timegate/{_quoted(url)}>; rel="timegate"',
            f'<{room.serving.base_url}/timemap/link/{_quoted(url)}>; rel="self"; type="application/link-format"; '
            f'from="{_date(captures[0])}"; until="{_date(captures[-1])}"',
            *(_memento(room, each, _relation(number, len(captures))) for number, each in enumerate(captures)),
        ]
        return unless_known(request, data_answer(",\n".join(lines).encode() + b"\n", "application/link-format"))

    def json_map(request: Request) -> Response:
        url, captures = _captures(room, request)
        return unless_known(request, json_answer(map_document(room, url, captures)))

    yield Route("/timegate/{url:path}", gate, methods=["GET"])
    yield Route("/timemap/link/{url:path}", link_map, methods=["GET"])
    yield Route("/timemap/json/{url:path}", json_map, methods=["GET"])


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
    return f"{room.serving.content_base_url}{PLAYED}/{at:%Y%m%d%H%M%S}id_/{_quoted(entry.final_url)}"


def links_of(room: Room, entry: Entry) -> str:
    """Return the header Link of a memento."""
    url = entry.final_url
    gate = f'<{room.serving.base_url}/timegate/{_quoted(url)}>; rel="timegate"'
    return ", ".join((_original(url), gate, _map(room, url), _memento(room, entry, "memento")))


def map_document(room: Room, url: str, captures: Sequence[Entry]) -> dict[str, Any]:
    """Return a time map as JSON, in the form of the Memento aggregators."""
    mementos = [
        {"datetime": f"{each.fetched_at:%Y-%m-%dT%H:%M:%SZ}", "uri": memento_address(room, each)} for each in captures
    ]
    gate = f"{room.serving.base_url}/timegate/{_quoted(url)}"
    return {"original_uri": url, "timegate_uri": gate, "mementos": {"list": mementos}}


def _captures(room: Room, request: Request) -> tuple[str, list[Entry]]:
    asked_by(room, request)
    url = requested_url(request)
    with room.reader() as reader:
        found = captures_with_body(reader, url)
    if not found:
        raise NotHere(_("{url} is not in the archive", url=url))
    return url, found


def _relation(number: int, count: int) -> str:
    names = (["first"] if number == 0 else []) + (["last"] if number == count - 1 else [])
    return " ".join((*names, "memento"))


def _original(url: str) -> str:
    return f'<{_quoted(url)}>; rel="original"'


def _map(room: Room, url: str) -> str:
    return f'<{room.serving.base_url}/timemap/link/{_quoted(url)}>; rel="timemap"; type="application/link-format"'


def _memento(room: Room, entry: Entry, relation: str) -> str:
    return f'<{memento_address(room, entry)}>; rel="{relation}"; datetime="{_date(entry)}"'


def _date(entry: Entry) -> str:
    return http_date(entry.fetched_at)


def _quoted(url: str) -> str:
    """Return a URL that cannot end a link or a header."""
    return quote(url, safe=":/?&=%@!$'()*+,;~-._[]")
