"""Connections to public addresses only, of either family, the first that answers."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from asyncio.staggered import staggered_race
from collections.abc import Callable, Mapping
from typing import Any

import httpcore2
from attrs import frozen
from httpcore2._backends.auto import AutoBackend

from crawler.download.ssrf import refusal
from crawler.download.tls import Connection
from crawler.frontier.host_quirks import HostQuirks
from crawler.sites.hosts import hosts_of, netloc
from pipelines.errors import PageError

STAGGER_S = 0.25
"""Seconds after which the next address is tried beside one that does not answer (RFC 8305 §5)."""

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


@frozen
class OldTls:
    """Whether a host speaks only old TLS, as it is remembered."""

    host: str
    memory: HostQuirks

    def known(self) -> bool:
        """Tell whether it is one of them."""
        return self.memory.get(self.host, "tls") == "legacy"

    def note(self) -> None:
        """Remember that it is."""
        if not self.known():
            self.memory.note(self.host, "tls", "legacy")


class GuardedBackend(AutoBackend):
    """Opens connections to public addresses only.

    The name is resolved here and the connection made to the address that was looked at, so neither redirects nor a
    name that changes its address between look and call get past it. `versions` are the IP versions to which the hosts
    of some sites are held, 4 or 6. `strict` makes the context that refuses certificates which nobody vouches for: it
    loads the system's certificates, 35 ms that a host without TLS need not cost.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        strict: Callable[[], ssl.SSLContext],
        memory: HostQuirks,
        versions: Mapping[str, int],
    ) -> None:
        self._allow_private = allow_private
        self._strict = strict
        self._memory = memory
        self._versions = versions

    async def connect_tcp(self, host: str, port: int, **options: Any) -> httpcore2.AsyncNetworkStream:  # type: ignore[override]
        """Connect to the first address of a host that answers; raises PageError if one of them is not public."""
        again = functools.partial(self._connect, host, port, **options)
        old = OldTls(netloc(f"https://{_literal(host)}:{port}"), self._memory)
        return Connection(await again(), self._strict, again, old)

    async def _connect(self, host: str, port: int, **options: Any) -> httpcore2.AsyncNetworkStream:
        version = self._version(host, port)
        addresses = await _resolve(host, port, version)
        for address in addresses:
            if why := refusal(address, allow_private=self._allow_private):
                raise PageError(f"{host} is {address}, {why}", host, "only public addresses are fetched")
        connect = super().connect_tcp
        tries = [functools.partial(connect, address, port, **options) for address in addresses]
        stream: httpcore2.AsyncNetworkStream | None
        stream, _, failures = await staggered_race(tries, STAGGER_S)
        if stream is None:
            unknown = httpcore2.ConnectError(f"{host} has no address" + (f" of IPv{version}" if version else ""))
            raise next(filter(None, reversed(failures)), unknown)
        return stream

    def _version(self, host: str, port: int) -> int | None:
        scheme = "https" if port == 443 else "http"
        asked = hosts_of(f"{scheme}://{_literal(host)}:{port}")
        return next((self._versions[each] for each in asked if each in self._versions), None)


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _resolve(host: str, port: int, version: int | None) -> list[str]:
    family = FAMILIES[version] if version else socket.AF_UNSPEC
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise httpcore2.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
