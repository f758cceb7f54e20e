"""Memento (RFC 7089): the capture of a page at a time, and the list of all its captures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crawler.web.answers import data_answer, json_answer, unless_known
from crawler.web.mementos import (
    accepted_time,
    captures_with_body,
    date_of,
    map_link,
    memento_address,
    memento_link,
    nearest,
    original_link,
    quoted_url,
    requested_url,
)
from crawler.web.problems import NotHere
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.messages import gettext as _
from pipelines.model import Entry


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of the time gate and of the time map."""

    def gate(request: Request) -> Response:
        url, captures = _captures(room, request)
        when = accepted_time(request.headers.get("accept-datetime", ""))
        chosen = nearest(captures, when)
        answer = RedirectResponse(memento_address(room, chosen), 302)
        answer.headers["Vary"] = "accept-datetime"
        links = (original_link(url), map_link(room, url), memento_link(room, chosen, "memento"))
        answer.headers["Link"] = ", ".join(links)
        return answer

    def link_map(request: Request) -> Response:
        url, captures = _captures(room, request)
        lines = [
            original_link(url),
            f'<{room.serving.base_url}/timegate/{quoted_url(url)}>; rel="timegate"',
            f'<{room.serving.base_url}/timemap/link/{quoted_url(url)}>; rel="self"; type="application/link-format"; '
            f'from="{date_of(captures[0])}"; until="{date_of(captures[-1])}"',
            *(memento_link(room, each, _relation(number, len(captures))) for number, each in enumerate(captures)),
        ]
        return unless_known(request, data_answer(",\n".join(lines).encode() + b"\n", "application/link-format"))

    def json_map(request: Request) -> Response:
        url, captures = _captures(room, request)
        return unless_known(request, json_answer(map_document(room, url, captures)))

    yield Route("/timegate/{url:path}", gate, methods=["GET"])
    yield Route("/timemap/link/{url:path}", link_map, methods=["GET"])
    yield Route("/timemap/json/{url:path}", json_map, methods=["GET"])


def map_document(room: Room, url: str, captures: Sequence[Entry]) -> dict[str, Any]:
    """Return a time map as JSON, in the form of the Memento aggregators."""
    mementos = [
        {"datetime": f"{each.fetched_at:%Y-%m-%dT%H:%M:%SZ}", "uri": memento_address(room, each)} for each in captures
    ]
    gate = f"{room.serving.base_url}/timegate/{quoted_url(url)}"
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
