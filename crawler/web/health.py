"""`/healthz` and `/readyz`: whether the process answers, and whether it can read the archive; there is no icon."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from crawler.web.room import Room
from pipelines.errors import FangzhiError


def health_routes(room: Room) -> Iterator[Route]:
    """Yield the routes."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    def ready(_request: Request) -> Response:
        try:
            with room.reader() as reader:
                reader.catalogue.ids("9", 1)
                next(reader.archive.storage.keys("ledger/"), None)
        except FangzhiError:
            return PlainTextResponse("the archive cannot be read\n", 503, headers={"Cache-Control": "no-store"})
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    async def icon(_request: Request) -> Response:
        return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})

    yield Route("/favicon.ico", icon, methods=["GET"])
    yield Route("/healthz", alive, methods=["GET"])
    yield Route("/readyz", ready, methods=["GET"])
