"""Runs the room and the server of archived content in one process, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from crawler.config.config import Config
from crawler.web.app import application
from crawler.web.content import content_application
from crawler.web.room import Room
from crawler.web.serving import Serving

MAX_CONNECTIONS = 200
"""Connections at a time; further ones get the status 503. A browser opens six."""

GRACE_S = 5
"""Seconds that requests in progress have to end when the server stops."""


def serve(config: Config, serving: Serving, sockets: Sequence[socket.socket]) -> None:
    """Serve the room on the first socket and archived content on the second, until SIGINT or SIGTERM."""
    room = Room(config, serving)
    apps = (application(room), content_application(room))
    asyncio.run(_served([_server(app, serving) for app in apps], sockets))


async def _served(servers: Sequence[uvicorn.Server], sockets: Sequence[socket.socket]) -> None:
    """Run several servers until one of them ends, and then end the others."""
    tasks = [asyncio.ensure_future(each.serve([at])) for each, at in zip(servers, sockets, strict=True)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for each in servers:
        each.should_exit = True
    await asyncio.gather(*tasks)


def _server(app: ASGIApp, serving: Serving) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=GRACE_S,
            proxy_headers=bool(serving.public_url),
            forwarded_allow_ips="127.0.0.1,::1",
        )
    )
