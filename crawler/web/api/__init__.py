"""The interface for programs: records, exports, Memento, a CDX server, feeds, metrics, and its own description."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.routing import Route

from crawler.web.api import (
    cdx,
    entries,
    exports,
    feeds,
    fetches,
    hand_overs,
    marks,
    memento,
    metrics,
    new_sites,
    openapi,
    records,
)
from crawler.web.room import Room


def api_routes(room: Room) -> Iterator[Route]:
    """Yield the routes of all of it."""
    for module in (
        entries,
        records,
        exports,
        memento,
        cdx,
        feeds,
        fetches,
        new_sites,
        hand_overs,
        marks,
        metrics,
        openapi,
    ):
        yield from module.routes(room)
