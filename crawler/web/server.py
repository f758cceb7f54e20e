"""Runs the room and the server of archived content, in one process or in several, until SIGINT or SIGTERM."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Sequence

import uvicorn
from attrs import frozen
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.supervisors import Multiprocess

from crawler.config.config import Config
from crawler.web.app import application
from crawler.web.content import content_application
from crawler.web.desk import DeskAddress, connected, desk_of, shared
from crawler.web.room import Room
from crawler.web.serving import Serving

MAX_CONNECTIONS = 200
"""Connections at a time and process; further ones get the status 503. A browser opens six."""

GRACE_S = 5
"""Seconds that requests in progress have to end when the server stops."""

STUCK_S = 20
"""Seconds after which a process that does not answer is replaced, also if it was killed while it was asked. It answers
in a thread of its own, within a second on a busy machine."""


def serve(config: Config, serving: Serving, sockets: Sequence[socket.socket], workers: int) -> None:
    """Serve the room on the first socket and archived content on the second, until SIGINT or SIGTERM.

    Several processes accept connections at the same sockets; this one starts them, replaces one that died, and keeps
    what they share. Raises ConfigError if the archive has no catalogue.
    """
    room = Room(config, serving)
    if workers == 1:
        uvicorn.Server(_settings(both(room), serving)).run([*sockets])
        return
    room.close()
    address = shared(desk_of(config, serving))
    made = _settings(functools.partial(_worker, config, serving, address), serving, workers)
    Multiprocess(made, [*sockets]).run()


def both(room: Room) -> ASGIApp:
    """Return the application for both ports."""
    return ByPort(room=application(room), content=content_application(room), content_port=room.serving.content_port)


@frozen(kw_only=True)
class ByPort:
    """Sends a request to the room or to the server of archived content, by the port at which it came."""

    room: ASGIApp
    content: ASGIApp
    content_port: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; starting and stopping are those of the room."""
        is_content = scope["type"] != "lifespan" and scope["server"][1] == self.content_port
        await (self.content if is_content else self.room)(scope, receive, send)


def _worker(config: Config, serving: Serving, address: DeskAddress) -> ASGIApp:
    """Return the application of one of several processes, which ends when the one that started it is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return both(Room(config, serving, connected(address, serving)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _settings(app: ASGIApp | functools.partial[ASGIApp], serving: Serving, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, functools.partial),
        workers=workers,
        access_log=False,
        log_config=None,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_S,
        timeout_worker_healthcheck=STUCK_S,
        proxy_headers=bool(serving.public_url),
        forwarded_allow_ips="127.0.0.1,::1",
    )
