"""Requests a time stamp of an authority (RFC 3161 §3.4), by the same connections as crawls: to no private address."""

from __future__ import annotations

import asyncio
import functools
import ssl

import httpx2
from attrs import frozen

from crawler.download.connect import PublicAddressBackend, connect_by
from crawler.frontier.host_quirks import HostQuirks
from pipelines.errors import FangzhiError, PageError
from pipelines.messages import gettext as _

MAX_ANSWER_BYTES = 64 * 1024
"""Largest answer: a stamp with its chain of certificates has 2 to 10 KB."""

REQUEST_TYPE, ANSWER_TYPE = "application/timestamp-query", "application/timestamp-reply"


@frozen(kw_only=True)
class StampClient:
    """How an authority is asked; `timeout` is in seconds, for the whole exchange."""

    user_agent: str
    timeout: float
    allow_private: bool

    def request(self, url: str, query: bytes) -> bytes:
        """Return the answer to a query in DER; raises FangzhiError with the reason if there is none.

        Redirects are not followed.
        """
        try:
            return asyncio.run(self._request(url, query))
        except PageError as error:
            raise FangzhiError(error.message, error.hint) from error
        except TimeoutError as error:
            raise FangzhiError(_("no complete answer within {seconds:g} s", seconds=self.timeout)) from error
        except httpx2.HTTPError as error:
            raise FangzhiError(f"{error}" or type(error).__name__) from error

    async def _request(self, url: str, query: bytes) -> bytes:
        async with asyncio.timeout(self.timeout), self._client() as client:
            headers = {"Content-Type": REQUEST_TYPE, "Accept": ANSWER_TYPE, "User-Agent": self.user_agent}
            async with client.stream("POST", url, content=query, headers=headers) as response:
                if response.status_code != httpx2.codes.OK:
                    raise FangzhiError(_("it answered with the status {status}", status=response.status_code))
                answer = b""
                async for chunk in response.aiter_raw():
                    answer += chunk
                    if len(answer) > MAX_ANSWER_BYTES:
                        raise FangzhiError(_("its answer has more than {count} bytes", count=MAX_ANSWER_BYTES))
                return answer

    def _client(self) -> httpx2.AsyncClient:
        """Return a client without proxies: a proxy would resolve names and connect, unseen by the check."""
        client = httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=self.timeout)
        strict = functools.cache(ssl.create_default_context)
        backend = PublicAddressBackend(
            allow_private=self.allow_private, strict=strict, quirks=HostQuirks(None), versions={}
        )
        return connect_by(client, backend)
