"""HTTP connections of our own requests: to public addresses only, without a proxy, also behind redirects.

Pages are fetched by `crawler.download`, with the same rules for addresses; this is for files that are read by range.
"""

from __future__ import annotations

import functools
import http.client
import socket
from typing import Any
from urllib import request as urllib_request

from pipelines.errors import StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.storage.ssrf import refusal


@functools.cache  # a file is read by many requests
def opener(*, allow_private: bool, redirects: bool = True) -> urllib_request.OpenerDirector:
    """Return an opener for http and https; each connection checks the addresses of its host.

    Without `redirects` the answer that redirects is an HTTPError.

    No handler for proxies is added: a proxy would resolve names and connect, unseen by the check. None for ftp and
    files is added either: a redirect may not lead there.
    """
    director = urllib_request.OpenerDirector()
    for handler in (
        urllib_request.HTTPDefaultErrorHandler(),
        *([urllib_request.HTTPRedirectHandler()] if redirects else []),
        urllib_request.HTTPErrorProcessor(),
        urllib_request.UnknownHandler(),
        _Handler(allow_private=allow_private),
    ):
        director.add_handler(handler)
    return director


class _Handler(urllib_request.AbstractHTTPHandler):
    """Opens http and https by guarded connections."""

    def __init__(self, *, allow_private: bool) -> None:
        super().__init__()
        self._allow_private = allow_private
        self.http_request = self.https_request = self.do_request_

    def http_open(self, request: urllib_request.Request) -> http.client.HTTPResponse:
        return self.do_open(_guarded(http.client.HTTPConnection, self._allow_private), request)

    def https_open(self, request: urllib_request.Request) -> http.client.HTTPResponse:
        return self.do_open(_guarded(http.client.HTTPSConnection, self._allow_private), request)


def _guarded(kind: type[http.client.HTTPConnection], allow_private: bool) -> Any:
    """Return a maker of connections that go to an address that was checked."""

    def connection(*arguments: Any, **options: Any) -> http.client.HTTPConnection:
        made = kind(*arguments, **options)
        # http.client has no public way to replace how the socket is opened; its own tests replace this attribute.
        vars(made)["_create_connection"] = lambda place, *rest: _connect(place, *rest, allow_private=allow_private)
        return made

    return connection


def _connect(place: tuple[str, int], *arguments: Any, allow_private: bool) -> socket.socket:
    """Connect to the first address of a host that answers; raises StoreUnavailable if any of them is not public."""
    host, port = place
    addresses = dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    for address in addresses:
        if why := refusal(address, allow_private=allow_private):
            raise StoreUnavailable(
                _("{host} has the address {address}, {why}", host=host, address=address, why=why),
                _("only public addresses are fetched; --allow-private allows loopback and private ones"),
            )
    for number, address in enumerate(addresses, 1):
        try:
            return socket.create_connection((address, port), *arguments)
        except OSError:
            if number == len(addresses):
                raise
    raise OSError(f"{host} has no address")
