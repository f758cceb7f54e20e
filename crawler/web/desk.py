"""What all processes of a room share: the fetches, and how often each client asked. One process keeps it for all.

Pages are fetched within a quota and one at a time from a host; clients may ask so often. This holds for the room, not
for each of the processes that answer its readers. So it is kept in the process that starts them, and these ask it over
a socket that only processes with a random key may use.
"""

from __future__ import annotations

import secrets
import threading
from multiprocessing.managers import BaseManager
from typing import Any, Protocol

from attrs import frozen

from crawler.config.config import Config
from crawler.web.fetching import Fetches
from crawler.web.guard import Limit, RateLimit
from crawler.web.jobs import BackgroundJob, JobKind
from crawler.web.serving import Serving

WRONG_TOKENS = 0.1
"""Wrong tokens a second and client that are answered as such: 8,640 guesses a day of 2^128."""


class FetchQueue(Protocol):
    """Jobs that readers ask for."""

    def ask(self, given: str, kind: JobKind = "fetch", arguments: tuple[str, ...] = ()) -> BackgroundJob:
        """Begin a job."""

    def job(self, key: str) -> BackgroundJob | None:
        """Return a job by its id."""


@frozen(kw_only=True)
class Desk:
    """The shared parts of a room: its fetches, and the limits of requests, of archived content and of wrong tokens."""

    fetches: FetchQueue
    requests: Limit
    content: Limit
    wrong_tokens: Limit


@frozen(kw_only=True)
class DeskAddress:
    """Where another process finds a desk, and the key that it needs."""

    path: str
    key: bytes


PARTS = ("fetches", "requests", "content", "wrong_tokens")


class _Manager(BaseManager):
    """Hands out the parts of a desk to other processes."""


for _part in PARTS:
    _Manager.register(_part)


def desk_of(config: Config, serving: Serving) -> Desk:
    """Return a desk for one process."""
    return Desk(
        fetches=Fetches(config),
        requests=RateLimit(serving.rate),
        content=RateLimit(serving.rate),
        wrong_tokens=RateLimit(WRONG_TOKENS),
    )


def shared(desk: Desk) -> DeskAddress:
    """Serve a desk to other processes, in a thread of this one until it ends; return where it is."""

    class Manager(BaseManager):
        """Hands out the parts of this desk."""

    for part in PARTS:
        Manager.register(part, callable=lambda part=part: getattr(desk, part), exposed=("ask", "job", "wait"))
    key = secrets.token_bytes(32)
    server = Manager(authkey=key).get_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return DeskAddress(path=str(server.address), key=key)


def connected(address: DeskAddress, serving: Serving) -> Desk:
    """Return a desk that another process serves. Without a limit of requests, none is asked for."""
    manager = _Manager(address=address.path, authkey=address.key)
    manager.connect()
    parts: dict[str, Any] = {part: getattr(manager, part)() for part in PARTS}
    if serving.rate is None:
        parts |= {"requests": RateLimit(None), "content": RateLimit(None)}
    return Desk(**parts)
