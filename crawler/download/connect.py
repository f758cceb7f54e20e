"""Opens connections to public addresses only, IPv4 or IPv6, to the first address that answers."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from asyncio.staggered import staggered_race
from collections.abc import Callable, Mapping
from typing import Any

import httpcore2
import httpx2
from attrs import frozen
from httpcore2._backends.auto import AutoBackend

from crawler.download.tls import ReopenableConnection
from crawler.frontier.host_quirks import HostQuirks
from crawler.sites.hosts import hosts_of, netloc
from pipelines.errors import PageError
from pipelines.messages import gettext as _
from pipelines.storage.ssrf import refusal

STAGGER_S = 0.25
"""Seconds after which the next address is tried in parallel, if one does not answer (RFC 8305 §5)."""

SOCKET_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


@frozen
class HostLegacyTls:
    """Whether a host supports only legacy TLS, as stored in the host quirks."""

    host: str
    quirks: HostQuirks

    def is_known(self) -> bool:
        """Return whether the host is known to support only legacy TLS."""
        return self.quirks.get(self.host, "tls") == "legacy"

    def note(self) -> None:
        """Store that the host supports only legacy TLS."""
        if not self.is_known():
            self.quirks.note(self.host, "tls", "legacy")


def connect_by(client: httpx2.AsyncClient, backend: AutoBackend) -> httpx2.AsyncClient:
    """Make a client open its connections by a backend, for which its pool has no public parameter."""
    client._transport._pool._network_backend = backend  # type: ignore[attr-defined]
    return client


class PublicAddressBackend(AutoBackend):
    """Opens connections to public addresses only.

    The host name is resolved here, and the connection goes to the address that was checked. So neither a redirect nor
    a name that changes its address between check and connection (DNS rebinding) gets around the check. `versions` maps
    hosts to the IP version, 4 or 6, to which their site is restricted. `strict` makes the context that refuses
    untrusted certificates: it loads the system's certificates, which takes 35 ms that a host without TLS need not cost.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        strict: Callable[[], ssl.SSLContext],
        quirks: HostQuirks,
        versions: Mapping[str, int],
    ) -> None:
        self._allow_private = allow_private
        self._strict = strict
        self._quirks = quirks
        self._versions = versions

    async def connect_tcp(self, host: str, port: int, **options: Any) -> httpcore2.AsyncNetworkStream:  # type: ignore[override]
        """Connect to the first address of a host that answers; raises PageError if any of them is not public."""
        connect = functools.partial(self._connect, host, port, **options)
        legacy_tls = HostLegacyTls(netloc(f"https://{_bracketed(host)}:{port}"), self._quirks)
        return ReopenableConnection(await connect(), self._strict, connect, legacy_tls)

    async def _connect(self, host: str, port: int, **options: Any) -> httpcore2.AsyncNetworkStream:
        version = self._version(host, port)
        addresses = await _resolve(host, port, version)
        for address in addresses:
            if why := refusal(address, allow_private=self._allow_private):
                hint = _("only public addresses are fetched; --allow-private allows loopback and private ones")
                raise PageError(
                    _("{host} has the address {address}, {why}", host=host, address=address, why=why), host, hint
                )
        connect = super().connect_tcp
        tries = [functools.partial(connect, address, port, **options) for address in addresses]
        stream: httpcore2.AsyncNetworkStream | None
        stream, _winner, failures = await staggered_race(tries, STAGGER_S)
        if stream is None:
            unknown = httpcore2.ConnectError(f"{host} has no address" + (f" of IPv{version}" if version else ""))
            raise next(filter(None, reversed(failures)), unknown)
        return stream

    def _version(self, host: str, port: int) -> int | None:
        scheme = "https" if port == 443 else "http"
        hosts = hosts_of(f"{scheme}://{_bracketed(host)}:{port}")
        return next((self._versions[each] for each in hosts if each in self._versions), None)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _resolve(host: str, port: int, version: int | None) -> list[str]:
    family = SOCKET_FAMILIES[version] if version else socket.AF_UNSPEC
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise httpcore2.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
