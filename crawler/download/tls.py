"""Connections to badly configured servers: untrusted certificates are reported, legacy TLS is used if it must be.

What a server sends goes through `StandardResponse`, which reads heads as browsers do.
"""

from __future__ import annotations

import select
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import anyio
import httpcore2
from attrs import frozen

from crawler.download.capture import CERTIFICATE_INFO, HEAD_INFO, PROTOCOL_INFO
from crawler.download.standard_response import StandardResponse

TRUSTED = "trusted"

NOT_TLS_REASONS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST")
"""OpenSSL's reasons for a failed handshake if the server does not speak TLS at all: legacy TLS would not help."""

CLOSED_ERRORS = (anyio.BrokenResourceError, anyio.EndOfStream)
"""Errors of a handshake in which the server disconnects, as old servers do if they do not know the protocol."""

CLOSED = -1
"""The descriptor of a closed socket."""

_LEGACY_SERVER_CONNECT = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT, named in Python from 3.12: allows servers without secure renegotiation (RFC 5746)."""


@frozen
class TlsContexts:
    """Two contexts: `strict` verifies certificates, `lenient` accepts any; without `lenient` all are verified."""

    strict: ssl.SSLContext
    lenient: ssl.SSLContext | None


class LegacyTls(Protocol):
    """Remembers whether a host supports only legacy TLS."""

    def is_known(self) -> bool:
        """Return whether the host is known to support only legacy TLS."""

    def note(self) -> None:
        """Store that the host supports only legacy TLS."""


def legacy_context(*, verify: bool) -> ssl.SSLContext:
    """Return a context for very old servers: TLS 1.0 and later, suites and keys of any strength.

    OpenSSL 3 supports TLS 1.0 and 1.1 at security level 0 only. Use it only after a modern context failed: some modern
    servers never answer the handshake of this one.
    """
    context = ssl.create_default_context()
    context.check_hostname = verify
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:!aNULL:!eNULL@SECLEVEL=0")
    context.options |= _LEGACY_SERVER_CONNECT
    return context


class ReopenableConnection(httpcore2.AsyncNetworkStream):
    """A connection that can be opened again, because a failed handshake closes it."""

    def __init__(
        self,
        stream: httpcore2.AsyncNetworkStream,
        strict: Callable[[], ssl.SSLContext],
        reconnect: Callable[[], Awaitable[httpcore2.AsyncNetworkStream]],
        legacy_tls: LegacyTls,
        certificate: str | None = None,
    ) -> None:
        self._stream, self._strict, self._reconnect, self._legacy_tls = stream, strict, reconnect, legacy_tls
        # httpcore asks each idle connection at each request whether it is readable, and anyio takes .1 ms to look up
        # either of these
        self._socket, self._secured_by = stream.get_extra_info("socket"), stream.get_extra_info("ssl_object")
        self._poll = select.poll()
        if self._socket and self._socket.fileno() != CLOSED:
            self._poll.register(self._socket.fileno(), select.POLLIN)
        protocol = self._secured_by.version() if self._secured_by else None
        self._extra_info = {CERTIFICATE_INFO: certificate, PROTOCOL_INFO: protocol}
        self._response = StandardResponse()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Start TLS with verification; accept any certificate if `ssl_context` does, and legacy TLS if it must be."""
        accepts_any = ssl_context.verify_mode == ssl.CERT_NONE
        if not self._legacy_tls.is_known():
            try:
                modern = TlsContexts(self._strict(), ssl_context if accepts_any else None)
                return await self._secured(self._stream, modern, server_hostname, timeout)
            except httpcore2.ConnectError as error:
                if not _may_need_legacy_tls(error.__cause__):
                    raise
            self._stream = await self._reconnect()
        legacy = TlsContexts(legacy_context(verify=True), legacy_context(verify=False) if accepts_any else None)
        secured = await self._secured(self._stream, legacy, server_hostname, timeout)
        self._legacy_tls.note()
        return secured

    async def _secured(
        self, stream: httpcore2.AsyncNetworkStream, contexts: TlsContexts, name: str | None, timeout: float | None
    ) -> httpcore2.AsyncNetworkStream:
        try:
            secured = await stream.start_tls(contexts.strict, name, timeout)
        except httpcore2.ConnectError as error:
            refusal = error.__cause__
            if not isinstance(refusal, ssl.SSLCertVerificationError) or contexts.lenient is None:
                raise
        else:
            return ReopenableConnection(secured, self._strict, self._reconnect, self._legacy_tls, TRUSTED)
        secured = await (await self._reconnect()).start_tls(contexts.lenient, name, timeout)
        return ReopenableConnection(secured, self._strict, self._reconnect, self._legacy_tls, refusal.verify_message)

    def get_extra_info(self, info: str) -> Any:
        """Return the value of one of httpcore's keys, or of `CERTIFICATE_INFO`, `PROTOCOL_INFO` or `HEAD_INFO`.

        An idle connection that is readable is closed, not used again: the server disconnects, or sent too much.
        """
        if info == HEAD_INFO:
            return self._response.head
        if info == "is_readable":
            return self._has_surplus() or self._is_readable()
        return self._extra_info[info] if info in self._extra_info else self._stream.get_extra_info(info)

    def _has_surplus(self) -> bool:
        return self._response.has_surplus or bool(self._secured_by and self._secured_by.pending())

    def _is_readable(self) -> bool:
        """Return whether a read would return at once: data, the end of the stream, or an error."""
        if not self._socket or self._socket.fileno() == CLOSED:
            return True
        return bool(self._poll.poll(0))

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next bytes of a response, empty at the end of the stream.

        With TLS 1.3 a server refuses a client after the handshake, for example if it wants a certificate of the client.
        """
        while (data := self._response.take()) is None:
            try:
                received = await self._stream.read(max_bytes, timeout)
            except ssl.SSLError as error:
                raise httpcore2.ReadError(str(error)) from error
            self._response.receive(received)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all bytes."""
        self._response.sent(buffer)
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()


def _may_need_legacy_tls(failure: BaseException | None) -> bool:
    """Return whether a handshake failed in a way that is typical of servers that support only legacy TLS."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return False
    return isinstance(failure, CLOSED_ERRORS) or (
        isinstance(failure, ssl.SSLError) and failure.reason not in NOT_TLS_REASONS
    )
