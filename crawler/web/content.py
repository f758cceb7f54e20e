"""Archived content, on an origin of its own: what a site wrote must not act as a page of the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from crawler.player import play
from crawler.player.holdings import ArchiveHoldings
from crawler.replay.places import capture_at_place
from crawler.replay.run import body_finder
from crawler.web.guard import HEADERS, Guard
from crawler.web.language import chosen_language
from crawler.web.mementos import (
    captures_with_body,
    http_date,
    links_of,
    memento_address,
    nearest,
    requested_url,
    stamp_of,
    stamped_time,
)
from crawler.web.problems import problem_of
from crawler.web.readers import Reader, open_reader
from crawler.web.room import Room
from crawler.web.samples import config_of_samples
from crawler.web.serving import PLAYED, SAMPLED
from pipelines.errors import FangzhiError
from pipelines.model import Capture, Entry

CONTENT_HEADERS: Mapping[str, str] = {
    **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
"""The headers of archived content: no script, no plug-in, no network. The room may show it in a frame."""

ANCESTORS = "frame-ancestors 'self'"
"""Who may show a page of the player in a frame."""

CODINGS = ("gzip", "deflate", "br")
"""Codings of a body that are handed on: those that every browser undoes."""


def content_application(room: Room) -> ASGIApp:
    """Return the application that serves archived content."""
    serving = room.serving

    def payload(request: Request) -> Response:
        url, stamp = requested_url(request), request.path_params["stamp"]
        if (when := stamped_time(stamp)) is None:
            raise HTTPException(404)
        with room.reader() as reader:
            found = captures_with_body(reader, url)
            if not found:
                raise HTTPException(404)
            entry = nearest(found, when)
            if stamp_of(entry) != stamp:
                return RedirectResponse(memento_address(room, entry), 302)
            return payload_answer(room, entry, capture_of(reader, entry))

    def played(request: Request) -> Response:
        with room.reader() as reader:
            return _played(room, reader, request, PLAYED)

    def sampled(request: Request) -> Response:
        job = room.desk.fetches.job(request.path_params["job"])
        if job is None or job.pages is None:
            raise HTTPException(404)
        reader = open_reader(config_of_samples(room.config, job.pages))
        with closing(reader.catalogue):
            return _played(room, reader, request, f"{SAMPLED}/{job.id}")

    def failed(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else problem_of(error).status
        return PlainTextResponse("this is not in the archive\n" if status == 404 else "failed\n", status)

    handlers = {FangzhiError: failed, HTTPException: failed, Exception: failed}
    routes = [
        Route(f"{PLAYED}/{{stamp}}id_/{{url:path}}", payload, methods=["GET"]),
        Route(f"{PLAYED}/{{rest:path}}", played, methods=["GET"]),
        Route(f"{SAMPLED}/{{job}}/{{rest:path}}", sampled, methods=["GET"]),
    ]
    return Guard(
        app=Starlette(routes=routes, exception_handlers=handlers),
        hosts=serving.content_hosts,
        prefix="",
        limit=room.desk.content,
        headers=CONTENT_HEADERS,
    )


def _played(room: Room, reader: Reader, request: Request, prefix: str) -> Response:
    """Return an archived page or file in the player; raises HTTPException if the path is none of the player."""
    query = request.scope["query_string"]
    path = (request.scope["raw_path"] + (b"?" + query if query else b"")).decode("latin-1")
    lang = chosen_language(None, request.headers.get("accept-language", ""))
    shown = play(ArchiveHoldings(reader.archive, reader.catalogue), path, prefix=prefix, lang=lang)
    if shown is None:
        raise HTTPException(404)
    return Response(shown.body, shown.status, _with_ancestors(dict(shown.headers), room.serving.origins))


def _with_ancestors(headers: dict[str, str], rooms: Sequence[str]) -> dict[str, str]:
    """Let the pages of the room show an archived page in a frame."""
    policy = headers["Content-Security-Policy"]
    return headers | {"Content-Security-Policy": policy.replace(ANCESTORS, " ".join((ANCESTORS, *rooms)))}


def capture_of(reader: Reader, entry: Entry) -> Capture:
    """Return a capture with its body, which a revisit has from its original; raises StoreError."""
    assert entry.location is not None, "captures_with_body returns those with a location"  # noqa: S101
    return capture_at_place(reader.archive, entry.location, body_finder(reader.archive, reader.catalogue))


def payload_answer(room: Room, entry: Entry, capture: Capture) -> Response:
    """Return the bytes of a capture as a file to save, with the headers of a memento (RFC 7089)."""
    name = quote(entry.final_url.partition("?")[0].rstrip("/").rpartition("/")[2], safe="") or "file"
    coding = capture.header("Content-Encoding").strip().lower()
    headers = {
        "Memento-Datetime": http_date(entry.fetched_at),
        "Link": links_of(room, entry),
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Cache-Control": "public, max-age=86400",
        **({"Content-Encoding": coding} if coding in CODINGS else {}),
    }
    return Response(capture.body, media_type="application/octet-stream", headers=headers)
