"""Archived content, on an origin of its own: what a site wrote must not act as a page of the room."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.types import ASGIApp

from crawler.web.guard import HEADERS, Guard, RateLimit
from crawler.web.room import Room

CONTENT_HEADERS: Mapping[str, str] = {
    **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
"""The headers of archived content: no script, no plug-in, no network. The room may show it in a frame."""


def content_application(room: Room) -> ASGIApp:
    """Return the application that serves archived content."""
    serving = room.serving
    app = Starlette(routes=[])
    return Guard(
        app=app,
        hosts=serving.content_hosts,
        prefix="",
        limit=RateLimit(serving.rate),
        headers=CONTENT_HEADERS,
    )
