"""`/metrics`: the state of the archive, its sites and its crawls, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.cli.metrics import metrics_text
from crawler.monitoring.metrics import CONTENT_TYPE
from crawler.web.room import Room

METRICS_AGE_S = 60
"""Seconds for which the metrics are kept: Prometheus asks every 15 to 60 s, and several servers may ask."""


def routes(room: Room) -> Iterator[Route]:
    """Yield the route of the metrics."""

    def answer(_request: Request) -> Response:
        text = room.kept.get("metrics", METRICS_AGE_S, lambda: metrics_text(room.config, room.kept))
        return Response(text, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})

    yield Route("/metrics", answer, methods=["GET"])
