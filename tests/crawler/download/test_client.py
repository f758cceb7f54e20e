"""The plain client sends what httpx2's own client sends."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from crawler.download.client import PlainClient

HEADERS = (
    [("Accept", "text/html"), ("User-Agent", "fangzhi"), ("Cookie", "a=1"), ("Cookie", "b=2")],
    [("Connection", "close"), ("Host", "other.example.cn"), ("User-Agent", "fangzhi")],
    [],
)
URLS = ("http://a.example.cn:80/图?q=图", "https://[::1]:8443/x//y?")


def sent_by(kind: type[httpx2.AsyncClient], method: str, url: str, headers: list[tuple[str, str]]) -> httpx2.Request:
    """Return the request that a client sends, with no headers of its own that Scrapy sets."""
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, content=b"body")

    async def send() -> bytes:
        client = kind(transport=httpx2.MockTransport(answer))
        for name in ("accept", "accept-encoding", "user-agent"):
            client.headers.pop(name, None)
        content = b"a=1" if method == "POST" else b""
        async with client, client.stream(method, url, content=content, headers=headers, timeout=7.0) as response:
            return await response.aread()

    assert asyncio.run(send()) == b"body"
    return requests[0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("url", URLS)
def test_a_request_is_that_of_httpx2(method: str, headers: list[tuple[str, str]], url: str) -> None:
    plain, usual = (sent_by(kind, method, url, headers) for kind in (PlainClient, httpx2.AsyncClient))
    assert plain.url == usual.url
    assert plain.headers.raw == usual.headers.raw
    assert plain.content == usual.content
    assert plain.extensions == usual.extensions
