"""A proxy on loopback before the real S3 server that adds faults to it."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BUSY = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
FULL = b"<?xml version='1.0'?><Error><Code>InsufficientStorage</Code><Message>The disk is full.</Message></Error>"
HOP = {"connection", "transfer-encoding", "keep-alive"}


class Faults:
    """The current faults of the server; probabilities are from 0 to 1, `seed` makes a run repeatable.

    `busy` answers 503 SlowDown, `full` answers 507 to every request that writes, `lost` executes the request and closes
    the connection before the response, `delay_s` is the delay before each response. `made` counts them, and, as
    `writes`, the requests that write, when they begin.
    """

    def __init__(self, seed: int = 0) -> None:
        self.busy = self.lost = self.delay_s = 0.0
        self.full = False
        self.made: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def strikes(self, name: str) -> bool:
        """Decide at random whether a fault happens, and count it."""
        with self._lock:
            happens = self._chance.random() < getattr(self, name)
            self.made[name] += happens
            return happens


@contextmanager
def faulty(endpoint: str, faults: Faults) -> Iterator[str]:
    """Run a proxy before an endpoint, and yield the endpoint of the proxy."""

    class Handler(_Handler):
        upstream = urlsplit(endpoint).netloc

    Handler.faults = faults
    server = _Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Log nothing about a client that was killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults: Faults
    upstream: str

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.faults.made["writes"] += self.command in ("PUT", "POST")
        time.sleep(self.faults.delay_s)
        if self.faults.strikes("busy"):
            self._answer(503, [("Content-Type", "application/xml")], BUSY)
        elif self.faults.full and self.command in ("PUT", "POST"):
            self.faults.made["full"] += 1
            self._answer(507, [("Content-Type", "application/xml")], FULL)
        else:
            self._forward(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

    def _forward(self, body: bytes) -> None:
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP | {"expect"}:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
            length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content))
        except OSError:
            self.close_connection = True
            return
        finally:
            connection.close()
        if self.faults.strikes("lost"):
            self.close_connection = True
            return
        headers = [pair for pair in answer.getheaders() if pair[0].lower() not in HOP | {"content-length"}]
        self._answer(answer.status, headers, content, length)

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes, length: str | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing."""
