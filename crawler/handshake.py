"""Shell. TLS with servers whose certificates are looked at, told, and never a reason to go without their pages."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import httpcore2

from crawler.capture import CERTIFICATE

TRUSTED = "trusted"


class Connection(httpcore2.AsyncNetworkStream):
    """A connection that can be made `again`, because a refused certificate ends it."""

    def __init__(
        self,
        stream: httpcore2.AsyncNetworkStream,
        strict: ssl.SSLContext,
        again: Callable[[], Awaitable[httpcore2.AsyncNetworkStream]],
        certificate: str | None = None,
    ) -> None:
        self._stream, self._strict, self._again, self._certificate = stream, strict, again, certificate

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Begin TLS strictly; if the certificate is refused and `ssl_context` takes any, once more with that one."""
        try:
            secured = await self._stream.start_tls(self._strict, server_hostname, timeout)
        except httpcore2.ConnectError as error:
            refusal = error.__cause__
            if not isinstance(refusal, ssl.SSLCertVerificationError) or ssl_context.verify_mode != ssl.CERT_NONE:
                raise
        else:
            return Connection(secured, self._strict, self._again, TRUSTED)
        secured = await (await self._again()).start_tls(ssl_context, server_hostname, timeout)
        return Connection(secured, self._strict, self._again, refusal.verify_message)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection under a name of httpcore's, or under `CERTIFICATE`."""
        return self._certificate if info == CERTIFICATE else self._stream.get_extra_info(info)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes next, an empty answer at the end."""
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """End the connection."""
        await self._stream.aclose()
