"""The player on loopback, and a site that counts the requests that reach it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import Any

import pytest

from crawler.download.browser import BROWSER_NAMES
from crawler.player import Holdings, Response, play

BROWSER = next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
needs_browser = [
    pytest.mark.skipif(find_spec("playwright") is None, reason="Playwright is not installed: the extra `render`"),
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on PATH"),
]


@contextmanager
def server(answer: Callable[[str], Response]) -> Iterator[tuple[str, list[str]]]:
    """Serve what `answer` returns for a path; yield the base URL and the list of paths that were requested."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            response = answer(self.path)
            self.send_response(response.status)
            for name, value in (*response.headers, ("Content-Length", str(len(response.body)))):
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # a browser that has closed the page does not wait for its icon
                self.wfile.write(response.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}", asked
    finally:
        listener.shutdown()
        listener.server_close()


@contextmanager
def player(holdings: Holdings) -> Iterator[tuple[str, list[str]]]:
    """Serve the player; other paths answer 404."""
    missing = Response(status=404, headers=(), body=b"")
    with server(lambda path: play(holdings, path, lang="en") or missing) as served:
        yield served


@contextmanager
def chromium(**options: Any) -> Iterator[Any]:
    """Yield a context of Chromium with a window of 1000 by 700 pixels."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser.new_context(viewport={"width": 1000, "height": 700}, locale="zh-CN", **options)
        browser.close()
