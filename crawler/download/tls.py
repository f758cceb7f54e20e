"""TLS with servers as they are: bad certificates are told, old protocols spoken where nothing else works."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import anyio
import httpcore2
from attrs import frozen

from crawler.download.capture import CERTIFICATE, PROTOCOL

TRUSTED = "trusted"

NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST")
"""OpenSSL's reasons where what answered speaks no TLS at all, so that no older one helps."""

CLOSED = (anyio.BrokenResourceError, anyio.EndOfStream)
"""How it looks from here when a server hangs up in mid-handshake, as old ones do at what they do not know."""

_LEGACY_SERVER_CONNECT = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on: servers without secure renegotiation (RFC 5746)."""


@frozen
class Pair:
    """A context that refuses certificates which nobody vouches for, and the same that takes any; None: never do."""

    strict: ssl.SSLContext
    lenient: ssl.SSLContext | None


class Old(Protocol):
    """Which hosts speak only old TLS."""

    def known(self) -> bool:
        """Tell whether this host is one of them."""

    def note(self) -> None:
        """Remember that it is."""


def legacy_context(*, verify: bool) -> ssl.SSLContext:
    """Return a context for servers that were never renewed: TLS 1.0, suites and keys of any strength.

    OpenSSL 3 speaks TLS 1.0 and 1.1 at security level 0 alone. It is for those that failed with a modern context: some
    modern servers never answer what this one offers.
    """
    context = ssl.create_default_context()
    context.check_hostname = verify
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:!aNULL:!eNULL@SECLEVEL=0")
    context.options |= _LEGACY_SERVER_CONNECT
    return context


class Connection(httpcore2.AsyncNetworkStream):
    """A connection that can be made `again`, because a refused handshake ends it."""

    def __init__(
        self,
        stream: httpcore2.AsyncNetworkStream,
        strict: Callable[[], ssl.SSLContext],
        again: Callable[[], Awaitable[httpcore2.AsyncNetworkStream]],
        old: Old,
        certificate: str | None = None,
    ) -> None:
        self._stream, self._strict, self._again, self._old = stream, strict, again, old
        secured = stream.get_extra_info("ssl_object")
        self._told = {CERTIFICATE: certificate, PROTOCOL: secured.version() if secured else None}

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Begin TLS strictly; take any certificate if `ssl_context` does, and old TLS if nothing newer is spoken."""
        anyhow = ssl_context.verify_mode == ssl.CERT_NONE
        if not self._old.known():
            try:
                modern = Pair(self._strict(), ssl_context if anyhow else None)
                return await self._secured(self._stream, modern, server_hostname, timeout)
            except httpcore2.ConnectError as error:
                if not _is_old(error.__cause__):
                    raise
            self._stream = await self._again()
        legacy = Pair(legacy_context(verify=True), legacy_context(verify=False) if anyhow else None)
        secured = await self._secured(self._stream, legacy, server_hostname, timeout)
        self._old.note()
        return secured

    async def _secured(
        self, stream: httpcore2.AsyncNetworkStream, contexts: Pair, name: str | None, timeout: float | None
    ) -> httpcore2.AsyncNetworkStream:
        try:
            secured = await stream.start_tls(contexts.strict, name, timeout)
        except httpcore2.ConnectError as error:
            refusal = error.__cause__
            if not isinstance(refusal, ssl.SSLCertVerificationError) or contexts.lenient is None:
                raise
        else:
            return Connection(secured, self._strict, self._again, self._old, TRUSTED)
        secured = await (await self._again()).start_tls(contexts.lenient, name, timeout)
        return Connection(secured, self._strict, self._again, self._old, refusal.verify_message)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection under a name of httpcore's, or under `CERTIFICATE` or `PROTOCOL`."""
        return self._told[info] if info in self._told else self._stream.get_extra_info(info)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes next, an empty answer at the end."""
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """End the connection."""
        await self._stream.aclose()


def _is_old(failure: BaseException | None) -> bool:
    """Tell whether a handshake failed as it does with servers that speak only old TLS."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return False
    return isinstance(failure, CLOSED) or (isinstance(failure, ssl.SSLError) and failure.reason not in NO_TLS)
