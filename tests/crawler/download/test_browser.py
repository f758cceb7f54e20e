"""The browser that renders pages makes no connection by itself, whatever a page tries."""

from __future__ import annotations

import asyncio
import shutil
import socket
from importlib.util import find_spec

import pytest

from crawler.download.browser import (
    BROWSER_NAMES,
    MAX_REQUESTS,
    Browser,
    BrowserRequest,
    BrowserResponse,
    NotRendered,
    find_browser,
)
from pipelines.errors import ConfigError
from tests.crawler.wire import wired
from tests.journeys.small import answer

needs_browser = pytest.mark.skipif(
    find_spec("playwright") is None or not any(map(shutil.which, BROWSER_NAMES)),
    reason="there is no Chromium on PATH, or no Playwright: the extra `render`",
)

WAYS = """
<link rel="preconnect" href="BASE"><link rel="dns-prefetch" href="BASE"><link rel="prefetch" href="BASE/prefetched">
<link rel="stylesheet" href="BASE/style.css"><img src="BASE/picture.png"><iframe src="BASE/frame"></iframe>
<object data="BASE/object"></object><video src="BASE/film.mp4"></video><script src="BASE/script.js"></script>
<p id="said"></p>
<script>
const tries = [
  () => fetch("BASE/fetched"), () => navigator.sendBeacon("BASE/beacon", "x"), () => new WebSocket("WS/socket"),
  () => new EventSource("BASE/events"), () => open("BASE/popup"), () => new Worker("/worker.js"),
  () => navigator.serviceWorker.register("/worker.js"), () => new WebTransport("https://127.0.0.1:4433/"),
  async () => {
    const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:STUN"}]});
    peer.createDataChannel("x");
    await peer.setLocalDescription(await peer.createOffer());
  },
  () => { const link = document.createElement("a"); link.href = "BASE/file"; link.download = "x"; link.click(); },
];
(async () => {
  for (const each of tries) { try { await each(); } catch { } }
  document.querySelector("#said").textContent = "已试";
  setTimeout(() => { location.href = "BASE/away"; }, 100);
})();
</script>
"""


def page(html: str) -> BrowserResponse:
    return BrowserResponse(status=200, headers={"content-type": "text/html; charset=utf-8"}, body=html.encode())


def show(
    html: str, answers: dict[str, BrowserResponse] | None = None, seconds: float = 30
) -> tuple[str, list[BrowserRequest]]:
    """Return the rendered page, and the requests that it made."""
    requests: list[BrowserRequest] = []

    async def fetch(asked: BrowserRequest) -> BrowserResponse | None:
        requests.append(asked)
        return (answers or {}).get(asked.url)

    async def shown() -> str:
        browser = Browser(find_browser(), "fangzhi/test", seconds)
        try:
            return await browser.show("http://portal.example/a.html", page(html), fetch)
        finally:
            await browser.close()

    return asyncio.run(shown()), requests


@needs_browser
def test_whatever_a_page_tries_nothing_reaches_the_network() -> None:
    with wired() as wire, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.setblocking(False)
        wire.answers = dict.fromkeys(("/fetched", "/script.js"), answer("x"))
        html = WAYS.replace("BASE", wire.base).replace("WS", wire.base.replace("http", "ws"))
        shown, requests = show(html.replace("STUN", str(stun.getsockname()[1])))
        assert "已试" in shown
        assert wire.connections == 0
        with pytest.raises(BlockingIOError):
            stun.recv(1)
        assert {each.url for each in requests} <= {
            f"{wire.base}/fetched",
            f"{wire.base}/script.js",
            "http://portal.example/worker.js",
        }


@needs_browser
def test_a_page_gets_the_given_responses_up_to_the_limit_of_requests() -> None:
    script = (
        "for (let n = 0; n < 60; n++) fetch(`/${n}`).then(a => a.text(), () => '').then(t => document.body.append(t))"
    )
    made, requests = show(f"<body><script>{script}</script></body>", {"http://portal.example/7": page("第七")})
    assert "第七" in made
    assert len(requests) == MAX_REQUESTS


@needs_browser
def test_a_page_that_polls_is_read_as_it_is_and_one_that_hangs_is_not() -> None:
    polls = "<p>列表</p><script>setInterval(() => fetch('/poll'), 50)</script>"
    assert "列表" in show(polls, {"http://portal.example/poll": page("")}, seconds=15)[0]
    with pytest.raises(NotRendered, match="could not render it"):
        show("<script>while (true) {}</script>", seconds=4)


def test_a_missing_browser_is_reported_with_a_hint() -> None:
    with pytest.raises(ConfigError) as caught:
        find_browser("no-such-browser")
    assert "install" in (caught.value.hint or "")
